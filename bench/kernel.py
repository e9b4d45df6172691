# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""The kernel port in QEMU, which counts instructions: what heap operations cost under picket.ko,
and under the kernel's own KFENCE where it has that."""
import statistics

import guest
import measure

KERNELS = ("debian-6.1-amd64", "debian-6.12-amd64")
BATCHES = 1000
SECONDS_MAX = 3600

# Name and text of each operation; what sampling every 100 ms by trampolines may add to its mean, and
# what probes that wait for a sample may add to the operation alone.
OPERATIONS = {
    "kmalloc_kfree": ("kmalloc(64) + kfree", 3.5, 0.1),
    "kmalloc_variable_kfree": ("kmalloc(n) + kfree, n = 64", None, 0.1),
    "cache_alloc_free": ("kmem_cache_alloc + free", 3.5, 0.1),
    "cache_alloc_many": ("kmem_cache_alloc, 128 at once", None, 0.1),
    "cache_free_many": ("kmem_cache_free, 128 at once", None, None),
    "skb_alloc_free": ("alloc_skb(500) + kfree_skb", 10, None),
    "copy_to_user": ("copy_to_user(64)", 6, None),
}
SAMPLED = "kmalloc_kfree"  # the operation in the states "... 4"


class Figures:
    """All states of one boot."""

    def __init__(self, console):
        found = guest.states(console)
        self.none = [state for state in found if state.name == "none"]
        self.states = {state.name: state for state in found if state.name != "none"}
        if len(self.none) < 3 or any(len(state.operations) < len(OPERATIONS)
                                     for state in self.none):
            raise measure.Failure(f"the guest did not measure all:\n{console[-2000:]}")

    def base(self, operation, what):
        """Without Picket: measured before, between and after, and the median of these."""
        return statistics.median(state.operations[operation][what] for state in self.none)

    def figure(self, operation, what, state):
        if not state:
            return self.base(operation, what)
        return self.states[state].operations[operation][what]

    def least(self, operation, state=None):
        return self.figure(operation, "least", state)

    def mean(self, operation, state=None):
        return self.figure(operation, "mean", state)

    def added(self, operation, state):
        return self.mean(operation, state) - self.mean(operation)

    def added_alone(self, operation, state):
        return self.least(operation, state) - self.least(operation)

    def sample(self, detector):
        """All that one sample leads to: the mean's rise over the operation alone."""
        state = self.states[f"{detector} 4"]
        sampled = state.operations[SAMPLED]
        idle = self.mean(SAMPLED) + sampled["least"] - self.least(SAMPLED)
        return (sampled["mean"] - idle) * sampled["count"] / state.numbers["samples"]


def run(kernel, modules, batches):
    """Boot the kernel with the modules from the directory, and measure."""
    options = ["--icount", "--module", f"{modules}/picket_cost.ko", "--file",
               f"{modules}/picket.ko"]
    return Figures(guest.boot(kernel, "cost-guest", options, {"batches": batches}, SECONDS_MAX))


def signed(number):
    return f"{number:+.2f}"


def bar(number):
    return "" if number is None else f"+{number:g}"


def picket_table(figures):
    rows = []
    for name, (text, most, _) in OPERATIONS.items():
        rows.append((text, f"{figures.mean(name):.2f}",
                     signed(figures.added(name, "trampoline idle")),
                     signed(figures.added(name, "trampoline 100")), bar(most),
                     signed(figures.added(name, "probe idle")),
                     signed(figures.added(name, "probe 100"))))
    return measure.table(("operation", "not loaded", "trampolines, idle", "100 ms", "bar",
                          "probes, idle", "100 ms"), rows)


def cheapest_table(figures):
    rows = [(text, f"{figures.least(name):.2f}",
             signed(figures.added_alone(name, "trampoline idle")),
             signed(figures.added_alone(name, "probe idle")), bar(most))
            for name, (text, _, most) in OPERATIONS.items()]
    return measure.table(("operation", "not loaded", "trampolines", "probes", "bar"), rows)


def native_table(figures):
    states = ("native 100", "trampoline idle", "trampoline 100", "probe idle", "probe 100")
    rows = [(text, f"{figures.mean(name):.2f}",
             *(signed(figures.added(name, state)) for state in states))
            for name, (text, *_) in OPERATIONS.items()]
    return measure.table(("operation", "KFENCE off", "KFENCE, 100 ms", "trampolines, idle",
                          "100 ms", "probes, idle", "100 ms"), rows)


def sample_table(all_figures):
    rows = []
    for kernel, figures in all_figures.items():
        every = figures.states["every"].operations
        row = [f"{figures.sample(way):.0f}" if f"{way} 4" in figures.states else "-"
               for way in ("trampoline", "probe", "native")]
        rows.append((kernel, *row, f"{every['cache_alloc_many']['mean']:.0f}",
                     f"{every['cache_free_many']['mean']:.0f}"))
    return measure.table(("kernel", "by trampolines", "by probes", "by KFENCE",
                          "its allocation", "its free"), rows)


def table(build):
    if reason := guest.unable(KERNELS):
        return f"Skipped: {reason}\n"
    figures = {}
    for kernel in KERNELS:
        measure.progress(f"kernel: {kernel}")
        figures[kernel] = run(kernel, guest.output([guest.VM / "modules", kernel]), BATCHES)
    first, second = figures.values()
    return (f"Instructions per operation, {KERNELS[0]}: mean of {BATCHES} batches, in which are\n"
            "the kernel's ticks and the samples\n\n" + picket_table(first) +
            "\nThe cheapest batch: the operation and nothing else\n\n" + cheapest_table(first) +
            f"\nInstructions per operation, {KERNELS[1]}, beside its own KFENCE: means\n\n" +
            native_table(second) +
            "\nInstructions for one sample: all that it leads to, and of that the guarded\n"
            "allocation and its free (192 bytes, a dozen frames deep)\n\n" + sample_table(figures))
