"""The string group, as of 7.2."""

import compare
from stream import STRING_BYTES_MAX, do, fixed


def steps(words):
    return words.choice(_MAKERS)(words)


def _set(words):
    step = ["SET", words.key(), words.value()]
    if words.chance(0.3):
        step.append(words.choice(("NX", "XX", "nx", "Xx")))
    if words.chance(0.3):
        step.append("GET")
    if words.chance(0.4):
        step += words.choice(
            (
                ["EX", words.time_to_live()],
                ["PX", words.time_to_live()],
                ["EXAT", words.time_at_s()],
                ["PXAT", words.time_at_s() * 1000],
                ["KEEPTTL"],
                ["PXAT", 1],
                ["EXAT", 1],
                ["ex", 0],
                ["PX", -5],
            )
        )
    return do(*step, timed=True)


def _getex(words):
    option = words.choice(
        (
            [],
            ["EX", words.time_to_live()],
            ["PX", words.time_to_live()],
            ["EXAT", words.time_at_s()],
            ["PXAT", words.time_at_s() * 1000],
            ["PERSIST"],
            ["EXAT", 1],
            ["PX", 0],
            ["EX", 100000, "PERSIST"],
        )
    )
    return do("GETEX", words.key(), *option, timed=True)


def _pairs(words):
    return [word for key in words.keys() for word in (key, words.value())]


def _setrange(words):
    if words.chance(0.9):
        return do("SETRANGE", words.key(), words.index(), words.value())
    offset = STRING_BYTES_MAX + words.randint(-5, 3)
    return [
        fixed("SETRANGE", "big", offset, words.letters()),
        fixed("STRLEN", "big"),
        fixed("APPEND", "big", words.letters()),
        fixed("GETRANGE", "big", -10, -1),
        fixed("DEL", "big"),
    ]


def _lcs(words):
    one, two = words.choice(((b"k1", b"k2"), (words.key(), words.key()), (b"{t}a", b"{t}b")))
    options = []
    if words.chance(0.6):
        options.append(words.choice(("IDX", "LEN", "idx")))
    if words.chance(0.3):
        options += ["MINMATCHLEN", words.choice((0, 1, 2, 4, -1, 2**63 - 1))]
    if words.chance(0.3):
        options.append("WITHMATCHLEN")
    return [
        do("SET", one, words.letters(), timed=True),
        do("SET", two, words.letters(), timed=True),
        do("LCS", one, two, *options),
    ]


def _growth(words):
    """A number that becomes text and a text that grows, with the encodings on the way."""
    key = words.key()
    return [
        do("SET", key, words.integer(), timed=True),
        fixed("OBJECT", "ENCODING", key),
        do("APPEND", key, words.value()),
        fixed("OBJECT", "ENCODING", key),
        do("INCR", key),
        fixed("OBJECT", "ENCODING", key),
        do("STRLEN", key),
        do("GET", key),
    ]


_MAKERS = (
    _set,
    _set,
    _set,
    _getex,
    _setrange,
    _lcs,
    _growth,
    lambda w: do("GET", w.key()),
    lambda w: do("GET", w.key()),
    lambda w: do("APPEND", w.key(), w.letters()),
    lambda w: do("DECR", w.key()),
    lambda w: do("DECRBY", w.key(), w.integer()),
    lambda w: do("GETDEL", w.key()),
    lambda w: do("GETRANGE", w.key(), w.index(), w.index()),
    lambda w: do("GETSET", w.key(), w.value()),
    lambda w: do("INCR", w.key()),
    lambda w: do("INCRBY", w.key(), w.integer()),
    lambda w: [do("INCRBYFLOAT", w.key(), w.real()), do("GET", w.key())],
    lambda w: [do("SET", "f", w.real(), timed=True), do("INCRBYFLOAT", "f", w.real())],
    lambda w: do("MGET", *w.keys()),
    lambda w: do("MSET", *_pairs(w)),
    lambda w: do("MSETNX", *_pairs(w)),
    lambda w: do("PSETEX", w.key(), w.time_to_live(), w.value(), timed=True),
    lambda w: do("SETEX", w.key(), w.time_to_live(), w.value(), timed=True),
    lambda w: do("SETNX", w.key(), w.value()),
    lambda w: do("STRLEN", w.key()),
    lambda w: do("SUBSTR", w.key(), w.index(), w.index()),
    lambda w: fixed("OBJECT", "ENCODING", w.key()),
    lambda w: do("TTL", w.key(), how=compare.within(2)),
)
