"""The rows of the comparison. An experiment runs against one server and returns its measures."""

import dataclasses
import math
import socket
import time

import fill
import prober
import resp
import sides

#: requests of one run, chosen for about two seconds on a machine of 2020
REQUESTS = {1: 200_000, 16: 1_600_000, 64: 2_400_000}
MSET_SHARE = 0.2
CONNECTIONS = 5000


@dataclasses.dataclass(frozen=True)
class Measure:
    """One column pair of a row. The aim is a bound of the ratio, or of our own value."""

    name: str
    title: str
    digits: int = 2
    ratio_max: float = None
    ratio_min: float = None
    value_max: float = None

    def show(self, value):
        return f"{value:,.{self.digits}f}"

    def aim_text(self):
        bounds = (
            (self.ratio_max, "≤ {:g} ×"),
            (self.ratio_min, "≥ {:g} ×"),
            (self.value_max, "≤ {:g}"),
        )
        return ", ".join(text.format(bound) for bound, text in bounds if bound is not None) or "–"

    def verdict(self, ours, theirs, ratios):
        """yes or no, by the medians; where single rounds disagree with a no, it says so."""
        if self.aim_text() == "–":
            return "–"
        if self._is_kept(ours, ours / theirs if theirs else math.inf):
            return "yes"
        doubtful = any(self._is_kept(ours, ratio) for ratio in ratios)
        return "no, within the spread" if doubtful else "**no**"

    def _is_kept(self, value, ratio):
        return (
            (self.ratio_max is None or ratio <= self.ratio_max)
            and (self.ratio_min is None or ratio >= self.ratio_min)
            and (self.value_max is None or value <= self.value_max)
        )


@dataclasses.dataclass(frozen=True)
class Experiment:
    name: str
    measures: tuple
    run: object  # (side, arguments) -> {measure name: value}
    rounds_max: int = 1000


def all_of_them():
    return [*_one_core(), *_all_cores(), *_memory(), _idle_connections(), _start_up(), _expiry()]


def _prepared(side, arguments, one_core=True):
    """The kept server with all keys of the benchmark in it, so that GET finds something."""
    running = side.kept(one_core)
    with running.connect(timeout=120) as connection:
        if connection.call("GET", f"key:{arguments.keyspace - 1:012d}") is None:
            fill.fill(connection, arguments.keyspace, lambda n: (b"key:%012d" % n, b"xxx"))
    return running


def _requests(test, pipeline, arguments):
    share = MSET_SHARE if test == "mset" and pipeline > 1 else 1.0
    return int(REQUESTS[pipeline] * share * arguments.scale)


# -- throughput and CPU -------------------------------------------------------------------------

#: the aims at each pipeline: requests/s at least, CPU per request at most, as ratios
_AIMS = {1: (None, 1.0), 16: (1.4, 0.70), 64: (None, 0.55)}


def _one_core():
    for pipeline, (rate_min, cpu_max) in _AIMS.items():
        for test in ("get", "set", "incr", "mset"):
            title = test.upper() + (" (10 keys)" if test == "mset" else "")
            yield Experiment(
                f"{title}, pipeline {pipeline}, 1 core",
                (
                    Measure("rps", "requests/s", 0, ratio_min=rate_min),
                    Measure("cpu", "CPU µs per request", 3, ratio_max=cpu_max),
                ),
                _throughput(test, pipeline),
            )


def _throughput(test, pipeline):
    def run(side, arguments):
        running = _prepared(side, arguments)
        requests = _requests(test, pipeline, arguments)
        before = running.cpu_seconds()
        figures = sides.benchmark(running.port, test, requests, pipeline, arguments)
        spent = running.cpu_seconds() - before
        return {"rps": figures["rps"], "cpu": spent / requests * 1e6}

    return run


def _all_cores():
    for test in ("get", "set"):
        yield Experiment(
            f"{test.upper()}, pipeline 1, default threads",
            (
                Measure("rps", "requests/s", 0, ratio_min=1.0),
                Measure("p50", "p50 ms", 3, ratio_max=1.0),
                Measure("p99", "p99 ms", 3),
            ),
            _latency(test, 1),
        )
        yield Experiment(
            f"{test.upper()}, pipeline 16, default threads",
            (
                Measure("rps", "requests/s", 0),
                Measure("p50", "p50 ms", 3, ratio_max=0.6),
                Measure("p99", "p99 ms", 3),
            ),
            _latency(test, 16),
        )


def _latency(test, pipeline):
    def run(side, arguments):
        running = _prepared(side, arguments, one_core=False)
        requests = _requests(test, pipeline, arguments)
        figures = sides.benchmark(running.port, test, requests, pipeline, arguments, pinned=False)
        return {
            "rps": figures["rps"],
            "p50": figures["p50_latency_ms"],
            "p99": figures["p99_latency_ms"],
        }

    return run


# -- memory -------------------------------------------------------------------------------------


def _memory():
    kinds = (
        ("16-byte key, 16-byte value", 75, lambda n: (b"key:%012d" % n, b"value:%010d" % n)),
        ("16-byte key, integer value", 55, lambda n: (b"key:%012d" % n, b"%d" % (1_000_000 + n))),
        (
            "16-byte key and value, TTL",
            95,
            lambda n: (b"key:%012d" % n, b"value:%010d" % n, b"EX", b"%d" % (1_000_000 + n)),
        ),
    )
    for title, bytes_max, words in kinds:
        yield Experiment(
            f"memory: {title}",
            (Measure("bytes", "RSS bytes per key", 1, value_max=bytes_max),),
            _bytes_per_key(words),
            rounds_max=1,
        )


def _bytes_per_key(words):
    def run(side, arguments):
        with side.start() as running:
            before = _settled_bytes(running)
            with running.connect(timeout=120) as connection:
                fill.fill(connection, arguments.keys, words)
            return {"bytes": (_settled_bytes(running) - before) / arguments.keys}

    return run


def _settled_bytes(running):
    """RSS once it has stopped moving: a table that grows step by step has finished."""
    last = running.resident_bytes()
    calm = 0
    for _ in range(60):
        time.sleep(0.25)
        now = running.resident_bytes()
        calm = calm + 1 if now == last else 0
        last = now
        if calm == 6:
            break
    return last


def _idle_connections():
    return Experiment(
        f"idle connection ({CONNECTIONS} open)",
        (Measure("bytes", "RSS bytes per connection", 0, value_max=8192),),
        _bytes_per_connection,
        rounds_max=1,
    )


def _bytes_per_connection(side, _):
    with side.start(maxclients=sides.CLIENTS_MAX) as running:
        before = _settled_bytes(running)
        connections = [running.connect() for _ in range(CONNECTIONS)]
        for connection in connections:
            connection.call("PING")
        time.sleep(3.0)  # both may shrink the buffers of who has been quiet for a while
        after = _settled_bytes(running)
        for connection in connections:
            connection.close()
    return {"bytes": (after - before) / CONNECTIONS}


# -- time ---------------------------------------------------------------------------------------


def _start_up():
    return Experiment(
        "start", (Measure("ms", "ms to the first PING", 1, value_max=100),), _first_ping_ms
    )


def _first_ping_ms(side, _):
    with side.start(wait_ready=False) as running:
        while True:
            try:
                with resp.Connection(port=running.port) as connection:
                    assert connection.call("PING") == "PONG"
                return {"ms": (time.monotonic() - running.started_at) * 1e3}
            except (ConnectionError, socket.timeout):
                time.sleep(0.0002)


def _expiry():
    return Experiment(
        "all keys expire at once",
        (
            Measure("gone", "s until all are gone", 2, value_max=2.0),
            Measure("p99", "p99 ms of others meanwhile", 2, value_max=2.0),
            Measure("max", "max ms of others meanwhile", 2),
        ),
        _mass_expiry,
        rounds_max=1,
    )


def _mass_expiry(side, arguments):
    with side.start() as running, running.connect(timeout=120) as connection:
        end_ms = int(time.time() * 1000) + 4000 + arguments.keys // 50
        at = b"%d" % end_ms
        fill.fill(
            connection,
            arguments.keys,
            lambda n: (b"key:%012d" % n, b"value:%010d" % n, b"PXAT", at),
        )
        if time.time() * 1000 > end_ms - 500:
            raise SystemExit("this machine fills too slowly for the expiry row: use fewer --keys")
        return prober.watch_expiry(running.port, end_ms / 1000)
