# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Detectors beside each other where hosts make it hard: what each does to program and report."""
import ctypes.util
import dataclasses
import re
import signal
import subprocess

import measure
import tools

FOUND, LOST, RIGHT = "reported", "not reported", "as without"
TIMEOUT_SECONDS = 120
RATE = 50  # of the sampling tools, where each child shall draw for itself

# The program's word, what is asked, and how it reads in the table.
BUGS = {
    "later-signal": "a handler by signal(), set later",
    "default-signal": "SIG_DFL, set later",
    "blocked": "SIGSEGV blocked",
    "read-call": "read() into freed memory",
    "forked": "in a child of fork",
    "many": "5000 objects live",
}
NO_BUGS = {
    "failing-realloc": "realloc that fails, object used on",
    "no-mappings": "no mapping to be had",
}


def run(tool, build, word):
    argv = [*tool.prefix, build.program(tool.program.replace("detect", "situations")), word]
    try:
        done = subprocess.run(argv, env=tool.env, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, errors="replace",
                              timeout=TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        return "", 0
    return done.stderr, done.returncode


def judge_bug(tool, text, status):
    """Reported, and does the program go on behind it?"""
    before, bug, after = text.partition("@bug\n")
    if not bug or tool.report(before):
        return "fails before"
    killed = status < 0 or status == 128 + signal.SIGSEGV or "@killed" in after
    if not tool.report(after):
        return "no report, ends" if killed else LOST
    return FOUND if "@right" in after else f"{FOUND}, ends"


def judge_clean(tool, text, _):
    if "@right" not in text:
        return "ends"
    return "false report" if tool.report(text) else RIGHT


def sequences(tool, build):
    """How many different places do 20 children stop at, where each takes samples by chance?"""
    text, _ = run(tool, build, "sequences")
    tries = re.findall(r"@try (\d+)\n(?!@try)", text)
    return f"{len(set(tries))} of 20" if tries else "0"


def sampling(build):
    """The two that sample, so that a bug found ends the child."""
    ours = tools.picket(build, "Picket", "")
    theirs = measure.environment(
        tools.scudo() or "", SCUDO_OPTIONS=tools.GWP_ASAN.replace("Rate=1:", f"Rate={RATE}:"))
    return {
        "Picket": dataclasses.replace(ours, env=measure.environment(
            build.library, f"rate={RATE}:budget=0:on_report=abort")),
        "GWP-ASan": tools.Tool("GWP-ASan", theirs, ours.says),
    }


def everyone(build):
    ours = tools.picket(build, "Picket", "slots=16384")
    duma = tools.Tool("DUMA", measure.environment("libduma.so.0"), r"DUMA (Aborting|Exiting)")
    rest = [tool for tool in tools.others(build) if tool.name != "glibc alone"]
    for tool in rest:
        if tool.name == "GWP-ASan":
            tool.env["SCUDO_OPTIONS"] = tools.GWP_ASAN.replace("=255", "=16384")
        if tool.name == "ASan":
            tool.env["ASAN_OPTIONS"] += ":allocator_may_return_null=1"
    place = 2 if len(rest) > 2 else len(rest)
    if ctypes.util.find_library("duma"):
        rest.insert(place, duma)
    return [ours, *rest]


def column(tool, build, samplers):
    measure.progress(f"situations: {tool.name}")
    cells = [judge_bug(tool, *run(tool, build, word)) for word in BUGS]
    cells += [judge_clean(tool, *run(tool, build, word)) for word in NO_BUGS]
    sampler = samplers.get(tool.name)
    return cells + [sequences(sampler, build) if sampler else "all are checked"]


def results(build):
    samplers = sampling(build)
    return {tool.name: column(tool, build, samplers) for tool in everyone(build)}


def rows():
    return [*BUGS.values(), *NO_BUGS.values(), "samples differ between children"]


def table(build):
    columns = results(build)
    lines = [(name, *(cells[at] for cells in columns.values())) for at, name in enumerate(rows())]
    return ("A use after free in each of the first rows, no bug in the next two; every allocation "
            "guarded,\nin the last row one of 50\n\n" +
            measure.table(("situation", *columns), lines) + "\n")
