"""Operating: idle connections, the start, and a million keys that expire at once."""

import socket
import time

import fill
import prober
import resp
import sides
from measure import Experiment, Measure

CONNECTIONS = 5000


def experiments():
    return [_idle_connections(), _start_up(), _expiry()]


def _idle_connections():
    return Experiment(
        f"idle connection ({CONNECTIONS} open)",
        (Measure("bytes", "RSS bytes per connection", 0, value_max=8192),),
        _bytes_per_connection,
        rounds_max=1,
    )


def _bytes_per_connection(side, _):
    with side.start(maxclients=sides.CLIENTS_MAX) as running:
        before = sides.settled_bytes(running)
        connections = [running.connect() for _ in range(CONNECTIONS)]
        for connection in connections:
            connection.call("PING")
        time.sleep(3.0)  # both may shrink the buffers of who has been quiet for a while
        after = sides.settled_bytes(running)
        for connection in connections:
            connection.close()
    return {"bytes": (after - before) / CONNECTIONS}


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
        fill.strings(
            connection,
            arguments.keys,
            lambda n: (b"key:%012d" % n, b"value:%010d" % n, b"PXAT", at),
        )
        if time.time() * 1000 > end_ms - 500:
            raise SystemExit("this machine fills too slowly for the expiry row: use fewer --keys")
        return prober.watch_expiry(running.port, end_ms / 1000)
