# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""The programs that are measured: stock, from Debian, with inputs from bench/inputs."""
import dataclasses
import tempfile

import measure

INPUTS = measure.BENCH / "inputs"
SMALL = {"rows": 20000, "scale": 3}
FULL = {"rows": 120000, "scale": 40}


@dataclasses.dataclass
class Load:
    argv: list
    text: str = ""  # for standard input
    environment: dict = dataclasses.field(default_factory=dict)

    def stdin(self):
        if not self.text:
            return None
        file = tempfile.TemporaryFile("w+")
        file.write(self.text)
        file.seek(0)
        return file


def statements(rows, end=""):
    text = (INPUTS / "statements.sql").read_text().replace("@ROWS@", str(rows))
    return text + end


def programs(small=False, memory=False):
    """memory: each prints its own smaps_rollup at its end."""
    size = SMALL if small else FULL
    script = ["/usr/bin/python3", INPUTS / "script.py", size["scale"], *["memory"] * memory]
    rollup = ".shell cat /proc/$PPID/smaps_rollup\n" if memory else ""
    return {
        "sqlite3": Load(["sqlite3", ":memory:"], statements(size["rows"], rollup)),
        "python3": Load(script),
        "python3 malloc": Load(script, environment={"PYTHONMALLOC": "malloc"}),
    }
