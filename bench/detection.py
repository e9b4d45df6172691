# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""The detection table: every bug of bench/detect.c under every tool, and the rules Picket keeps."""
import collections
import dataclasses
import re
import subprocess

import measure
import tools

FULL = "1-64,100-5000/100,9000,40000"
REDUCED = "1-17,24,29,32,63,64,100,1000,4095-4097,5000,9000,40000"
ALIGN_MAX = 16
AT_ACCESS, AT_FREE, AT_EXIT, TOO_EARLY = "access", "free", "exit", "before the bug"
STAGE_ENDS = {"ready": AT_ACCESS, "done": AT_FREE, "freed": AT_EXIT}

# What Picket must call each bug. A changed canary is found later and named so.
CLASSES = {
    "read-right": "out-of-bounds read",
    "write-right": "out-of-bounds write|memory corruption",
    "read-left": "out-of-bounds read",
    "write-left": "out-of-bounds write|memory corruption",
    "read-freed": "use-after-free read",
    "write-freed": "use-after-free write",
    "double-free": "double free",
    "free-inside": "invalid free",
    "realloc-freed": "realloc after free",
    "realloc-inside": "invalid realloc",
    "malloc-delete": "mismatched free",
    "new-free": "mismatched free",
    "new-delete[]": "mismatched free",
    "new[]-delete": "mismatched free",
    "wrong-size-delete": "mismatched free",
    "wrong-align-delete": "mismatched free",
    "clean": "",
}


@dataclasses.dataclass(frozen=True)
class Case:
    kind: str
    size: int
    place: int

    def in_slack(self):
        """Does the access hit the bytes that alignment leaves between object and guard?"""
        align = min(1 << (self.size.bit_length() - 1), ALIGN_MAX)
        return self.kind == "read-right" and self.place <= -self.size % align

    def row(self):
        return f"{self.kind}, in slack" if self.in_slack() else self.kind

    def __str__(self):
        return f"{self.kind} size={self.size} place={self.place}"


@dataclasses.dataclass
class Outcome:
    stage: str = ""  # when the bug was seen; empty: never
    title: str = ""


def parse_case(tool, case, text):
    """Between which of the program's lines did the tool speak, or the process die?"""
    parts = re.split(r"^@(ready|done|freed|end \d+)$", text, flags=re.MULTILINE)
    stage = TOO_EARLY
    for between, line in zip(parts[::2], parts[1::2]):
        said = tool.report(between)
        if said:
            return Outcome(stage, said[0])
        if line.startswith("end ") and line != "end 0":
            return Outcome(stage, f"wait status {line[4:]}")
        stage = STAGE_ENDS.get(line, stage)
    return Outcome()


def run_class(tool, build, kind, sizes):
    """Return: Case -> Outcome for all cases of a class."""
    argv = [*tool.prefix, build.program(tool.program), kind, sizes]
    done = subprocess.run(argv, env=tool.env, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, errors="replace",
                          timeout=1800)
    if done.returncode:
        raise measure.Failure(f"{tool.name}: {' '.join(argv)}: {done.returncode}\n"
                              f"{done.stderr[-1000:]}")
    parts = re.split(r"^@case (\S+) (\d+) (\d+)$", done.stderr, flags=re.MULTILINE)[1:]
    outcomes = {}
    for name, size, place, text in zip(*[iter(parts)] * 4):
        case = Case(name, int(size), int(place))
        outcomes[case] = parse_case(tool, case, text)
    return outcomes


def run_tool(tool, build, sizes):
    measure.progress(f"detection: {tool.name}")
    outcomes = {}
    for kind in CLASSES:
        outcomes.update(run_class(tool, build, kind, sizes))
    return outcomes


def either(first, second):
    """Two runs: the bug is found if one of them finds it; at the access, if one did."""
    order = [AT_ACCESS, AT_FREE, AT_EXIT, TOO_EARLY, ""]
    return {case: min(first[case], second[case], key=lambda outcome: order.index(outcome.stage))
            for case in first}


def counts(outcomes):
    """Row -> [found, found at the access, all]"""
    rows = collections.defaultdict(lambda: [0, 0, 0])
    for case, outcome in outcomes.items():
        row = rows[case.row()]
        row[0] += bool(outcome.stage)
        row[1] += outcome.stage == AT_ACCESS
        row[2] += 1
    return rows


def cell(found, at_once, _):
    return str(found) if found == at_once else f"{found} ({at_once})"


def run_ours(build, sizes):
    runs = {tool.name: run_tool(tool, build, sizes) for tool in tools.ours(build)}
    columns = {
        "Picket": runs["right"],
        "two runs": either(runs["right"], runs["left"]),
        "exact, two": either(runs["exact right"], runs["exact left"]),
    }
    return runs, columns


def table(build):
    runs, columns = run_ours(build, FULL)
    for tool in tools.others(build):
        columns[tool.name] = run_tool(tool, build, FULL)
    counted = {name: counts(outcomes) for name, outcomes in columns.items()}
    rows = [(row, total, *(cell(*counted[name][row]) for name in columns))
            for row, (_, _, total) in counted["Picket"].items()]
    failures = [str(failure) for failure in broken_rules(runs)]
    verdict = "\n".join(failures) or "Every rule of Picket's columns holds."
    return (f"Bugs found at rate 1, of all in the column 'bugs'; sizes {FULL}\n"
            "(in brackets, where not all: how many at the bad access itself)\n\n" +
            measure.table(("class", "bugs", *columns), rows) + f"\n{verdict}\n")


def must_find(run, case):
    """In which stages a run has to see the bug, or None where it may miss it."""
    exact = run.startswith("exact")
    side = run.split()[-1]
    if case.kind == "clean":
        return {""}
    if case.kind in ("read-right", "read-left"):
        if not case.kind.endswith(side) or (case.in_slack() and not exact):
            return None
        return {AT_ACCESS}
    if case.kind in ("write-right", "write-left"):
        return {AT_ACCESS, AT_FREE, AT_EXIT}
    return {AT_ACCESS}


def broken_rules(runs):
    """Yields a line for each case in which Picket did not do what it promises."""
    for run, outcomes in runs.items():
        for case, outcome in outcomes.items():
            stages = must_find(run, case)
            if stages is not None and outcome.stage not in stages:
                yield f"{run}: {case}: seen {outcome.stage or 'never'}: {outcome.title}"
            elif outcome.stage and not re.search(CLASSES[case.kind], outcome.title):
                yield f"{run}: {case}: called '{outcome.title}'"
            elif outcome.stage == TOO_EARLY:
                yield f"{run}: {case}: {outcome.title} before the bug"
