# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""What tables need whose figures come from a guest of test/vm: building modules, booting, reading
the lines that the test modules and the guest's scripts print."""
import pathlib
import re
import subprocess

import measure

TOP = measure.BENCH.parent
VM = TOP / "test/vm"
TESTS = TOP / "port/linux/test"


class State:
    """What was measured in one state: the figures of each operation by name, and other numbers."""

    def __init__(self, name):
        self.name = name
        self.operations = {}
        self.numbers = {}

    def read(self, word, rest):
        if len(rest) == 1:
            self.numbers[word] = int(rest[0])
        else:
            self.operations[word] = dict(zip(rest[::2], map(float, rest[1::2])))


def states(console):
    """All states of a boot, in their order."""
    found = []
    for line in re.findall(r"picket-cost: (.*)", console):
        word, *rest = line.split()
        if word == "state":
            found.append(State(" ".join(rest)))
        else:
            found[-1].read(word, rest)
    return found


def boot(kernel, script, options, settings, seconds_max):
    """Run the guest's script with these settings. Return: what was on the console."""
    with measure.scratch() as scratch:
        file = pathlib.Path(scratch) / "settings"
        file.write_text("".join(f"{name}='{value}'\n" for name, value in settings.items()))
        argv = [VM / "run", kernel, "--init", TESTS / script, "--timeout", seconds_max,
                "--file", file, *options]
        done = subprocess.run(list(map(str, argv)), stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, errors="replace")
    if done.returncode:
        raise measure.Failure(f"{kernel}: {done.stderr[-500:]}{done.stdout[-2000:]}")
    return done.stdout


def output(argv):
    """What a program of test/vm prints: one line."""
    done = subprocess.run(list(map(str, argv)), stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, errors="replace")
    if done.returncode:
        raise measure.Failure(f"{argv[0]}: {(done.stderr + done.stdout)[-2000:]}")
    return done.stdout.strip()


def unable(kernels):
    """Why the kernels cannot be booted here; empty if they can."""
    for kernel in kernels:
        done = subprocess.run([VM / "able", kernel], capture_output=True, text=True)
        if done.returncode:
            return done.stderr.strip().splitlines()[-1]
    return ""


def judge(bars):
    """TAP of pairs (text, is it kept?). Return: the exit status."""
    bars = list(bars)
    for number, (text, kept) in enumerate(bars, 1):
        print(f"{'' if kept else 'not '}ok {number} - {text}")
    print(f"1..{len(bars)}")
    return 0 if all(kept for _, kept in bars) else 1
