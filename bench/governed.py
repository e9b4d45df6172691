# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""What the worst program loses: instructions that sampling adds, with and without the governor."""
import measure

THREADS = 64
PAIRS = 50000  # of each thread
BAR = 1.01
SETTINGS = {
    "sampling off": measure.OFF,
    "rate=100": "rate=100",
    "rate=2": "rate=2",
    "rate=100, no budget": "rate=100:budget=0",
}


def table(build):
    rows = []
    for name, options in SETTINGS.items():
        measure.progress(f"governed: {name}")
        count = measure.instructions([build.program("governed"), THREADS, PAIRS],
                                     measure.environment(build.library, options))
        base = count if not rows else base
        rows.append((name, f"{count / 1e6:.1f}", f"{count / base:.4f}",
                     "" if options.endswith("=0") else BAR))
    return (f"{THREADS} threads, {PAIRS} pairs of malloc and free each, from 2^20 places "
            "(callgrind)\n\n" +
            measure.table(("sampling", "instructions, M", "with/off", "bar"), rows))
