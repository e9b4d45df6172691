# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""What all tables need: where things are, running programs alike, medians, and print."""
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

BENCH = pathlib.Path(__file__).resolve().parent
ALLOCATORS = {
    "glibc": "",
    "jemalloc": "libjemalloc.so.2",
    "tcmalloc": "libtcmalloc_minimal.so.4",
    "mimalloc": "libmimalloc.so.2",
}
CALLGRIND = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
DEFAULT = "interval=100"
OFF = "interval=0"  # sampling off
ALL = "rate=1"  # every allocation


class Failure(Exception):
    """Something needed is missing or failed; the text is for people."""


class Build:
    """A build directory and what is in it."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory).resolve()
        self.library = self.need("port/process/libpicket.so")
        self.picket = self.directory / "tool/picket"

    def need(self, name):
        path = self.directory / name
        if not path.exists():
            raise Failure(f"there is no {path}; 'make' builds it")
        return str(path)

    def program(self, name):
        return self.need(f"bench/{name}")


def environment(preload="", options="", **more):
    """What programs get: little, and the same on every machine."""
    kept = {name: os.environ[name] for name in ("HOME", "TMPDIR") if name in os.environ}
    base = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "PYTHONHASHSEED": "0", **kept}
    return {**base, "LD_PRELOAD": preload, "PICKET_OPTIONS": options, **more}


def over(library, options, below="", **more):
    """Environments (without, with Picket), over another allocator than the program's own if one
    is given. Both have the same size: it moves the stack, which alone changes times and counts."""
    preload = f"{library} {below}"
    return (environment(below.ljust(len(preload)), options, **more),
            environment(preload, options, **more))


def run(argv, env, stdin=None, **more):
    """Run to the end without address randomisation; a Failure if it ends badly."""
    argv = ["setarch", "-R", *map(str, argv)]
    done = subprocess.run(argv, env=env, stdin=stdin or subprocess.DEVNULL, capture_output=True,
                          text=True, errors="replace", timeout=1800, **more)
    if done.returncode:
        raise Failure(f"{' '.join(argv)}: exit status {done.returncode}\n{done.stderr[-2000:]}")
    return done


def collected(text):
    return int(re.search(r"Collected : (\d+)", text)[1])


def instructions(argv, env, stdin=None):
    """Instructions the program executes, as callgrind counts them."""
    return collected(run([*CALLGRIND, *argv], env, stdin).stderr)


def cpu_seconds(argv, env, stdin=None):
    """User and system time of one run."""
    process = subprocess.Popen(["setarch", "-R", *map(str, argv)], env=env,
                               stdin=stdin or subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if status:
        raise Failure(f"{argv}: exit status {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def interleave(base, candidate, pairs):
    """Calls both by turns, in alternating order. Return: pairs of results."""
    results = []
    for number in range(pairs):
        if number % 2:
            second = candidate()
            results.append((base(), second))
        else:
            first = base()
            results.append((first, candidate()))
    return results


def spread(values):
    """min / lower quartile / median / upper quartile / max"""
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return " ".join(f"{value:.3f}" for value in (min(values), low, median, high, max(values)))


def table(head, rows):
    """Columns of equal width; the first to the left, the others to the right."""
    rows = [list(map(str, row)) for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "-" * max(map(len, lines)))
    return "\n".join(lines) + "\n"


def progress(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def scratch():
    return tempfile.TemporaryDirectory(prefix="picket-bench.")


def machine():
    """One line that says where figures come from."""
    def first(path, pattern):
        found = re.search(pattern, pathlib.Path(path).read_text(), re.MULTILINE)
        return found[1] if found else "?"
    cpu = first("/proc/cpuinfo", r"^model name\s*: (.*)$")
    system = first("/etc/os-release", r'^PRETTY_NAME="(.*)"$')
    libc = os.confstr("CS_GNU_LIBC_VERSION")
    return f"{cpu}, {os.cpu_count()} CPUs, Linux {os.uname().release}, {system}, {libc}"
