# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Puts the tables of bench/results into the documents, below a line <!-- bench/run TABLE -->."""
import re

import measure

DOCUMENTS = [measure.BENCH.parent / "doc" / name for name in ("performance.md", "detection.md")]
PLACE = re.compile(r"(<!-- bench/run (\w+) -->\n```\n).*?(```\n)", re.DOTALL)


def result(name):
    """A table without its head: the command and the machine stand elsewhere."""
    text = (measure.BENCH / f"results/{name}.txt").read_text()
    return text.split("\n\n", 1)[1].strip() + "\n"


def write():
    for document in DOCUMENTS:
        text = document.read_text()
        document.write_text(PLACE.sub(lambda m: m[1] + result(m[2]) + m[3], text))
