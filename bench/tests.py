# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Tests in their long form, whose figures belong beside the other tables."""
import subprocess
import sys

import measure

TESTS = measure.BENCH.parent / "test"


def run(build, title, test):
    measure.progress(title)
    argv = [sys.executable, TESTS / test, build.directory, "--full"]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    return f"{title}\n\n{done.stdout}"


def honest(build):
    return run(build, "Is what is set what is sampled? (3 sigma, new seeds)", "honest/honest")


def real(build):
    return run(build, "Stock programs: no report, and nothing else changed", "real/real")
