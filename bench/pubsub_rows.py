"""Publishing on one core: fan-out to many subscribers, one that does not read, keyspace events.

Subscribers (subscribers.cpp) and publishers (redis-benchmark) share the load generator's core. What
counts is when the last message has arrived, not when the last publisher had its answer: one server
may answer before it sends, the other after. Hence no limit of output, which would let a server
disconnect who lags behind.
"""

import contextlib
import statistics
import time

import measure
import sides
import subscribers

CHANNEL = "news"
MESSAGE = "x" * 64
PIPELINE = 16
RATE_MIN = {1: 1.5, 10: 1.5, 100: 2.0}  # deliveries, for so many subscribers
PUBLISHED = {
    16: {1: 800_000, 10: 250_000, 100: 30_000},
    1: {1: 150_000, 10: 80_000, 100: 20_000},
}

SET_RATE_MIN = 1.4  # as without pub/sub
SET_EVENTS_RATE_MIN = 1.0
SETS = 1_600_000
SETS_WITH_EVENTS = 400_000
EVENTS_PER_SET = 2  # one by the key's name, one by that of the event

READING = 99
BACKLOG_BYTES = 12 << 20  # more than the kernel keeps for a connection
SLOWDOWN_MAX = 1.1
PAIRS = 3  # of measurements without and with it, one after the other


def experiments():
    return [*_fan_outs(), _slow_subscriber(), _events_off(), _events_on()]


# -- delivering -----------------------------------------------------------------------------------


def _fan_outs():
    for pipeline, published in PUBLISHED.items():
        for count, requests in published.items():
            plural = "s" if count > 1 else ""
            name = f"PUBLISH to {count} subscriber{plural}, pipeline {pipeline}"
            yield _fan_out(name, count, _publishing(pipeline, requests))


def _publishing(pipeline, requests):
    return sides.Load(("PUBLISH", CHANNEL, MESSAGE), pipeline, requests)


def _fan_out(name, count, load):
    def run(side, arguments):
        running = _kept(side)
        listening = running.port, count, "SUBSCRIBE", CHANNEL
        return _delivery(running, load.scaled(arguments.scale), arguments, listening, count, count)

    measures = (
        measure.Measure("rps", "deliveries/s", 0, ratio_min=RATE_MIN[count]),
        measure.Measure("cpu", "CPU µs per delivery", 3),
    )
    return measure.Experiment(name, measures, run)


def _delivery(running, load, arguments, listening, messages, counted):
    """Puts the load on the server until each request's `messages` have come to who is `listening`
    (port, connections, verb, topic); the figures are for what is `counted` of a request."""
    generated = sides.cpu_seconds_of_children()
    with subscribers.Subscribers(*listening, load.requests * messages) as all_of_them:
        sides.settle(running)
        before, began = running.cpu_seconds(), time.monotonic()
        sides.benchmark(running.port, load, arguments)
        all_of_them.wait()
        took, spent = time.monotonic() - began, running.cpu_seconds() - before
    return {
        "rps": load.requests * counted / took,
        "cpu": spent / (load.requests * counted) * 1e6,
        "busy": (sides.cpu_seconds_of_children() - generated) / took,
    }


def _kept(side):
    """The server of one core, without a limit for subscribers."""
    running = side.kept(one_core=True)
    with running.connect() as connection:
        connection.call("CONFIG", "SET", "client-output-buffer-limit", "pubsub 0 0 0")
    return running


# -- one that does not read -----------------------------------------------------------------------


def _slow_subscriber():
    def run(side, arguments):
        running = _kept(side)
        load = _publishing(1, PUBLISHED[1][100]).scaled(arguments.scale)
        alone, beside = [], []
        for _ in range(PAIRS):
            alone.append(_publishers_p99(running, load, arguments))
            with _one_that_does_not_read(running):
                beside.append(_publishers_p99(running, load, arguments))
        alone, beside = statistics.median(alone), statistics.median(beside)
        return {"alone": alone, "beside": beside, "slowdown": beside / alone}

    measures = (
        measure.Measure("alone", "p99 ms without it", 3),
        measure.Measure("beside", "p99 ms with it", 3),
        measure.Measure("slowdown", "with it, by without it", 2, value_max=SLOWDOWN_MAX),
    )
    name = f"PUBLISH to {READING} subscribers and one that does not read, pipeline 1"
    return measure.Experiment(name, measures, run)


def _publishers_p99(running, load, arguments):
    expected = load.requests * READING
    with subscribers.Subscribers(
        running.port, READING, "SUBSCRIBE", CHANNEL, expected
    ) as all_of_them:
        figures = sides.benchmark(running.port, load, arguments)
        all_of_them.wait()
    return figures["p99_latency_ms"]


@contextlib.contextmanager
def _one_that_does_not_read(running):
    """A subscriber for whom so much waits that the kernel takes no more."""
    with running.connect() as slow, running.connect() as publisher:
        for channel in (CHANNEL, "backlog"):
            slow.call("SUBSCRIBE", channel)
        for _ in range(BACKLOG_BYTES >> 16):
            publisher.call("PUBLISH", "backlog", "x" * (1 << 16))
        yield
        if publisher.call("PUBSUB", "NUMSUB", CHANNEL) != [CHANNEL.encode(), 1]:
            raise SystemExit("the subscriber that does not read was disconnected")


# -- keyspace events ------------------------------------------------------------------------------


def _events_off():
    def prepare(connection, *_):
        connection.call("CONFIG", "SET", "notify-keyspace-events", "")

    load = sides.Load("set", PIPELINE, SETS)
    return measure.load_on_one_core(
        f"SET without keyspace events, pipeline {PIPELINE}", load, prepare, SET_RATE_MIN
    )


def _events_on():
    def run(side, arguments):
        running = _kept(side)
        load = sides.Load("set", PIPELINE, SETS_WITH_EVENTS).scaled(arguments.scale)
        listening = running.port, 1, "PSUBSCRIBE", "__key*__:*"
        with _events(running):
            return _delivery(running, load, arguments, listening, EVENTS_PER_SET, 1)

    measures = (
        measure.Measure("rps", "requests/s", 0, ratio_min=SET_EVENTS_RATE_MIN),
        measure.Measure("cpu", "CPU µs per request", 3),
    )
    name = f"SET with events KEA and one subscriber, pipeline {PIPELINE}"
    return measure.Experiment(name, measures, run)


@contextlib.contextmanager
def _events(running):
    with running.connect() as connection:
        connection.call("CONFIG", "SET", "notify-keyspace-events", "KEA")
        yield
        connection.call("CONFIG", "SET", "notify-keyspace-events", "")
