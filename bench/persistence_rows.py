"""Persistence: how fast a snapshot is loaded and how large it is, and what clients feel and memory
holds while one is taken under a load of writes."""

import atexit
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

import fill
import prober
import resp
import sides
from measure import Experiment, Measure

LOADED_KEYS = 5  # times --keys


def experiments():
    return [
        _loading(),
        _size(),
        _saving_under_load(),
        _appending("everysec", 16, 2_000_000, 1.3),
        _appending("always", 1, 100_000, 1.5),
        _replaying(),
    ]


# -- loading ---------------------------------------------------------------------------------------


def _loading():
    return Experiment(
        f"loading a snapshot of {LOADED_KEYS} × --keys strings, default threads",
        (
            Measure("rate", "keys/s", 0, ratio_min=1.5),
            Measure("cpu", "CPU µs per key", 2),
        ),
        _load,
    )


_file = None  # one for both servers, as redis-server and Thespis write the same bytes for strings


def _snapshot(side, keys):
    global _file
    if _file is None:
        directory = tempfile.mkdtemp(prefix="thespis-bench-")
        atexit.register(shutil.rmtree, directory, ignore_errors=True)
        with side.start(dir=directory) as running, running.connect(timeout=600) as connection:
            fill.strings(connection, keys, lambda n: (b"key:%012d" % n, b"value:%010d" % n))
            assert connection.call("SAVE") == "OK"
        _file = pathlib.Path(directory)
    return str(_file)


def _load(side, arguments):
    keys = arguments.keys * LOADED_KEYS
    directory = _snapshot(side, keys)
    with side.start(one_core=False, wait_ready=False, dir=directory) as running:
        return _until_loaded(running, keys)


def _until_loaded(running, keys):
    while not _is_ready(running):
        time.sleep(0.005)
    seconds = time.monotonic() - running.started_at
    cpu_us = running.cpu_seconds() * 1e6
    with running.connect() as connection:
        assert connection.call("DBSIZE") == keys
    return {"rate": keys / seconds, "cpu": cpu_us / keys}


def _is_ready(running):
    try:
        with resp.Connection(port=running.port) as connection:
            return connection.call("PING") == "PONG"
    except (ConnectionError, socket.timeout, resp.Closed):
        return False


# -- size ------------------------------------------------------------------------------------------


def _size():
    return Experiment(
        "dump.rdb of strings, hashes, lists, sets and sorted sets",
        (Measure("bytes", "bytes", 0, ratio_max=1.02),),
        _bytes_of_file,
        rounds_max=1,
    )


def _bytes_of_file(side, arguments):
    count = max(1, arguments.keys // 100)
    with side.start() as running, running.connect(timeout=600) as connection:
        fill.strings(connection, count * 20, lambda n: (b"key:%d" % n, b"value of %d" % (n * n)))
        fill.commands(connection, (_small_hash(n) for n in range(count)))
        fill.collection(connection, (b"HSET", b"hash"), map(_field, range(count)))
        fill.collection(
            connection, (b"RPUSH", b"list"), ((b"element %d" % n,) for n in range(count))
        )
        fill.collection(connection, (b"SADD", b"set"), ((b"member %d" % n,) for n in range(count)))
        fill.collection(connection, (b"ZADD", b"zset"), map(_ranked, range(count)))
        assert connection.call("SAVE") == "OK"
        return {"bytes": os.path.getsize(os.path.join(running.directory, "dump.rdb"))}


def _small_hash(n):
    return [b"HSET", b"user:%d" % n, b"name", b"name %d" % n, b"age", b"%d" % (n % 90)]


def _field(n):
    return b"field %d" % n, b"value %d" % n


def _ranked(n):
    return b"%d.5" % n, b"player %d" % n


# -- saving ----------------------------------------------------------------------------------------


def _saving_under_load():
    return Experiment(
        "BGSAVE under a load of SET, pipelined",
        (
            Measure("memory", "peak memory beyond that of the data, %", 1),
            Measure("p99", "p99 ms of others meanwhile", 2),
            Measure("calm", "p99 ms of others without it", 2),
            Measure("stall", "max ms of others meanwhile", 2),
            Measure("seconds", "s until it is written", 2),
        ),
        _save_under_load,
        rounds_max=3,
    )


def _save_under_load(side, arguments):
    """Writers overwrite all keys again and again; the memory of a forked child counts as well."""
    with side.start(one_core=False) as running, running.connect(timeout=600) as connection:
        fill.strings(connection, arguments.keys, lambda n: (b"key:%012d" % n, b"v" * 200))
        load = subprocess.Popen(
            ["redis-benchmark", "-p", str(running.port), "-P", "16", "-c", "20", "-n", "100000000"]
            + ["-r", str(arguments.keys), "-q", "SET", "key:__rand_int__", "w" * 200],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            time.sleep(2.0)
            calm = prober.latencies(running.port, lambda: False, seconds_max=3.0)
            before = sides.memory_of_all(running.pid)
            peak = before
            began = time.monotonic()
            connection.call("BGSAVE")
            over = []

            def is_over():
                nonlocal peak
                peak = max(peak, sides.memory_of_all(running.pid))
                if b"rdb_bgsave_in_progress:0" in connection.call("INFO", "persistence"):
                    over.append(time.monotonic() - began)
                return bool(over)

            meanwhile = prober.latencies(running.port, is_over, seconds_max=60.0)
        finally:
            load.kill()
            load.wait()
    return {
        "memory": 100.0 * (peak - before) / before,
        "p99": meanwhile[int(len(meanwhile) * 0.99)],
        "calm": calm[int(len(calm) * 0.99)],
        "stall": meanwhile[-1],
        "seconds": over[0] if over else 60.0,
    }


# -- the journal -----------------------------------------------------------------------------------

KEEP = {"appendonly": "yes", "auto-aof-rewrite-percentage": "0"}


def _appending(policy, pipeline, requests, rate_min):
    load = sides.Load(("SET", "key:__rand_int__", "xxx"), pipeline, requests, 100_000)

    def run(side, arguments):
        scaled = load.scaled(arguments.scale)
        with side.start(appendfsync=policy, **KEEP) as running:
            return sides.throughput(running, scaled, arguments)

    return Experiment(
        f"SET with appendfsync {policy}, pipeline {pipeline}",
        (
            Measure("rps", "requests/s", 0, ratio_min=rate_min),
            Measure("cpu", "CPU µs per request", 2),
        ),
        run,
    )


def _replaying():
    return Experiment(
        f"replaying a journal of {LOADED_KEYS} × --keys SETs, default threads",
        (
            Measure("rate", "requests/s", 0, ratio_min=1.3),
            Measure("cpu", "CPU µs per request", 2),
        ),
        _replay,
    )


_journal = None  # one for both servers, too, written by redis-server's rules: without frames


def _written_journal(requests):
    """A directory with the increments of a journal of that many SETs."""
    global _journal
    if _journal is None:
        directory = tempfile.mkdtemp(prefix="thespis-bench-")
        atexit.register(shutil.rmtree, directory, ignore_errors=True)
        files = pathlib.Path(directory, "appendonlydir")
        files.mkdir()
        name = "appendonly.aof.1.incr.aof"
        (files / "appendonly.aof.manifest").write_text(f"file {name} seq 1 type i\n")
        with open(files / name, "wb") as out:
            for n in range(requests):
                out.write(resp.encode(b"SET", b"key:%012d" % n, b"value:%010d" % n))
        _journal = pathlib.Path(directory)
    return _journal


def _replay(side, arguments):
    requests = arguments.keys * LOADED_KEYS
    copy = tempfile.mkdtemp(prefix="thespis-bench-")
    try:
        shutil.copytree(_written_journal(requests), copy, dirs_exist_ok=True)
        with side.start(one_core=False, wait_ready=False, dir=copy, **KEEP) as running:
            return _until_loaded(running, requests)
    finally:
        shutil.rmtree(copy, ignore_errors=True)
