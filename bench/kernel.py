# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""The kernel port in QEMU, which counts instructions: what heap operations cost under picket.ko,
and under the kernel's own KFENCE where it has that."""
import pathlib
import re
import statistics
import subprocess

import measure

TOP = measure.BENCH.parent
VM = TOP / "test/vm"
GUEST = TOP / "port/linux/test/cost-guest"
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


class State:
    """What was measured in one state: (count, cheapest batch, mean) by operation."""

    def __init__(self):
        self.operations = {}
        self.samples = 0


class Figures:
    """All states of one boot."""

    def __init__(self, console):
        self.none = []
        self.states = {}
        for line in re.findall(r"picket-cost: (.*)", console):
            self.read(line.strip())
        if len(self.none) < 3 or any(len(state.operations) < len(OPERATIONS)
                                     for state in self.none):
            raise measure.Failure(f"the guest did not measure all:\n{console[-2000:]}")

    def read(self, line):
        word, *rest = line.split()
        if word == "state":
            self.state = State()
            name = " ".join(rest)
            if name == "none":
                self.none.append(self.state)
            else:
                self.states[name] = self.state
        elif word == "samples":
            self.state.samples = int(rest[0])
        else:
            self.state.operations[word] = int(rest[1]), float(rest[3]), float(rest[5])

    def base(self, operation, what):
        """Without Picket: measured before, between and after, and the median of these."""
        return statistics.median(state.operations[operation][what] for state in self.none)

    def least(self, operation, state=None):
        return self.states[state].operations[operation][1] if state else self.base(operation, 1)

    def mean(self, operation, state=None):
        return self.states[state].operations[operation][2] if state else self.base(operation, 2)

    def added(self, operation, state):
        return self.mean(operation, state) - self.mean(operation)

    def added_alone(self, operation, state):
        return self.least(operation, state) - self.least(operation)

    def sample(self, detector):
        """All that one sample leads to: the mean's rise over the operation alone."""
        state = self.states[f"{detector} 4"]
        count, least, mean = state.operations[SAMPLED]
        idle = self.mean(SAMPLED) + least - self.least(SAMPLED)
        return (mean - idle) * count / state.samples


def run(kernel, modules, batches):
    """Boot the kernel with the modules from the directory, and measure."""
    with measure.scratch() as scratch:
        settings = pathlib.Path(scratch) / "settings"
        settings.write_text(f"batches={batches}\n")
        argv = [VM / "run", kernel, "--icount", "--init", GUEST, "--timeout", SECONDS_MAX,
                "--module", f"{modules}/picket_cost.ko", "--file", f"{modules}/picket.ko",
                "--file", settings]
        done = subprocess.run(list(map(str, argv)), stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, errors="replace")
    if done.returncode:
        raise measure.Failure(f"{kernel}: {done.stderr[-500:]}")
    return Figures(done.stdout)


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
        rows.append((kernel, *row, f"{every['cache_alloc_many'][2]:.0f}",
                     f"{every['cache_free_many'][2]:.0f}"))
    return measure.table(("kernel", "by trampolines", "by probes", "by KFENCE",
                          "its allocation", "its free"), rows)


def unable():
    """Why the kernels cannot be booted here; empty if they can."""
    for kernel in KERNELS:
        done = subprocess.run([VM / "able", kernel], capture_output=True, text=True)
        if done.returncode:
            return done.stderr.strip().splitlines()[-1]
    return ""


def modules_for(kernel):
    done = subprocess.run([VM / "modules", kernel], capture_output=True, text=True)
    if done.returncode:
        raise measure.Failure(done.stderr[-2000:])
    return done.stdout.strip()


def table(build):
    if reason := unable():
        return f"Skipped: {reason}\n"
    figures = {}
    for kernel in KERNELS:
        measure.progress(f"kernel: {kernel}")
        figures[kernel] = run(kernel, modules_for(kernel), BATCHES)
    first, second = figures.values()
    return (f"Instructions per operation, {KERNELS[0]}: mean of {BATCHES} batches, in which are\n"
            "the kernel's ticks and the samples\n\n" + picket_table(first) +
            "\nThe cheapest batch: the operation and nothing else\n\n" + cheapest_table(first) +
            f"\nInstructions per operation, {KERNELS[1]}, beside its own KFENCE: means\n\n" +
            native_table(second) +
            "\nInstructions for one sample: all that it leads to, and of that the guarded\n"
            "allocation and its free (192 bytes, a dozen frames deep)\n\n" + sample_table(figures))
