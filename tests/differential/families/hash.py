"""The hash group, as of 7.2: fields of all kinds in both encodings, numbers in them, and walks."""

import compare
from stream import do, fixed


def steps(words):
    return words.choice(_MAKERS)(words)


def _field(words):
    """From few, so that commands meet each other's fields."""
    kind = words.random.random()
    if kind < 0.8:
        return words.choice((b"f1", b"f2", b"f3", b"f4", b"", b"12", b"\x00\xff", b"x" * 64))
    return words.choice((b"y" * 65, b"z" * 300, words.value()))


def _fields(words, count_max=5):
    return [_field(words) for _ in range(words.randint(1, count_max))]


def _pairs(words):
    return [word for field in _fields(words) for word in (field, words.value())]


def _in_pairs(theirs, ours):
    """Fields with their values, in any order, also where they stand in a flat array."""
    if not isinstance(theirs[1], list) or not isinstance(ours[1], list):
        return theirs == ours
    return theirs[0] == ours[0] and _sorted_pairs(theirs[1]) == _sorted_pairs(ours[1])


def _sorted_pairs(flat):
    return sorted(zip(flat[0::2], flat[1::2]), key=repr) + [len(flat)]


def _all(words):
    name = words.choice(("HGETALL", "HKEYS", "HVALS"))
    return do(name, words.key(), how=_in_pairs if name == "HGETALL" else compare.unordered)


def _large(words):
    """A hash that meets the borders of the encodings."""
    key = words.key()
    start = words.randint(0, 1000)
    count = words.choice((3, 127, 128, 129, 200, 511, 512, 513, 700))
    pairs = [b"f%d" % (start + i // 2) if i % 2 == 0 else b"%d" % i for i in range(2 * count)]
    made = [fixed("DEL", key)]
    while pairs:
        made.append(fixed("HSET", key, *pairs[:120]))
        pairs = pairs[120:]
    return made + [
        fixed("HLEN", key),
        fixed("OBJECT", "ENCODING", key),
        fixed("HGETALL", key, how=_in_pairs),
    ]


def _numbers(words):
    key, field = words.key(), _field(words)
    made = [do("HSET", key, field, words.real() if words.chance(0.5) else words.integer())]
    if words.chance(0.5):
        made.append(do("HINCRBY", key, field, words.integer()))
    else:
        made.append(do("HINCRBYFLOAT", key, field, words.real()))
    return made + [do("HGET", key, field), fixed("OBJECT", "ENCODING", key)]


_COUNTS = (0, 1, 3, 2000, -1, -7, -(2**63), 2**63 - 1, -(2**62) - 1, 2**62, 2**63, "x", "")


def _random(words):
    options = words.choice(([], ["WITHVALUES"], ["withvalues"], ["foo"], ["WITHVALUES", "x"]))
    if words.chance(0.1):
        return fixed("HRANDFIELD", words.key(), how=compare.same_kind)
    count = words.choice(_COUNTS)
    if isinstance(count, int) and count < -1000:
        options = ["WITHVALUES"]  # an error; without it nobody could bear the reply
        count = words.choice((-(2**63), -(2**62) - 1))
    return fixed("HRANDFIELD", words.key(), count, *options, how=compare.shape)


def _everything_by_chance(words):
    """All of a hash is picked: no chance in it."""
    return fixed("HRANDFIELD", words.key(), 10000, how=compare.unordered)


def _scan(words):
    if words.chance(0.25):
        odd = words.choice((["COUNT", 0], ["COUNT", "x"], ["COUNT"], ["TYPE", "hash"], ["foo"]))
        cursor = words.choice((0, "x", "", -1, 2**64))
        return fixed("HSCAN", words.key(), cursor, *odd, how=compare.same_kind)
    options = words.choice(([], ["COUNT", 3], ["MATCH", "f*"], ["MATCH", "[xyz]*", "COUNT", 100]))
    return fixed("HSCAN", words.key(), 0, *options, scan=True, cursor_at=2, how=_in_pairs)


_MAKERS = (
    lambda w: do("HSET", w.key(), *_pairs(w)),
    lambda w: do("HSET", w.key(), *_pairs(w)),
    lambda w: do("HSET", w.key(), *_pairs(w)),
    lambda w: do("HMSET", w.key(), *_pairs(w)),
    lambda w: do("HSETNX", w.key(), _field(w), w.value()),
    lambda w: do("HDEL", w.key(), *_fields(w)),
    lambda w: do("HDEL", w.key(), *_fields(w)),
    lambda w: do("HGET", w.key(), _field(w)),
    lambda w: do("HMGET", w.key(), *_fields(w)),
    lambda w: do("HEXISTS", w.key(), _field(w)),
    lambda w: do("HSTRLEN", w.key(), _field(w)),
    lambda w: do("HLEN", w.key()),
    _all,
    _all,
    _large,
    _numbers,
    _numbers,
    _numbers,
    _random,
    _everything_by_chance,
    _scan,
    lambda w: fixed("OBJECT", "ENCODING", w.key()),
    lambda w: do("TYPE", w.key()),
    lambda w: do("EXPIRE", w.key(), w.time_to_live(), timed=True),
    lambda w: do("RENAME", w.key(), w.key()),
    lambda w: do("COPY", w.key(), w.key(), "REPLACE"),
    lambda w: do("SET", w.key(), w.value(), timed=True) if w.chance(0.3) else do("DEL", w.key()),
)
