# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Times at default settings, as ratios of runs that were made by turns."""
import statistics

import measure
import redis
import workload

PAIRS = 11
REQUESTS = 400000
RATIO_BAR = 0.98


def redis_seconds(env):
    with measure.scratch() as directory, redis.server(env, directory) as (_, socket):
        redis.benchmark(socket, REQUESTS // 10)  # the data set has its size then
        return redis.benchmark(socket, REQUESTS)


def row(name, measured, environments):
    """Speed with Picket over speed without, and the same for no Picket twice: the noise."""
    base, candidate = environments
    measure.progress(f"load: {name}")
    noise = [first / second for first, second in
             measure.interleave(lambda: measured(base), lambda: measured(base), PAIRS)]
    ratios = [first / second for first, second in
              measure.interleave(lambda: measured(base), lambda: measured(candidate), PAIRS)]
    return (name, f"{statistics.median(ratios):.3f}", RATIO_BAR, measure.spread(ratios),
            measure.spread(noise))


def table(build):
    rows = [row(f"redis-benchmark -t {redis.TESTS} -P 16", redis_seconds,
                measure.over(build.library, measure.DEFAULT))]
    for name, load in workload.programs().items():
        environments = measure.over(build.library, measure.DEFAULT, **load.environment)
        rows.append(row(name, lambda env, load=load: measure.cpu_seconds(load.argv, env,
                                                                       load.stdin()),
                        environments))
    head = ("load", "median", "bar", "min q1 median q3 max", "without/without, the noise")
    return (f"Speed with Picket at default settings / speed without; {PAIRS} pairs by turns\n"
            "(redis: throughput, server and client on a core each; others: CPU time)\n\n" +
            measure.table(head, rows))
