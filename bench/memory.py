# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Resident memory at default settings."""
import re
import statistics

import measure
import redis
import workload

RUNS = 3
REQUESTS = 100000
FILL_STEPS = 200000
FIGURES = ("Rss", "Pss", "Private")
BAR_KIB = 2048


def parse(rollup):
    """Rss, Pss and private KiB of a smaps_rollup."""
    values = {name: int(value) for name, value in re.findall(r"^(\w+):\s+(\d+) kB", rollup, re.M)}
    private = values["Private_Clean"] + values["Private_Dirty"]
    return values["Rss"], values["Pss"], private


def of_redis(env):
    with measure.scratch() as directory, redis.server(env, directory) as (process, socket):
        redis.benchmark(socket, REQUESTS)
        with open(f"/proc/{process.pid}/smaps_rollup") as rollup:
            return parse(rollup.read())


def of_program(argv, env, stdin=None):
    return parse(measure.run(argv, env, stdin).stdout)


def medians(measured, env):
    runs = [measured(env) for _ in range(RUNS)]
    return [statistics.median(column) for column in zip(*runs)]


def row(name, measured, environments):
    measure.progress(f"memory: {name}")
    base, candidate = (medians(measured, env) for env in environments)
    added = [with_picket - without for without, with_picket in zip(base, candidate)]
    return (name, f"{base[0]:.0f}", *(f"{value:+.0f}" for value in added), f"+{BAR_KIB}")


def table(build):
    rows = [row("redis-server after redis-benchmark", of_redis,
                measure.over(build.library, measure.DEFAULT))]
    for name, load in workload.programs(memory=True).items():
        environments = measure.over(build.library, measure.DEFAULT, **load.environment)
        rows.append(row(name, lambda env, load=load: of_program(load.argv, env, load.stdin()),
                        environments))
    fill = [build.program("operations"), "fill", FILL_STEPS]
    rows.append(row("pool full, every slot reused (rate=1)", lambda env: of_program(fill, env),
                    measure.over(build.library, measure.ALL)))
    head = ("program", "Rss without, KiB", *(f"{name} added" for name in FIGURES), "bar")
    return (f"Memory at default settings, medians of {RUNS} runs\n\n" + measure.table(head, rows))
