# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Times at default settings, as ratios of runs that were made by turns."""
import collections
import contextlib
import statistics

import measure
import redis
import workload

PAIRS = 21
REDIS_PAIRS = 61
REQUESTS = 80000
RATIO_BAR = 0.98

Seconds = collections.namedtuple("Seconds", "wall cpu")


def ratios(base, candidate):
    """Speed of the candidate over speed of the base, run by run."""
    return [first / second for first, second in measure.interleave(base, candidate, PAIRS)]


def row(name, noise, speeds):
    return (name, f"{statistics.median(speeds):.3f}", RATIO_BAR, measure.spread(speeds),
            measure.spread(noise))


def redis_rows(build):
    """Three servers that live all the while: short runs by turns, so that what disturbs the machine
    disturbs both sides."""
    name = f"redis-benchmark -t {redis.TESTS} -P 16"
    measure.progress(f"load: {name}")
    base, candidate = measure.over(build.library, measure.DEFAULT)
    with contextlib.ExitStack() as stack:
        def start(env):
            directory = stack.enter_context(measure.scratch())
            process, socket = stack.enter_context(redis.server(env, directory))

            def benchmark():
                before = redis.cpu_seconds(process)
                seconds = redis.benchmark(socket, REQUESTS)
                return Seconds(seconds, redis.cpu_seconds(process) - before)
            benchmark()  # the data set has its size then
            return benchmark
        first, second, watched = start(base), start(base), start(candidate)
        noise = measure.interleave(first, second, REDIS_PAIRS)
        pairs = measure.interleave(first, watched, REDIS_PAIRS)
    return [row(f"{name}{text}", *([getattr(a, kind) / getattr(b, kind) for a, b in results]
                                   for results in (noise, pairs)))
            for kind, text in (("wall", ": throughput"), ("cpu", ": CPU time of the server"))]


def program_row(build, name, load):
    measure.progress(f"load: {name}")
    base, candidate = measure.over(build.library, measure.DEFAULT, **load.environment)

    def seconds(env):
        return lambda: measure.cpu_seconds(load.argv, env, load.stdin())
    noise = ratios(seconds(base), seconds(base))
    return row(name, noise, ratios(seconds(base), seconds(candidate)))


def table(build):
    rows = redis_rows(build)
    rows += [program_row(build, name, load) for name, load in workload.programs().items()]
    head = ("load", "median", "bar", "min q1 median q3 max", "without/without, the noise")
    return ("Speed with Picket at default settings / speed without, by turns: "
            f"{REDIS_PAIRS} pairs of redis,\n{PAIRS} of others, which count CPU time; "
            "redis-server and its client have a core each\n\n" +
            measure.table(head, rows))
