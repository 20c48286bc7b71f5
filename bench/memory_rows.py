"""Memory: bytes of RSS for each key, and for each element of one large collection.

What is no cost of the elements is kept out of the figure, for both servers alike. Before the first
reading a server has had a few hundred of the same elements for a moment, so that it has read its
code from the disk. Each reading comes after the client has gone and after MEMORY PURGE, which gives
back at once what the buffers of the requests leave behind and jemalloc keeps for ten seconds.
"""

import fill
import sides
from measure import Experiment, Measure

WARM = 600  # elements, enough for the encoding of large collections
ELEMENTS = 300_000
HASHES = 30_000
FIELDS = 10  # of 10 bytes with their values


def experiments():
    return [*_strings(), *_collections(), _small_hashes(), _stream()]


def _strings():
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

        def put(connection, count, words=words):
            fill.strings(connection, count, words)

        yield _row(title, "key", bytes_max, None, put)


def _collections():
    kinds = (
        (
            "hash, 12-byte fields and values",
            55,
            (b"HSET", b"h"),
            lambda n: (b"field:%06d" % n, b"value:%06d" % n),
        ),
        ("set, 16-byte strings", 36, (b"SADD", b"s"), lambda n: (b"element:%08d" % n,)),
        (
            "sorted set, 12-byte members",
            62,
            (b"ZADD", b"z"),
            lambda n: (b"%d" % (n * 0x9E3779B1 % 1_000_000), b"member%06d" % n),
        ),
        ("list, 16-byte strings", 18, (b"RPUSH", b"l"), lambda n: (b"element:%08d" % n,)),
    )
    for title, bytes_max, command, words in kinds:

        def put(connection, count, command=command, words=words):
            fill.collection(connection, command, map(words, range(count)))

        yield _row(f"{title}, {ELEMENTS:,}", "element", bytes_max, ELEMENTS, put)


def _small_hashes():
    def words(number):
        value = b"v%03d" % (number % 1000)
        pairs = ((b"field%d" % field, value) for field in range(FIELDS))
        return (b"HSET", b"hash:%06d" % number, *(word for pair in pairs for word in pair))

    def put(connection, count):
        fill.commands(connection, map(words, range(count)))

    return _row(f"{HASHES:,} hashes of {FIELDS} small fields", "hash", 180, HASHES, put)


def _stream():
    def words(number):
        digits = b"%06d" % (number % 1_000_000)
        return (b"*", b"a", digits, b"b", digits)

    def put(connection, count):
        fill.entries(connection, b"stream", map(words, range(count)))

    return _row(f"stream, two fields of 6 digits, {ELEMENTS:,}", "entry", 24, ELEMENTS, put)


def _row(title, unit, bytes_max, count, put):
    """`put(connection, n)` adds n of the units; `count` is how many, by default --keys."""

    def run(side, arguments):
        measured = count or arguments.keys
        with side.start() as running:
            _with_client(running, lambda connection: put(connection, WARM))
            _with_client(running, lambda connection: connection.call("FLUSHALL"))
            before = _purged_bytes(running)
            _with_client(running, lambda connection: put(connection, measured))
            return {"bytes": (_purged_bytes(running) - before) / measured}

    measure = Measure("bytes", f"RSS bytes per {unit}", 1, value_max=bytes_max)
    return Experiment(title, (measure,), run, rounds_max=1)


def _with_client(running, act):
    with running.connect(timeout=120) as connection:
        act(connection)


def _purged_bytes(running):
    _with_client(running, lambda connection: connection.call("MEMORY", "PURGE"))
    return sides.settled_bytes(running)
