# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""The shadow detector for one driver, in QEMU: what typical work of an instrumented module costs in
instructions, what shadow of mapped areas costs, and what all of a guest takes whose file system is
instrumented; beside the figures of a prototype and of KASAN itself."""
import pathlib
import shutil
import statistics

import guest
import measure

KERNEL = "debian-6.1-amd64"
BATCHES = 200
SECONDS_MAX = 3600
LOOPS = {1: 500, 2: 600}  # by CPUs
WARM = {1: 8, 2: 8}
ROUNDS = 9

COLUMNS = {
    "plain": "plain",
    "outline": "outline stacks 1",
    "inline": "inline stacks 1",
    "stacks off": "inline stacks 0",
}

# Text of each operation, and its figures in the prototype's table: by column.
OPERATIONS = {
    "byte_sum": ("byte-sum loop, per byte", {"plain": 8.0, "outline": 25.0, "inline": 17.0}),
    "word_copy": ("u64 copy, per element", {"plain": 6.0, "outline": 49.1, "inline": 15.1}),
    "list_walk": ("list walk, per node", {"plain": 5.0, "outline": 47.0, "inline": 15.0}),
    "stack_buffer": ("40-byte stack buffer fill+sum",
                     {"plain": 232, "outline": 1776, "inline": 1139}),
    "string_parse": ("string parse, per char", {"plain": 9.0, "outline": 26.2, "inline": 18.2}),
    "memcpy_64": ("memcpy 64", {"plain": 77, "outline": 236, "inline": 236}),
    "kmalloc_kfree": ("kmalloc(100) + kfree",
                      {"plain": 392, "outline": 18160, "inline": 18135, "stacks off": 1928}),
    "vmalloc_vfree": ("vmalloc(10k) + vfree",
                      {"plain": 16966, "outline": 43648, "inline": 44344, "stacks off": 28124}),
    "rbtree": ("rbtree of 50 cache objects",
               {"plain": 70962, "outline": 750330, "inline": 756931, "stacks off": 140934}),
}
TIMES_PLAIN = {"outline": 15, "inline": 15, "stacks off": 3}  # of kmalloc + kfree, at most

# Text of each test; slower by so much under KASAN, and again with shadow of areas, in the series
# that brought it: one CPU.
AREAS = {
    "fix_size": ("fix size", 8.38, 1.62),
    "full_fit": ("full fit", 8.23, 1.18),
    "long_busy_list": ("long busy list", 3.29, 1.77),
    "random_size": ("random size", 3.16, 1.96),
    "fix_align": ("fix size, aligned", 6.22, 1.92),
    "random_size_align": ("random size, aligned", 5.80, 1.85),
}
AREAS_ALL = {1: (4.18, 1.76), 2: (4.13, 2.18)}  # by CPUs
AREAS_MOST = 1.3

# Text of each state; with the prototype all of the guest took so many times as much.
FILES = {
    "inline stacks 1": ("inline", 1.51),
    "inline stacks 0": ("inline, stacks off", 1.12),
}
FILES_MOST = 1.3
FILES_ROUNDS = 3
MILLIONS = 10  # of instructions in a hundredth of a second, one in a nanosecond


def build(directory, test, mode):
    """A test module for the kernel, plain or instrumented. Return: its directory."""
    top = pathlib.Path(directory) / mode / "port/linux"
    for name in ("compat", "test/cost", f"test/{test}"):
        shutil.copytree(guest.TOP / "port/linux" / name, top / name)
    source = top / "test" / test
    variables = [] if mode == "plain" else [f"PICKET_KASAN={mode}"]
    guest.output([guest.VM / "kbuild", KERNEL, source, *variables])
    return source


def boot(script, settings, options):
    """Boot with the runtime beside. Return: what was measured."""
    runtime = guest.output([guest.VM / "kasan-runtime", KERNEL])
    return guest.states(guest.boot(KERNEL, script, [*options, "--file", runtime], settings,
                                   SECONDS_MAX))


def measure_module(script, test, modes, settings, options):
    """Build the test's module in these modes, and measure."""
    with measure.scratch() as scratch:
        files = []
        for mode in modes:
            module, = build(scratch, test, mode).glob("*.ko")
            files += ["--file", f"{module}:{mode}/{module.name}"]
        return boot(script, settings, [*options, *files])


class Work:
    """What operations cost in each state."""

    def __init__(self, batches):
        found = measure_module("kasan-cost-guest", "kasan-cost", ("plain", "outline", "inline"),
                               {"batches": batches, "warm": batches}, ["--icount"])
        self.states = {state.name: state for state in found}

    def cost(self, operation, column):
        return self.states[COLUMNS[column]].operations[operation]["median"]


class Areas:
    """What tests of areas cost on so many CPUs: instructions on one, time on more."""

    def __init__(self, cpus, rounds):
        options = ["--icount"] if cpus == 1 else ["--smp", cpus]
        settings = {"cpus": cpus, "loops": LOOPS[cpus], "warm": WARM[cpus], "rounds": rounds}
        self.states = measure_module("vmalloc-guest", "vmalloc", ("plain", "inline"), settings,
                                     options)

    def rounds(self, name, test):
        """What the test cost in each round; all tests together, if none is named."""
        return [sum(figures["each"] for operation, figures in state.operations.items()
                    if test in (None, operation))
                for state in self.states if state.name == name]

    def cost(self, name, test=None):
        return statistics.median(self.rounds(name, test))

    def ratios(self, over, under, test=None):
        return [first / second for first, second in
                zip(self.rounds(over, test), self.rounds(under, test))]

    def shadow(self, test=None):
        """Slower by so much with shadow of areas."""
        return statistics.median(self.ratios("shadow 1", "shadow 0", test))

    def instrumented(self, test=None):
        return statistics.median(self.ratios("shadow 0", "plain", test))

    def each(self, ratio):
        """Every test alike, however long it takes."""
        return statistics.geometric_mean(ratio(test) for test in AREAS)

    def pages(self):
        """Of shadow, in the last round: before many areas, with them, and after."""
        numbers = self.states[-1].numbers
        return tuple(numbers[f"shadow_{when}"] for when in ("before", "used", "after"))


class Files:
    """What all of a guest takes for the same work on files, of an xfs built plain and instrumented."""

    def __init__(self, rounds):
        tools = guest.output([guest.VM / "tools", KERNEL])
        drivers = {mode: pathlib.Path(guest.output([guest.VM / "drivers", KERNEL, "xfs", *variables]))
                   for mode, variables in (("plain", []), ("inline", ["PICKET_KASAN=inline"]))}
        needs = drivers["plain"] / "needs"
        options = ["--icount", "--file", f"{tools}/usr:/usr", "--file", f"{tools}/lib64:/lib64"]
        for name in (needs / "list").read_text().split():
            options += ["--module", needs / name]
        for mode, directory in drivers.items():
            options += ["--file", f"{directory}/xfs.ko:{mode}/xfs.ko"]
        self.states = boot("kasan-files-guest", {"rounds": rounds}, options)

    def cost(self, name):
        return statistics.median(state.numbers["busy"] for state in self.states
                                 if state.name == name)

    def ratio(self, name):
        return self.cost(name) / self.cost("plain")


def most(operation, column, work):
    """What an operation may cost; None: that has no bar."""
    reference = OPERATIONS[operation][1].get(column)
    if operation != "kmalloc_kfree":
        return reference
    return min(reference, TIMES_PLAIN[column] * work.cost(operation, "plain"))


def digits(number):
    return f"{number:.1f}" if number < 100 else f"{number:.0f}"


def is_kept(cost, bar):
    """To the digits that are printed."""
    return float(digits(cost)) <= float(digits(bar))


def cost_cells(operation, column, work):
    cost = work.cost(operation, column)
    bar = most(operation, column, work)
    times = f"{cost / work.cost(operation, 'plain'):.1f}x"
    return digits(cost), times, "" if bar is None else digits(bar)


def cost_table(work):
    rows = []
    for name, (text, reference) in OPERATIONS.items():
        row = [text, digits(reference["plain"]), digits(work.cost(name, "plain"))]
        for column in list(COLUMNS)[1:]:
            row += cost_cells(name, column, work)
        rows.append(row)
    head = ["operation", "reference", "plain"]
    for column in list(COLUMNS)[1:]:
        head += [column, "", "bar"]
    return measure.table(head, rows)


def areas_table(areas, cpus):
    rows = [(text, digits(areas.cost("plain", name)), f"{areas.instrumented(name):.2f}",
             f"{areas.shadow(name):.2f}", *((AREAS_MOST, *seed) if cpus == 1 else [""] * 3))
            for name, (text, *seed) in AREAS.items()]
    rows.append(("sum of all", digits(areas.cost("plain")), f"{areas.instrumented():.2f}",
                 f"{areas.shadow():.2f}", AREAS_MOST, *AREAS_ALL[cpus]))
    rows.append(("geometric mean of ratios", "", f"{areas.each(areas.instrumented):.2f}",
                 f"{areas.each(areas.shadow):.2f}", "", "", ""))
    return measure.table(("test", "plain", "instrumented/plain", "shadow/none", "bar",
                          "KASAN/plain", "shadow/none"), rows)


def files_table(files):
    rows = [("plain", int(files.cost("plain") * MILLIONS), "", "", "")]
    rows += [(text, int(files.cost(name) * MILLIONS), f"{files.ratio(name):.2f}", FILES_MOST,
              prototype) for name, (text, prototype) in FILES.items()]
    return measure.table(("xfs", "million instructions", "/plain", "bar", "prototype"), rows)


def pages_line(areas):
    before, used, after = areas.pages()
    return f"Pages behind shadow: {before}; with 4096 areas more: {used}; without again: {after}.\n"


def work_bars(work):
    """Pairs of a bar's text, and whether it is kept."""
    for name, (text, _) in OPERATIONS.items():
        for column in list(COLUMNS)[1:]:
            bar = most(name, column, work)
            if bar is not None:
                cost = work.cost(name, column)
                yield f"{text}, {column}: {digits(cost)}, at most {digits(bar)}", is_kept(cost, bar)


def areas_bars(areas):
    for name, text in [*((name, row[0]) for name, row in AREAS.items()), (None, "sum of all")]:
        ratio = areas.shadow(name)
        yield f"areas, {text}: {ratio:.2f} times as slow, at most {AREAS_MOST}", ratio <= AREAS_MOST
    before, used, after = areas.pages()
    yield (f"shadow of areas is given back: {after} pages of {used}, {before} before",
           before < used and after <= before)


def files_bars(files):
    for name, (text, _) in FILES.items():
        ratio = files.ratio(name)
        yield f"all of a guest, xfs {text}: {ratio:.2f} times, at most {FILES_MOST}", ratio <= FILES_MOST


def table(build):
    if reason := guest.unable([KERNEL]):
        return f"Skipped: {reason}\n"
    measure.progress("kasan: typical work")
    text = (f"Instructions per operation, {KERNEL}: medians of {BATCHES} batches; reference: the\n"
            "prototype's plain figures; bar: its figures, or less\n\n" + cost_table(Work(BATCHES)))
    for cpus, rounds, unit in (1, 1, "instructions"), (2, ROUNDS, "ns"):
        measure.progress(f"kasan: areas, CPUs: {cpus}")
        areas = Areas(cpus, rounds)
        text += (f"\nMapped areas, CPUs: {cpus}; {unit} and ratios, medians of rounds by turns: "
                 f"{rounds}.\nTo the right the ratios of KASAN's own series\n\n" +
                 areas_table(areas, cpus) + pages_line(areas))
    measure.progress("kasan: files")
    text += (f"\nAll of a guest, the same work on files; medians of rounds by turns: {FILES_ROUNDS}.\n"
             "To the right the ratios of the prototype, with work of its own\n\n" +
             files_table(Files(FILES_ROUNDS)))
    return text
