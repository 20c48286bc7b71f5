"""Collections on one core: the tests of redis-benchmark, and reads of large or typical values.

What redis-benchmark's own tests do, and what is put right here so that they measure something:
- lpush, rpush push onto one list, sadd, hset, zadd put random elements (as many different ones as
  --keyspace; zadd with random scores) into one key. The key is deleted before each round, so that
  every round begins with insertions.
- lpop, rpop, spop, zpopmin take from one key, and from nothing once it is empty, or if the test
  runs alone. Before each round the key is made anew, with a quarter more elements than are taken.
- lrange_* push as many elements as they send requests, and then read the first ones. Here the list
  has 100,000, and only the reading counts; the command is the same.
"""

import functools
import random

import fill
import measure
import resp
import sides

RATE_MIN = 1.3  # of redis-benchmark's tests; no row may be below 1.1
READ_RATE_MIN = 1.0
PIPELINE = 16
REQUESTS = 1_000_000
LISTED = 100_000
LARGE = 1_000_000  # members of the board, and places
HASHES, FIELDS = 1000, 50
SET_SIZE = 10_000
BITMAP_BYTES = 1 << 20
COUNTED = 100_000  # different elements of a HyperLogLog
WEST, SOUTH, DEGREES = 0.0, 45.0, 10.0  # the box with the places
RADIUS_KM = "5.03"  # about 100 of them


def experiments():
    return [*_puts(), *_takes(), *_list_ranges(), *_reads()]


# -- redis-benchmark's tests ----------------------------------------------------------------------


def _puts():
    keys = {
        "lpush": "mylist",
        "rpush": "mylist",
        "sadd": "myset",
        "hset": "myhash",
        "zadd": "myzset",
    }
    for test, key in keys.items():
        yield _test(test, REQUESTS, _without(key))


def _without(key):
    return lambda connection, load, arguments: connection.call("DEL", key)


def _takes():
    yield _test("lpop", REQUESTS, _filled("mylist", b"RPUSH", lambda n: (b"xxx",)))
    yield _test("rpop", REQUESTS, _filled("mylist", b"RPUSH", lambda n: (b"xxx",)))
    yield _test("spop", REQUESTS, _filled("myset", b"SADD", _member))
    yield _test("zpopmin", REQUESTS // 2, _filled("myzset", b"ZADD", _scored_member))


def _member(number):
    return (b"element:%012d" % number,)


def _scored_member(number):
    """The members of the numbers below a power of two have different scores in no order."""
    return (b"%d" % (number * 0x9E3779B1 % (1 << 32)), b"element:%012d" % number)


def _filled(key, command, words):
    @functools.lru_cache(maxsize=1)
    def encoded(count):
        all_words = fill.long_commands((command, key.encode()), map(words, range(count)))
        return list(map(fill.encode, all_words))

    def prepare(connection, load, _):
        connection.call("DEL", key)
        fill.send(connection, encoded(load.requests * 5 // 4))

    return prepare


def _test(name, requests, prepare):
    load = sides.Load(name, PIPELINE, requests)
    title = f"{name.upper()}, pipeline {PIPELINE}"
    return measure.load_on_one_core(title, load, prepare, RATE_MIN)


def _list_ranges():
    for count, requests in ((100, 150_000), (300, 60_000), (500, 40_000), (600, 30_000)):
        yield _read(
            f"LRANGE_{count}",
            f"LRANGE mylist 0 {count - 1}",
            requests,
            _list,
            lambda reply, count=count: len(reply) == count,
            rate_min=RATE_MIN,
        )


# -- reads ----------------------------------------------------------------------------------------


def _reads():
    yield _read(
        "ZRANGE, 100 in the middle of a million",
        f"ZRANGE board {LARGE // 2} {LARGE // 2 + 99}",
        100_000,
        _board,
        lambda reply: len(reply) == 100,
    )
    yield _read(
        "ZRANK in a million",
        "ZRANK board element:__rand_int__",
        500_000,
        _board,
        lambda reply: isinstance(reply, int),
        random_below=LARGE,
    )
    yield _read(
        "ZRANGEBYSCORE, LIMIT 100 in a million",
        "ZRANGEBYSCORE board __rand_int__ +inf LIMIT 0 100",
        100_000,
        _board,
        lambda reply: len(reply) == 100,
        random_below=LARGE - 100,
    )
    yield _read(
        f"HGETALL of {FIELDS} fields",
        "HGETALL hash:__rand_int__",
        100_000,
        _hashes,
        lambda reply: len(reply) == 2 * FIELDS,
        random_below=HASHES,
    )
    yield _read(
        f"SINTER of two sets of {SET_SIZE:,}, half of them common",
        "SINTER some others",
        1500,
        _two_sets,
        lambda reply: len(reply) == SET_SIZE // 2,
        pipeline=1,
    )
    yield _read(
        "BITCOUNT of 1 MiB",
        "BITCOUNT bits",
        6000,
        _bitmap,
        lambda reply: 4 * BITMAP_BYTES < reply + 10_000 < 4 * BITMAP_BYTES + 20_000,
        pipeline=1,
    )
    yield _read(
        "PFCOUNT of one key", "PFCOUNT visitors", 1_000_000, _hyperloglogs, _is_about(COUNTED)
    )
    yield _read(
        "PFCOUNT of two keys",
        "PFCOUNT visitors guests",
        30_000,
        _hyperloglogs,
        _is_about(COUNTED * 3 // 2),
    )
    yield _read(
        "GEOSEARCH, about 100 of a million places",
        f"GEOSEARCH places FROMMEMBER element:__rand_int__ BYRADIUS {RADIUS_KM} km",
        20_000,
        _places,
        lambda reply: 50 < len(reply) < 150,
        random_below=LARGE,
    )


def _read(
    title, command, requests, fill_once, is_right, *,
    pipeline=PIPELINE, random_below=None, rate_min=READ_RATE_MIN
):  # fmt: skip
    """A row of a command that changes nothing, whose first reply is looked at."""
    load = sides.Load(tuple(command.split()), pipeline, requests, random_below)

    def prepare(connection, load, arguments):
        fill_once(connection, arguments)
        reply = connection.call(*load.sample())
        if isinstance(reply, resp.Error) or not is_right(reply):
            raise SystemExit(f"{title}: this is not the reply to measure: {reply!r:.200}")

    return measure.load_on_one_core(f"{title}, pipeline {pipeline}", load, prepare, rate_min)


def _is_about(count):
    return lambda reply: abs(reply - count) < count * 0.05


def _list(connection, arguments):
    if connection.call("LLEN", "mylist") != LISTED:
        connection.call("DEL", "mylist")
        element = b"x" * arguments.value_bytes
        fill.collection(connection, (b"RPUSH", b"mylist"), ((element,) for _ in range(LISTED)))


def _board(connection, _):
    """Scores 0, 1, 2 …, added in no order."""
    if not connection.call("EXISTS", "board"):
        order = list(range(LARGE))
        random.Random(1).shuffle(order)
        elements = ((b"%d" % n, b"element:%012d" % n) for n in order)
        fill.collection(connection, (b"ZADD", b"board"), elements)


def _hashes(connection, _):
    fields = [b"%s:%02d" % (kind, n) for n in range(FIELDS) for kind in (b"field", b"value")]
    fill.commands(connection, ((b"HSET", b"hash:%012d" % n, *fields) for n in range(HASHES)))


def _two_sets(connection, _):
    for key, first in ((b"some", 0), (b"others", SET_SIZE // 2)):
        fill.collection(connection, (b"SADD", key), map(_member, range(first, first + SET_SIZE)))


def _bitmap(connection, _):
    connection.call("SET", "bits", random.Random(1).randbytes(BITMAP_BYTES))


def _hyperloglogs(connection, _):
    """Two of them, with half of their elements in common."""
    if not connection.call("EXISTS", "guests"):
        for key, first in ((b"visitors", 0), (b"guests", COUNTED // 2)):
            elements = map(_member, range(first, first + COUNTED))
            fill.collection(connection, (b"PFADD", key), elements)


def _places(connection, _):
    if not connection.call("EXISTS", "places"):
        chance = random.Random(1).random
        elements = (
            (
                b"%.6f" % (WEST + DEGREES * chance()),
                b"%.6f" % (SOUTH + DEGREES * chance()),
                b"element:%012d" % n,
            )
            for n in range(LARGE)
        )
        fill.collection(connection, (b"GEOADD", b"places"), elements)
