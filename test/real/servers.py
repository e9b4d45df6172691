# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Stock servers under load, each started, used and ended by one function.

Each gives what its clients saw, which must not depend on Picket, and raises if a server did not
start, answer or end as it should.
"""
import contextlib
import os
import pathlib
import re
import socket
import subprocess
import time

PATIENCE_SECONDS = 60


class Failure(Exception):
    pass


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def client(argv, stdin=""):
    """Clients run without Picket, so that they are the same for all."""
    done = subprocess.run(list(map(str, argv)), input=stdin, capture_output=True, text=True,
                          timeout=PATIENCE_SECONDS)
    return done.stdout if not done.returncode else f"status {done.returncode}: {done.stderr}"


def wait_for(answers):
    end = time.monotonic() + PATIENCE_SECONDS
    while not answers():
        if time.monotonic() > end:
            raise Failure("the server does not answer")
        time.sleep(0.02)


@contextlib.contextmanager
def started(argv, environment, directory):
    with open(os.path.join(directory, "output"), "wb") as output:
        process = subprocess.Popen(list(map(str, argv)), env=environment, cwd=directory,
                                   stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        yield process
    except BaseException:
        process.kill()
        process.wait()
        raise
    process.terminate()
    if process.wait(PATIENCE_SECONDS):
        raise Failure(f"the server ended with {process.returncode}")


def said(directory):
    return pathlib.Path(directory, "output").read_text(errors="replace")


REDIS_COMMANDS = """
SET a 1\nINCR a\nAPPEND a xyz\nGET a\nGETRANGE a 0 1\nLPUSH l 1 2 3\nLRANGE l 0 -1
HSET h f v g w\nHGETALL h\nZADD z 1 x 2 y\nZRANGE z 0 -1 WITHSCORES\nSADD s a\nSMEMBERS s
EVAL 'return redis.call("GET", KEYS[1])' 1 a\nXADD x 1-1 k v\nXRANGE x - +\nOBJECT ENCODING l
SAVE\nDEBUG RELOAD\nBGREWRITEAOF\nMISSING\nDBSIZE
"""


def redis(prefix, environment, directory, requests):
    path = os.path.join(directory, "redis.sock")
    argv = [*prefix, "redis-server", "--port", "0", "--unixsocket", path, "--dir", directory,
            "--logfile", "redis.log", "--appendonly", "yes"]
    cli = ["redis-cli", "-s", path]
    with started(argv, environment, directory):
        wait_for(lambda: client([*cli, "ping"]) == "PONG\n")
        seen = client(cli, REDIS_COMMANDS)
        client(["redis-benchmark", "-s", path, "-n", requests, "-P", 16, "-r", 2000, "-d", 64, "-q",
                "-t", "set,get,incr,lpush,rpush,lpop,rpop,sadd,hset,spop,zadd,lrange_100,mset"])
        return seen + client([*cli, "GET", "a"]) + said(directory)


def redis_every_command(prefix, environment, directory, requests):
    """All that redis-benchmark has: which it made, and how often the server did and refused what."""
    path = os.path.join(directory, "redis.sock")
    argv = [*prefix, "redis-server", "--port", "0", "--unixsocket", path, "--dir", directory,
            "--logfile", "redis.log", "--save", ""]
    cli = ["redis-cli", "-s", path]
    with started(argv, environment, directory):
        wait_for(lambda: client([*cli, "ping"]) == "PONG\n")
        made = client(["redis-benchmark", "-s", path, "-n", requests, "--csv", "-r", 1000, "-d", 100])
        done = client([*cli, "INFO", "commandstats"])
        failed = client([*cli, "INFO", "errorstats"])
    names = re.findall(r'^"([^"]+)"', made, re.MULTILINE)
    counts = sorted(re.findall(r"^cmdstat_(\w+):.*(rejected_calls=\d+),(failed_calls=\d+)", done,
                               re.MULTILINE))
    return repr((names, counts, failed)) + said(directory)


NGINX = """
daemon off; {user} worker_processes 2; pid {directory}/pid; error_log {directory}/error.log;
events {{ worker_connections 256; }}
http {{
	access_log {directory}/access.log; gzip on; gzip_min_length 100; types {{ text/plain txt; }}
	client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy;
	fastcgi_temp_path {directory}/fastcgi; uwsgi_temp_path {directory}/uwsgi;
	scgi_temp_path {directory}/scgi; default_type text/plain;
	server {{ listen 127.0.0.1:{port}; root {directory}/html; autoindex on;
		location /proxy/ {{ proxy_pass http://127.0.0.1:{port}/; }}
		location ~ ^/re/(.*)$ {{ rewrite ^/re/(.*)$ /$1 last; }} }}
}}
"""


def page(port, path):
    """Status, kind and body of a page, without what changes with time and port."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS) as connection:
        request = f"GET {path} HTTP/1.0\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n"
        connection.sendall(request.encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    return re.sub(rb"(?m)^(Date|Last-Modified|ETag): .*$", b"", answer)


def answers(port):
    with contextlib.suppress(OSError):
        return bool(page(port, "/"))
    return False


def nginx(prefix, environment, directory, requests):
    port = free_port()
    html = pathlib.Path(directory, "html")
    html.mkdir()
    (html / "small.txt").write_text("small\n")
    (html / "large.txt").write_text("".join(f"line {i}\n" for i in range(20000)))
    config = pathlib.Path(directory, "nginx.conf")
    is_root = os.geteuid() == 0 and not prefix[:1] == ["setpriv"]
    user = "user nobody nogroup;" if is_root else ""
    config.write_text(NGINX.format(directory=directory, port=port, user=user))
    subprocess.run(["chmod", "-R", "a+rwX", directory], check=True)
    with started([*prefix, "nginx", "-c", config, "-e", f"{directory}/error.log"], environment,
                 directory) as process:
        wait_for(lambda: answers(port))
        for path in ("small.txt", "proxy/large.txt"):
            load = client(["ab", "-q", "-k", "-c", 10, "-n", requests,
                           f"http://127.0.0.1:{port}/{path}"])
            if not re.search(r"Failed requests: +0\n", load) or "Non-2xx" in load:
                raise Failure(f"ab: {load}")
        process.send_signal(1)  # SIGHUP: new workers with the same configuration
        time.sleep(0.3)
        wait_for(lambda: answers(port))
        paths = ("/small.txt", "/large.txt", "/proxy/small.txt", "/re/small.txt", "/missing")
        return repr([page(port, path) for path in paths]) + said(directory)


STATEMENTS = """
CREATE TABLE t(id serial PRIMARY KEY, a int, b text, c jsonb);
INSERT INTO t(a, b, c) SELECT i % 97, repeat('x', i % 500), jsonb_build_object('i', i, 'l', ARRAY[i])
	FROM generate_series(1, 5000) i;
CREATE INDEX ON t(a); CREATE INDEX ON t USING gin(c); ANALYZE t;
SELECT a, count(*), sum(length(b)), max(c->>'i') FROM t GROUP BY a ORDER BY a LIMIT 20;
SELECT sum(x) FROM (SELECT sum(a) OVER (PARTITION BY id % 10 ORDER BY id) x FROM t) q;
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 500) SELECT sum(n) FROM r;
CREATE FUNCTION f(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN n / (n - 3); END $$;
SELECT f(5); SELECT f(3); SELECT * FROM missing;
BEGIN; UPDATE t SET a = a + 1; ROLLBACK; DELETE FROM t WHERE id % 3 = 0; VACUUM FULL t;
SELECT md5(string_agg(b || c::text, ',' ORDER BY id)) FROM t;
SELECT sum(abalance) = (SELECT sum(tbalance) FROM pgbench_tellers) FROM pgbench_accounts;
"""


def postgres(prefix, environment, directory, requests):
    """initdb, pgbench and statements, each with the same environment as the server."""
    home = "/usr/lib/postgresql/15/bin"
    data, socket_directory = os.path.join(directory, "data"), os.path.join(directory, "s")
    os.mkdir(socket_directory)
    subprocess.run(["chmod", "-R", "a+rwX", directory], check=True)
    seen = []

    def run(program, *arguments, stdin=""):
        done = subprocess.run([*prefix, f"{home}/{program}", *map(str, arguments)], text=True,
                              env=environment, cwd=directory, input=stdin, capture_output=True,
                              timeout=20 * PATIENCE_SECONDS)
        seen.append((program, done.returncode, done.stdout, done.stderr))
        return done

    run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-instructions")
    at = ["-h", socket_directory, "-U", "postgres"]
    with started([*prefix, f"{home}/postgres", "-D", data, "-k", socket_directory, "-c", "fsync=off",
                  "-c", "listen_addresses=", "-c", "log_min_messages=fatal"], environment, directory):
        wait_for(lambda: client([f"{home}/pg_isready", *at]).endswith("accepting connections\n"))
        run("pgbench", *at, "-i", "-q", "-s", 1, "postgres")
        run("pgbench", *at, "-n", "-c", 8, "-j", 2, "-t", requests // 8, "postgres")
        run("psql", *at, "-X", "-f", "-", "postgres", stdin=STATEMENTS)
    times = re.compile(r"(?m)^done in .*$|^(latency|initial|tps).*$|\d+\.\d+ s\b")
    return repr([(*one[:2], *(times.sub("", text) for text in one[2:])) for one in seen])
