"""Streams on one core: adding, reading a range, and the loop of a group's consumers."""

import time

import fill
import measure
import resp
import sides

ADD_RATE_MIN = 1.3
READ_RATE_MIN = 1.2
CPU_RATIO_MAX = 0.83  # a rate of 1.2 as well, with one core
PIPELINE = 16
LENGTH = 100_000
CONSUMERS = 10
JOBS = 40_000


def experiments():
    return [_adding(), _trimming(), _range(), _consuming()]


def _adding():
    load = sides.Load(tuple("XADD log * a __rand_int__ b value".split()), PIPELINE, 1_000_000)
    return measure.load_on_one_core(
        f"XADD, pipeline {PIPELINE}", load, _without("log"), ADD_RATE_MIN
    )


def _trimming():
    words = "XADD log MAXLEN ~ 10000 * a __rand_int__ b value"
    load = sides.Load(tuple(words.split()), PIPELINE, 1_000_000)
    return measure.load_on_one_core(
        f"XADD MAXLEN ~ 10000, pipeline {PIPELINE}", load, _without("log"), ADD_RATE_MIN
    )


def _range():
    load = sides.Load(
        tuple("XRANGE ranged __rand_int__ + COUNT 100".split()), PIPELINE, 60_000, LENGTH - 200
    )

    def prepare(connection, load, _):
        if connection.call("XLEN", "ranged") != LENGTH:
            connection.call("DEL", "ranged")
            words = ((b"%d" % n, b"a", b"%012d" % n, b"b", b"value") for n in range(1, LENGTH + 1))
            fill.entries(connection, b"ranged", words)
        reply = connection.call(*load.sample())
        if isinstance(reply, resp.Error) or len(reply) != 100:
            raise SystemExit(f"XRANGE: this is not the reply to measure: {reply!r:.200}")

    return measure.load_on_one_core(
        f"XRANGE of 100, pipeline {PIPELINE}", load, prepare, READ_RATE_MIN
    )


def _without(key):
    return lambda connection, load, arguments: connection.call("DEL", key)


def _consuming():
    """Ten consumers that read ten jobs at a time and acknowledge them; the server's CPU counts,
    because one client cannot keep a server busy this way."""

    def run(side, arguments):
        running = side.kept(one_core=True)
        jobs = max(1000, int(JOBS * arguments.scale))
        with running.connect(timeout=120) as connection:
            connection.call("DEL", "jobs")
            words = ((b"%d" % n, b"job", b"%012d" % n) for n in range(1, jobs + 1))
            fill.entries(connection, b"jobs", words)
            connection.call("XGROUP", "CREATE", "jobs", "g", "0")
        clients = [running.connect(timeout=120) for _ in range(CONSUMERS)]
        before, began = running.cpu_seconds(), time.monotonic()
        _consume(clients)
        took, spent = time.monotonic() - began, running.cpu_seconds() - before
        for client in clients:
            client.close()
        return {"rps": jobs / took, "cpu": spent / jobs * 1e6}

    measures = (
        measure.Measure("rps", "jobs/s", 0),
        measure.Measure("cpu", "CPU µs per job", 3, ratio_max=CPU_RATIO_MAX),
    )
    return measure.Experiment(f"XREADGROUP and XACK, {CONSUMERS} consumers", measures, run)


def _consume(clients):
    """Until there are no jobs. All of the consumers read, then all of them acknowledge."""
    active = list(enumerate(clients))
    while active:
        for number, client in active:
            client.write(
                "XREADGROUP", "GROUP", "g", f"c{number}", "COUNT", 10, "STREAMS", "jobs", ">"
            )
        replies = [(number, client, client.read()) for number, client in active]
        active = [(number, client) for number, client, reply in replies if reply]
        for _, client, reply in replies:
            if reply:
                client.write("XACK", "jobs", "g", *(entry[0] for entry in reply[0][1]))
        for _, client in active:
            client.read()
