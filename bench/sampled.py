# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""What one sampled allocation and free cost, beside GWP-ASan."""
import statistics

import measure
import tools

RUNS = 9
PAIRS = 20000
STACKS = {"pair": "3 frames deep", "deep": "20 frames deep",
          "beside": "3 frames deep, a second thread"}


def nanoseconds(program, name, env):
    return float(measure.run([program, name, PAIRS], env).stdout)


def table(build):
    program = build.program("operations")
    ours = measure.environment(build.library, measure.ALL)
    if not tools.scudo():
        raise measure.Failure("GWP-ASan is not here; the package libclang-rt-14-dev has it")
    theirs = tools.gwp_asan_environment()
    rows = []
    for name, text in STACKS.items():
        measure.progress(f"sampled: {text}")
        results = measure.interleave(lambda name=name: nanoseconds(program, name, theirs),
                                     lambda name=name: nanoseconds(program, name, ours), RUNS)
        ratios = [mine / other for other, mine in results]
        other, mine = (statistics.median(column) for column in zip(*results))
        rows.append((f"malloc(32) + free, {text}", f"{mine:.0f}", f"{other:.0f}",
                     f"{statistics.median(ratios):.3f}", "< 1", measure.spread(ratios)))
    head = ("every one sampled", "Picket, ns", "GWP-ASan, ns", "ratio", "bar",
            "min q1 median q3 max")
    return f"Cost of a sampled allocation and free; {RUNS} pairs by turns\n\n" + measure.table(
        head, rows)
