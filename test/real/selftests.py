# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""The self-tests of Debian's programs: what there is to run, and what each run says.

A suite has cases; run() runs one in an empty directory and returns its verdicts, which must not
depend on Picket. Sources that hold tests come from Debian too.
"""
import os
import pathlib
import random
import re
import shutil
import subprocess
import xml.etree.ElementTree

import servers

TIMEOUT_SECONDS = 900


class Missing(Exception):
    """What a suite needs is not here."""


class NoVerdict(Exception):
    """A case did not come to its end; what it said."""


def output(argv, **keywords):
    return subprocess.run(argv, capture_output=True, text=True, check=True, **keywords).stdout


def fetch_source(package, directory):
    """The source package as it came, by an apt whose lists are its own."""
    script = pathlib.Path(__file__).with_name("fetch-source")
    try:
        output([script, package, directory], stderr=None)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Missing(f"the source of {package} cannot be had") from error
    return next(pathlib.Path(directory).glob(f"{package}_*.orig.tar.*"))


def run(argv, environment, directory, **keywords):
    """Status and output."""
    try:
        done = subprocess.run(list(map(str, argv)), env=environment, cwd=directory,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=TIMEOUT_SECONDS, **keywords)
    except subprocess.TimeoutExpired as late:
        raise NoVerdict(f"no end in {TIMEOUT_SECONDS} s: {(late.stdout or b'')[-2000:]}") from late
    return done.returncode, done.stdout


class Python:
    """python3 -m test: a verdict for each test of each module."""
    modules = """
        array ast atexit base64 binascii bisect buffer bz2 calendar class cmd_line codecs
        collections compile contextlib copy csv ctypes dataclasses datetime decimal deque descr dict
        dis email enum epoll exceptions faulthandler fileio float format fork1 fractions fstring
        functools gc generators glob gzip hashlib heapq hmac importlib inspect io itertools json list
        locale lzma marshal math memoryview minidom mmap multiprocessing_fork
        multiprocessing_main_handling os pathlib pickle poll posix pty pyexpat queue random re sched
        select selectors set shutil signal socket socketserver sqlite3 ssl str struct subprocess sys
        tarfile tempfile threading thread time traceback types typing unicode unicodedata urllib
        wait3 wait4 weakref xml_etree zipfile zlib""".split()
    workers = 1

    def prepare(self, _):
        if not os.path.exists("/usr/lib/python3.11/test/test_array.py"):
            raise Missing("there is no libpython3.11-testsuite here")

    def cases(self):
        return [f"test_{name}" for name in self.modules]

    def run(self, case, environment, directory):
        results = directory / "results.xml"
        # VSOCK: in some virtual machines it waits for itself until time is up.
        status, said = run(["/usr/bin/python3", "-m", "test", "--timeout", TIMEOUT_SECONDS // 2, "-i",
                            "*VSOCK*", "--junit-xml", results, case], environment, directory)
        if not results.exists():
            raise NoVerdict(f"exit status {status}: {said.decode(errors='replace')[-2000:]}")
        verdicts = {"exit status": status}
        for test in xml.etree.ElementTree.parse(results).iter("testcase"):
            verdicts[test.get("name")] = sorted(child.tag for child in test
                                                if not child.tag.startswith("system-"))
        return verdicts


class Perl:
    """t/ of perl's own source, by the installed perl: the line of each test."""
    groups = "base cmd comp io lib mro op opbasic re uni".split()
    # Minutes each; and what prints times, or needs the source tree itself.
    left_out = {"re/uniprops", "re/fold_grind", "op/sselect", "op/time", "re/speed", "op/taint"}
    workers = 2

    def prepare(self, cache):
        if not shutil.which("perl"):
            raise Missing("there is no perl here")
        self.tree = pathlib.Path(cache, "perl-tests")
        if (self.tree / "t/perl").exists():
            return
        archive = fetch_source("perl", cache)
        self.tree.mkdir(exist_ok=True)
        output(["tar", "xf", archive, "-C", self.tree, "--strip-components=1", "--wildcards", "*/t"])
        library = self.tree / "lib"
        shutil.rmtree(library, ignore_errors=True)
        library.mkdir()
        where = "print join qq(\\n), grep { m{/5\\.|perl-base} && -d } @INC"
        for path in output(["perl", "-e", where]).split("\n"):
            output(["cp", "-rs", "--no-clobber", f"{path}/.", library])
        os.symlink(shutil.which("perl"), self.tree / "t/perl")

    def cases(self):
        names = [f"{group}/{path.stem}" for group in self.groups
                 for path in sorted((self.tree / "t" / group).glob("*.t"))]
        return [name for name in names
                if not any(name.startswith(start) for start in self.left_out)]

    def run(self, case, environment, directory):
        work = directory / "t"
        shutil.copytree(self.tree / "t", work, symlinks=True)
        os.symlink(self.tree / "lib", directory / "lib")
        status, said = run(["./perl", f"{case}.t"], environment, work)
        lines = re.findall(rb"(?m)^(not ok|ok) (\d+)", said)
        return {"exit status": status, **{number.decode(): word.decode() for word, number in lines}}


class Bash:
    """tests/run-* of bash's own source, by the installed bash: what they print."""
    # One waits for a terminal; the others' outputs hold times or numbers of processes.
    left_out = {"run-all", "run-minimal", "run-gprof"}
    workers = 4

    def prepare(self, cache):
        if not shutil.which("bash"):
            raise Missing("there is no bash here")
        tree = pathlib.Path(cache, "bash-tests")
        self.tests, self.helpers = tree / "tests", tree / "helpers"
        if self.helpers.exists():
            return
        archive = fetch_source("bash", cache)
        tree.mkdir(exist_ok=True)
        output(["tar", "xf", archive, "-C", tree])
        inner = next(tree.glob("bash-*.tar*"), None)
        if inner:
            output(["tar", "xf", inner, "-C", tree])
        source = next(path for path in tree.glob("bash-*") if path.is_dir())
        shutil.copytree(source / "tests", self.tests, symlinks=True)
        made = tree / "made"
        made.mkdir()
        for name in ("recho", "zecho", "printenv", "xcase"):
            output(["gcc", "-w", "-I", source, "-I", source / "include", "-I", source / "lib", "-o",
                    made / name, source / f"support/{name}.c"])
        made.rename(self.helpers)

    def cases(self):
        return sorted(path.name for path in self.tests.glob("run-*")
                      if path.name not in self.left_out)

    def run(self, case, environment, directory):
        work = directory / "tests"
        shutil.copytree(self.tests, work, symlinks=True)
        own = {"THIS_SH": "/bin/bash", "BASH_TSTOUT": str(directory / "out"),
               "TMPDIR": str(directory), "PATH": f".:{self.helpers}:{environment['PATH']}"}
        status, said = run(["sh", f"./{case}"], {**environment, **own}, work)
        return {"exit status": status, "differences": said.decode(errors="replace")}


class Sqlite:
    """Scripts of statements, made from seeds: what they print."""
    workers = 1

    def prepare(self, _):
        if not shutil.which("sqlite3"):
            raise Missing("there is no sqlite3 here")

    def cases(self):
        return [f"seed {seed}" for seed in range(1, 7)]

    @staticmethod
    def statement(draw):
        number, word = draw.randrange(1000), "".join(draw.choices("abcdef", k=draw.randrange(1, 90)))
        return draw.choice([
            f"INSERT INTO t VALUES(NULL, {number}, '{word}', zeroblob({number}));",
            f"UPDATE t SET b = '{word}' || b WHERE a % 50 = {number % 50};",
            f"DELETE FROM t WHERE a = {number};",
            f"SELECT count(*), sum(a), max(b), total(length(c)) FROM t WHERE a > {number};",
            f"SELECT a, sum(a) OVER (ORDER BY id ROWS 5 PRECEDING) FROM t WHERE a < {number % 100};",
            "SELECT x.a, count(y.id) FROM t x LEFT JOIN t y ON x.a = y.a + 1 GROUP BY x.a LIMIT 9;",
            f"WITH RECURSIVE r(n) AS (VALUES({number}) UNION ALL SELECT n - 1 FROM r WHERE n > 0)"
            " SELECT group_concat(n) FROM r;",
            f"SELECT json_group_array(json_object('a', a, 'b', b)) FROM t WHERE a < {number % 60};",
            f"INSERT INTO f VALUES('{word} {number}'); SELECT count(*) FROM f WHERE f MATCH 'a*';",
            f"SAVEPOINT s; DELETE FROM t WHERE a < {number}; ROLLBACK TO s; RELEASE s;",
            f"SELECT printf('%.{number % 40}f|%{number % 90}s', {number} / 7.0, '{word}');",
            f"SELECT * FROM missing_{word[:3]}; SELECT bad(;",
            f"SELECT replace(hex('{word}'), '6', '{word}'), instr('{word}', 'ab'), quote(x'{number:04d}');",
            "PRAGMA integrity_check;", "ANALYZE;", "VACUUM;", "REINDEX;",
        ])

    def run(self, case, environment, directory):
        draw = random.Random(case)
        script = ["PRAGMA synchronous=OFF;", "CREATE TABLE t(id INTEGER PRIMARY KEY, a INT, b TEXT, c BLOB);",
                  "CREATE INDEX i ON t(a, b); CREATE VIRTUAL TABLE f USING fts5(x);",
                  "CREATE TRIGGER g AFTER DELETE ON t WHEN old.a % 2 BEGIN"
                  " INSERT INTO t VALUES(NULL, old.a + 1, old.b, NULL); END;"]
        script += [self.statement(draw) for _ in range(1000)]
        (directory / "script").write_text("\n".join(script))
        status, said = run(["sqlite3", "file.db", ".read script"], environment, directory)
        return {"exit status": status, "output": said.decode(errors="replace")}


class Servers:
    """Stock servers, started, loaded and stopped: what their clients see."""
    workers = 1
    nobody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    all = {
        "redis, all commands": (servers.redis_every_command, "redis-benchmark", [], 20000),
        "redis, persistence": (servers.redis, "redis-server", [], 20000),
        "nginx": (servers.nginx, "nginx", [], 10000),
        "nginx as nobody": (servers.nginx, "nginx", nobody, 10000),
        "postgresql": (servers.postgres, "/usr/lib/postgresql/15/bin/postgres", nobody, 4000),
    }

    def prepare(self, _):
        if os.geteuid():
            raise Missing("needs root, to become nobody")

    def cases(self):
        return [name for name, (_, program, *_) in self.all.items() if shutil.which(program)]

    def run(self, case, environment, directory):
        serve, _, prefix, requests = self.all[case]
        try:
            return {"seen": serve(prefix, environment, str(directory), requests)}
        except (servers.Failure, subprocess.TimeoutExpired) as failure:
            raise NoVerdict(str(failure)) from failure


ALL = {"bash": Bash, "perl": Perl, "python": Python, "servers": Servers, "sqlite": Sqlite}
