# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""What all runs of real software have in common: settings, environments, reports, results as TAP."""
import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
# All guarded, with more room than the default so that long-lived objects do not fill the pool.
ALL = {"rate 1": "rate=1:slots=4096"}
DEFAULT = {"default": ""}


class Runner:
    def __init__(self, build):
        self.count = self.failed = 0
        self.directory = tempfile.mkdtemp(prefix="picket-real.")
        os.chmod(self.directory, 0o755)
        # Where servers that give up root can read it.
        self.library = shutil.copy(pathlib.Path(build, "port/process/libpicket.so"), self.directory)

    def close(self):
        shutil.rmtree(self.directory, ignore_errors=True)

    def result(self, name, failure="", skipped=""):
        self.count += 1
        self.failed += bool(failure)
        print(f"{'not ' if failure else ''}ok {self.count} - {name}"
              f"{' # SKIP ' + skipped if skipped else ''}", flush=True)
        for line in failure.splitlines()[:40]:
            print(f"# {line}")

    def environment(self, options=None, log=None):
        kept = {name: os.environ[name] for name in ("HOME", "TMPDIR") if name in os.environ}
        base = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "PYTHONHASHSEED": "0",
                "SOURCE": str(HERE.parent.parent), "HERE": str(HERE), **kept}
        if options is None:
            return base
        log = log or pathlib.Path(self.directory, "reports")
        log.touch()
        log.chmod(0o666)  # whoever a server becomes
        return {**base, "LD_PRELOAD": self.library, "PICKET_OPTIONS": f"{options}:log={log}"}

    @contextlib.contextmanager
    def empty_directory(self):
        """The same name for every run: some programs print it."""
        work = pathlib.Path(self.directory, "work")
        work.mkdir()
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)

    def reports(self):
        log = pathlib.Path(self.directory, "reports")
        text = log.read_text(errors="replace")
        log.unlink()
        return text

    def control(self, build):
        """That silence means something: with the same settings a real bug is reported."""
        bug = pathlib.Path(build, "bench/detect")
        for setting, options in ALL.items():
            subprocess.run([bug, "write-right", "10"], env=self.environment(options),
                           stderr=subprocess.DEVNULL, check=True)
            self.result(f"{setting}: a planted bug is reported",
                        "" if "BUG: " in self.reports() else "nothing was reported")

    def available(self, name, needs):
        missing = [program for program in needs if not shutil.which(program)]
        if missing:
            self.result(name, skipped=f"there is no {missing[0]} here")
        return not missing
