# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Instruction counts: exact and repeatable, so these are the figures that have a bar."""
import measure
import redis
import workload

OPERATIONS = {
    "pair": "malloc(32) + free",
    "new": "new(32) + delete",
    "calloc": "calloc(32) + free",
    "aligned": "aligned_alloc(64, 64) + free",
    "realloc": "malloc(32) + realloc(64) + free",
    "mixed": "free + malloc, 256 live",
}
COUNTS = (20000, 60000)
PAIR_BAR = 9
REDIS_REQUESTS = 20000
PROGRAM_BARS = {"sqlite3": 1.004, "python3 malloc": 1.009}


def per_operation(program, name, env):
    low, high = (measure.instructions([program, name, count], env) for count in COUNTS)
    return (high - low) / (COUNTS[1] - COUNTS[0])


def operations(build):
    """Sampling off: instructions per operation, over each allocator."""
    program = build.program("operations")
    rows = []
    for allocator, below in measure.ALLOCATORS.items():
        environments = measure.over(build.library, measure.OFF, below)
        for name, text in OPERATIONS.items():
            measure.progress(f"operations: {allocator}: {text}")
            base, candidate = (per_operation(program, name, env) for env in environments)
            is_bar = allocator == "glibc" and name == "pair"
            rows.append((allocator, text, f"{base:.2f}", f"{candidate:.2f}",
                         f"{candidate - base:+.2f}", f"+{PAIR_BAR}" if is_bar else ""))
    return ("Instructions per operation, sampling off (callgrind)\n\n" +
            measure.table(("over", "operation", "without", "with", "added", "bar"), rows))


def program_row(name, load, environments):
    """Counted twice without Picket, to see what repeats."""
    measure.progress(f"programs: {name}")
    base, again, candidate = (measure.instructions(load.argv, env, load.stdin())
                              for env in (environments[0], *environments))
    return (name, f"{base / 1e6:.3f}", f"{again / base:.5f}", f"{candidate / 1e6:.3f}",
            f"{candidate / base:.5f}", PROGRAM_BARS.get(name, ""))


def programs(build):
    """Sampling off: instructions of whole programs."""
    rows = [program_row(name, load, measure.over(build.library, measure.OFF, **load.environment))
            for name, load in workload.programs(small=True).items()]
    measure.progress("programs: redis-server")
    share = redis.share(measure.over(build.library, measure.OFF)[1], build.library, REDIS_REQUESTS)
    head = ("program", "without, M", "again/without", "with, M", "with/without", "bar")
    return ("Instructions of whole programs, sampling off (callgrind)\n\n" +
            measure.table(head, rows) +
            f"\nredis-server under redis-benchmark -t {redis.TESTS} -P 16: "
            f"{100 * share:.2f} % of its\ninstructions are in libpicket.so.\n")
