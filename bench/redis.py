# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""A stock redis-server on a core of its own, its client on another."""
import contextlib
import csv
import os
import re
import subprocess
import time

import measure

TESTS = "set,get,lpush,hset"
PATIENCE_SECONDS = 20
CORES = sorted(os.sched_getaffinity(0))


def on_core(number, argv):
    return ["taskset", "-c", str(CORES[number % len(CORES)]), *argv]


@contextlib.contextmanager
def server(env, directory, prefix=(), stderr=None):
    """Gives the process and its socket, ready to answer; ended at the end."""
    socket = os.path.join(directory, "redis.sock")
    argv = ["setarch", "-R", *prefix, "redis-server", "--port", "0", "--unixsocket", socket,
            "--save", "", "--appendonly", "no", "--dir", directory, "--logfile", "redis.log"]
    process = subprocess.Popen(on_core(0, argv), env=env, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=stderr)
    try:
        end = time.monotonic() + PATIENCE_SECONDS
        while subprocess.run(["redis-cli", "-s", socket, "ping"], capture_output=True,
                             text=True).stdout != "PONG\n":
            if time.monotonic() > end or process.poll() is not None:
                raise measure.Failure("redis-server does not answer")
            time.sleep(0.02)
        yield process, socket
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def cpu_seconds(process):
    with open(f"/proc/{process.pid}/schedstat") as schedstat:
        return int(schedstat.read().split()[0]) / 1e9


def benchmark(socket, requests):
    """Seconds that the requests of all tests took, by redis-benchmark's own clock."""
    argv = ["redis-benchmark", "-s", socket, "-t", TESTS, "-n", str(requests), "-P", "16",
            "-r", "20000", "-d", "64", "--csv"]
    done = measure.run(on_core(1, argv), measure.environment())
    rows = list(csv.DictReader(done.stdout.splitlines()))
    return sum(requests / float(row["rps"]) for row in rows)


def share(env, library, requests):
    """Of the server's instructions those that are in the library. Not compared with a run without
    it: the seeds of redis's hashes differ from run to run, and move the sum by a percent."""
    with measure.scratch() as directory:
        counts = os.path.join(directory, "counts")
        with open(os.path.join(directory, "stderr"), "w") as stderr:
            prefix = [*measure.CALLGRIND, f"--callgrind-out-file={counts}"]
            with server(env, directory, prefix, stderr) as (_, socket):
                benchmark(socket, requests)
        annotated = measure.run(["callgrind_annotate", "--threshold=100", counts],
                                measure.environment()).stdout
    lines = re.findall(r"^ *([\d,]+) \([ \d.]+%\)  (.*)", annotated, re.MULTILINE)
    numbers = [(int(count.replace(",", "")), where) for count, where in lines]
    ours = sum(count for count, where in numbers if f"[{library}]" in where)
    return ours / next(count for count, where in numbers if where == "PROGRAM TOTALS")
