"""The two servers of a comparison, and how load is put on them."""

import csv
import dataclasses
import os
import pathlib
import re
import shutil
import subprocess
import time

import server

SERVER_CORE, LOAD_CORE = "0", "1"
CLIENTS_MAX = 12_000


@dataclasses.dataclass(frozen=True)
class Load:
    """What redis-benchmark sends: one of its own tests, or the words of a command, in which it
    replaces __rand_int__ by twelve digits of a number below `random_below`.
    """

    what: object  # the name of a test, or a tuple of words
    pipeline: int
    requests: int
    random_below: int = None  # default: --keyspace

    def scaled(self, scale):
        return dataclasses.replace(self, requests=max(100, int(self.requests * scale)))

    def sample(self):
        """One of the commands that will be sent. REQUIRES: words, not a test."""
        return [word.replace("__rand_int__", f"{1:012d}") for word in self.what]


class Side:
    """One kind of server. Servers of one setup are started once and kept for the whole run."""

    def __init__(self, name, binary):
        self.name = name
        self.binary = binary
        self._kept = {}

    def version(self):
        text = subprocess.run(
            [self.binary, "--version"],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
        ).stdout
        found = re.search(r"v=([\w.-]+)", text)
        return f"{self.name} {found.group(1) if found else text.strip()}".strip()

    def start(self, one_core=True, **options):
        """A new server. With one core it runs one event loop there, otherwise its defaults."""
        if one_core:
            options = {"threads": 1, "partitions": 1, **options}
        return server.Server(binary=self.binary, pin=SERVER_CORE if one_core else None, **options)

    def kept(self, one_core=True):
        if one_core not in self._kept:
            self._kept[one_core] = self.start(one_core)
        return self._kept[one_core]

    def stop(self):
        for running in self._kept.values():
            running.stop()


def pair():
    redis = shutil.which(os.environ.get("REDIS_SERVER", "redis-server"))
    if not redis or not shutil.which("redis-benchmark"):
        raise SystemExit(
            "redis-server and redis-benchmark are needed: "
            "apt-get install redis-server redis-tools"
        )
    if os.cpu_count() < 2:
        raise SystemExit("the comparison needs two cores: one for the server, one for the load")
    return Side("thespis", server.thespis_binary()), Side("redis-server", redis)


def throughput(running, load, arguments):
    """{rps, cpu: µs per request, busy: the load generator's share of its core} on one core."""
    before = running.cpu_seconds()
    began, generated = time.monotonic(), cpu_seconds_of_children()
    figures = benchmark(running.port, load, arguments)
    busy = (cpu_seconds_of_children() - generated) / (time.monotonic() - began)
    spent = running.cpu_seconds() - before
    return {"rps": figures["rps"], "cpu": spent / load.requests * 1e6, "busy": busy}


def cpu_seconds_of_children():
    """Of those that have ended."""
    return sum(os.times()[2:4])


def benchmark(port, load, arguments, pinned=True):
    """Runs redis-benchmark; returns its figures: rps, p50_latency_ms, p99_latency_ms …"""
    options = {
        "-p": port,
        "-n": load.requests,
        "-P": load.pipeline,
        "-c": arguments.clients,
        "-r": load.random_below or arguments.keyspace,
        "-d": arguments.value_bytes,
    }
    words = ["taskset", "-c", LOAD_CORE] if pinned else []
    words += ["redis-benchmark", "--csv"]
    words += [str(word) for option in options.items() for word in option]
    words += ["-t", load.what] if isinstance(load.what, str) else load.what
    done = subprocess.run(
        words, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith('"')]
    return {
        name: float(value)
        for name, value in list(csv.DictReader(lines))[0].items()
        if name != "test"
    }


def settled_bytes(running):
    """RSS once it has stopped moving: a table that grows step by step has finished."""
    return _settled(running.resident_bytes, 0.25, 6)


def memory_of_all(pid):
    """Bytes that a process and its children hold; what they share counts once."""
    total = 0
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for each in [str(pid), *children]:
        try:
            text = pathlib.Path(f"/proc/{each}/smaps_rollup").read_text()
        except OSError:
            continue
        total += 1024 * int(re.search(r"^Pss:\s+(\d+)", text, re.M).group(1))
    return total


def settle(running):
    """Waits until the server is idle: what was deleted before may go in the background."""
    _settled(lambda: round(running.cpu_seconds(), 2), 0.05, 2)


def _settled(value, step_seconds, calm_steps, steps_max=60):
    """The value once it has not changed for that many steps."""
    last = value()
    calm = 0
    for _ in range(steps_max):
        time.sleep(step_seconds)
        now = value()
        calm = calm + 1 if now == last else 0
        last = now
        if calm == calm_steps:
            break
    return last


class MachineTime:
    """Where the machine's time went since the beginning: is this run worth believing?"""

    def __init__(self):
        self._before = self._read()

    @staticmethod
    def _read():
        """(all, idle, stolen, spent by this process and its ended children), in seconds"""
        ticks = os.sysconf("SC_CLK_TCK")
        fields = pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
        user, nice, system, idle, waiting, hard, soft, stolen = (int(f) / ticks for f in fields)
        everything = user + nice + system + idle + waiting + hard + soft + stolen
        return everything, idle + waiting, stolen, sum(os.times()[:4])

    def report(self):
        """Call it once the servers have ended, so that they count as ours."""
        everything, idle, stolen, own = (
            after - before for before, after in zip(self._before, self._read())
        )
        others = max(0.0, everything - idle - stolen - own)
        return (
            f"During the run {others / everything:.0%} of the machine's time went to other "
            f"processes and {stolen / everything:.0%} to its host."
        )
