"""Keys of any type and their time to live."""

import compare
from stream import Step, dbsize, do, fixed, pause


def steps(words):
    return words.choice(_MAKERS)(words)


def _expire(words):
    name, time = words.choice(
        (
            ("EXPIRE", words.time_to_live()),
            ("PEXPIRE", words.time_to_live()),
            ("EXPIREAT", words.time_at_s()),
            ("PEXPIREAT", words.time_at_s() * 1000),
        )
    )
    if words.chance(0.15):
        time = words.choice((0, -1, -(2**63), 2**63 - 1, 2**62, -(2**62), 9223372036854775))
    if words.chance(0.2):
        name, time = words.choice((("EXPIREAT", 1), ("PEXPIREAT", 1)))
    options = words.choices(("NX", "XX", "GT", "LT", "gt"), k=words.choice((0, 0, 1, 1, 2, 3)))
    return do(name, words.key(), time, *options, timed=True)


def _left(words):
    key = words.key()
    return words.choice(
        (
            do("TTL", key, how=compare.within(2)),
            do("PTTL", key, how=compare.within(2000)),
            do("EXPIRETIME", key, how=compare.within(2)),
            do("PEXPIRETIME", key, how=compare.within(2000)),
        )
    )


def _runs_out(words):
    """A time to live that passes, and what a command of every kind finds afterwards."""
    key = words.key()
    start = words.choice(
        (
            [fixed("SET", key, "v", "PX", 1)],
            [fixed("PSETEX", key, 1, "v")],
            [fixed("SET", key, "v"), fixed("PEXPIRE", key, 1)],
        )
    )
    after = words.choice(
        (
            do("GET", key),
            do("EXISTS", key, key),
            do("TTL", key),
            do("TYPE", key),
            do("DEL", key),
            fixed("SET", key, "new", "NX"),
            fixed("SET", key, "new", "XX"),
            do("APPEND", key, "tail"),
            do("INCR", key),
            do("RENAME", key, "k3"),
            do("COPY", key, "k3"),
            do("PERSIST", key),
            do("EXPIRE", key, 100000, timed=True),
            do("MGET", key, "k1"),
            do("STRLEN", key),
            do("GETDEL", key),
            do("SETRANGE", key, 2, "x"),
            do("MSETNX", key, "m"),
            do("TOUCH", key),
            do("UNLINK", key),
            do("MOVE", key, 1),
            do("OBJECT", "ENCODING", key),
            do("GETEX", key),
            do("RENAMENX", key, "k4"),
            do("RENAMENX", "k4", key),
            do("LCS", key, "k1"),
            do("EXPIRETIME", key),
        )
    )
    return start + [pause(4), after, fixed("GET", key)]


def _copy(words):
    options = []
    if words.chance(0.4):
        options += ["DB", words.choice((0, 1, 2, 15, 16, -1, "x"))]
    if words.chance(0.5):
        options.append("REPLACE")
    return do("COPY", words.key(), words.key(), *options)


def _scan(words):
    options = []
    if words.chance(0.4):
        options += ["MATCH", words.glob()]
    if words.chance(0.4):
        options += ["COUNT", words.choice((1, 2, 3, 1000))]
    if words.chance(0.3):
        options += ["TYPE", words.choice(("string", "list", "zset", "STRING", "nosuchtype"))]
    first = words.choice(("0", "0", "0", "", "+0", "00"))  # a cursor is read as C reads numbers
    step = fixed("SCAN", first, *options)
    return Step(step.words, scan=True, mutable=False)


def _bad_scan(words):
    return fixed(
        "SCAN",
        *words.choice(
            (
                (),
                ("x",),
                ("0", "COUNT"),
                ("0", "COUNT", 0),
                ("0", "COUNT", -1),
                ("0", "COUNT", "x"),
                ("0", "MATCH"),
                ("0", "FOO", 1),
                (2**64,),
                ("1 ",),
                ("0x1",),
                ("0", "TYPE"),
                ("0", "COUNT", 2**63),
                (" 0",),
                ("0", "NOVALUES"),
            )
        )
    )


def _big_database(words):
    """More keys than one page of SCAN, and whatever order they have."""
    count = words.choice((50, 300))
    pairs = [word for n in range(count) for word in (b"many:%d" % n, n)]
    return [
        fixed("SELECT", 2),
        fixed("MSET", *pairs),
        *dbsize(),
        Step((b"SCAN", b"0", b"COUNT", b"7"), scan=True, mutable=False),
        fixed("KEYS", "many:1*", how=compare.unordered),
        fixed("DEL", *pairs[0 : words.randint(2, 40) : 2]),
        *dbsize(),
        Step((b"SCAN", b"0", b"MATCH", b"many:*2"), scan=True, mutable=False),
        fixed("FLUSHDB", words.choice(("SYNC", "ASYNC"))),
        fixed("SELECT", 0),
    ]


def _databases(words):
    other = words.choice((1, 2, 15))
    return [
        do("SELECT", other),
        do("SET", words.key(), words.value(), timed=True),
        do("MOVE", words.key(), words.choice((0, 1, other, 16, -1, "x", ""))),
        *dbsize(),
        do("KEYS", "*", how=compare.unordered),
        fixed("SELECT", 0),
    ]


def _random_key(words):
    """Which key is the server's choice, whether there is one is not."""
    return fixed("RANDOMKEY", how=compare.same_kind)


def _object(words):
    return words.choice(
        (
            do("OBJECT", "ENCODING", words.key()),
            do("OBJECT", "FREQ", words.key()),
            do("OBJECT", "IDLETIME", words.key(), how=compare.within(2)),
            fixed("OBJECT", "HELP", how=compare.help_text),
            do("OBJECT"),
            do("OBJECT", "FOO"),
            do("OBJECT", "FOO", words.key()),
            do("OBJECT", "ENCODING"),
            do("OBJECT", "REFCOUNT", words.key(), how=compare.same_kind),
        )
    )


_MAKERS = (
    _expire,
    _expire,
    _expire,
    _left,
    _left,
    _runs_out,
    _copy,
    _scan,
    _bad_scan,
    _databases,
    _random_key,
    _object,
    _object,
    lambda w: _big_database(w) if w.chance(0.2) else dbsize(),
    lambda w: do("DEL", *w.keys()),
    lambda w: do("EXISTS", *w.keys()),
    lambda w: do("KEYS", w.glob(), how=compare.unordered),
    lambda w: do("PERSIST", w.key()),
    lambda w: do("RENAME", w.key(), w.key()),
    lambda w: do("RENAMENX", w.key(), w.key()),
    lambda w: do("TOUCH", *w.keys()),
    lambda w: do("TYPE", w.key()),
    lambda w: do("UNLINK", *w.keys()),
    lambda w: do("SET", w.key(), w.value(), timed=True),
    lambda w: do("SET", w.key(), w.value(), "EX", w.time_to_live(), timed=True),
    lambda w: do("MSET", w.key(), w.value(), w.key(), w.value()),
    lambda w: do("SWAPDB", w.choice((0, 1, 2)), w.choice((0, 1, 2, 15, 16, -1, "x"))),
    lambda w: fixed(
        w.choice(("FLUSHALL", "FLUSHDB")),
        *w.choice(((), ("SYNC",), ("ASYNC",), ("foo",), ("SYNC", "ASYNC")))
    )
    if w.chance(0.3)
    else dbsize(),
)
