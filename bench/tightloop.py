# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Does a tight malloc/free loop slow down, beside the guarded work itself, once samples are taken?

Compared within one process, before and after its first sample, so that code, data and environment
are the same on both sides: between processes the loop differs by more than is looked for.
"""
import statistics

import measure

RUNS = 21
HALF_MS = 300
# All texts are equally long, so that all environments are.
SETTINGS = {
    "no Picket": "",
    "in neither half": "delay=9999:interval=0010",
    "every 100 ms": f"delay=0{HALF_MS}:interval=0100",
    "every 10 ms": f"delay=0{HALF_MS}:interval=0010",
    "every 1 ms": f"delay=0{HALF_MS}:interval=0001",
}


def halves(build, options):
    env = measure.environment(build.library if options else "", options or "")
    done = measure.run([build.program("operations"), "halves", HALF_MS], env)
    return tuple(map(float, done.stdout.split()))


def table(build):
    results = {name: [] for name in SETTINGS}
    measure.progress(f"tightloop: {RUNS} rounds")
    for _ in range(RUNS):
        for name, options in SETTINGS.items():
            results[name].append(halves(build, options))
    rows = []
    for name, pairs in results.items():
        first, second = zip(*pairs)
        ratios = [after / before for before, after in pairs]
        rows.append((name, f"{min(first):.2f}", f"{statistics.median(first):.2f}",
                     f"{statistics.median(second):.2f}", f"{statistics.median(ratios):.3f}",
                     measure.spread(ratios)))
    head = ("samples", "best", "first half, ns", "second half, ns", "second/first",
            "min q1 median q3 max")
    return (f"A pair of malloc(32) and free in a loop; {RUNS} runs by turns, medians of chunks.\n"
            f"Samples begin with the second half of each run, {HALF_MS} ms after its start.\n\n" +
            measure.table(head, rows))
