"""The set group, as of 7.2: members of all kinds in all encodings, and what sets have together."""

import compare
from stream import do, fixed


def steps(words):
    return words.choice(_MAKERS)(words)


def _member(words):
    """From few, so that sets have something in common; mostly integers and short words."""
    kind = words.random.random()
    if kind < 0.45:
        return b"%d" % words.randint(0, 30)
    if kind < 0.6:
        return words.integer()
    if kind < 0.9:
        return words.choice((b"a", b"b", b"c", b"member", b"", b"007", b"\x00\xff", b"x" * 64))
    return words.choice((b"y" * 65, words.value()))


def _members(words, count_max=6):
    return [_member(words) for _ in range(words.randint(1, count_max))]


def _sadd(words):
    return do("SADD", words.key(), *_members(words))


def _large(words):
    """A set that meets the borders of the encodings."""
    key = words.key()
    start = words.randint(-100, 1000)
    count = words.choice((3, 100, 127, 128, 129, 200, 511, 512, 513, 700))
    prefix = words.choice((b"", b"", b"m"))
    members = [prefix + b"%d" % (start + i) for i in range(count)]
    made = [fixed("DEL", key)]
    while members:
        made.append(fixed("SADD", key, *members[:100]))
        members = members[100:]
    return made + [fixed("SCARD", key), fixed("SMEMBERS", key, how=compare.unordered)]


def _algebra(words):
    name = words.choice(("SINTER", "SUNION", "SDIFF"))
    if words.chance(0.4):
        target = words.key()
        return [
            do(name + "STORE", target, *words.keys()),
            fixed("SMEMBERS", target, how=compare.unordered),
            fixed("TTL", target, how=compare.within(2)),
        ]
    return do(name, *words.keys(), how=compare.unordered)


def _sintercard(words):
    keys = words.keys()
    count = len(keys) if words.chance(0.9) else words.integer()
    options = words.choice(
        ([], [], ["LIMIT", words.randint(0, 5)], ["limit", words.integer()], ["LIMIT"], ["foo"])
    )
    return do("SINTERCARD", count, *keys, *options)


def _pop(words):
    """What is popped may be anything; afterwards both have the same again."""
    key = words.key()
    count = words.choice(
        ([], [0], [1], [2], [3], [20], [2**31], [2**63 - 1], [-1], ["x"], [1, 2], [2**63])
    )
    return [
        fixed("SPOP", key, *count, how=_same_size),
        fixed("SCARD", key),
        fixed("EXISTS", key),
        fixed("DEL", key),
        fixed("SADD", key, *_members(words)),
    ]


def _random(words):
    numbers = (0, 1, 5, 1000, 2**63 - 1, -1, -5, -40, -(2**63), 2**63, "x")
    count = words.choice(([], [1, 2], *([number] for number in numbers)))
    return fixed("SRANDMEMBER", words.key(), *count, how=_same_size)


def _same_size(theirs, ours):
    """The same type, and as many elements."""
    if not isinstance(theirs[1], list) or not isinstance(ours[1], list):
        return compare.same_kind(theirs, ours)
    return theirs[0] == ours[0] and len(theirs[1]) == len(ours[1])


def _few(words):
    """All of a set is picked: no chance in it."""
    key = words.key()
    return [
        fixed("SRANDMEMBER", key, 10000, how=compare.unordered),
        fixed("SPOP", key, 10000, how=compare.unordered),
        fixed("EXISTS", key),
    ]


def _sscan(words):
    options = words.choice(
        (
            [],
            ["COUNT", 3],
            ["MATCH", "*1*"],
            ["MATCH", "[a-c]", "COUNT", 100],
            ["match", "*"],
        )
    )
    if words.chance(0.2):
        odd = words.choice((["COUNT", 0], ["COUNT", "x"], ["COUNT"], ["TYPE", "set"], ["foo"]))
        cursor = words.choice((0, "x", -1, "", 2**64))
        return fixed("SSCAN", words.key(), cursor, *odd, how=compare.same_kind)
    return fixed("SSCAN", words.key(), 0, *options, scan=True, cursor_at=2, how=compare.unordered)


_MAKERS = (
    _sadd,
    _sadd,
    _sadd,
    _large,
    _algebra,
    _algebra,
    _algebra,
    _sintercard,
    _pop,
    _random,
    _few,
    _sscan,
    lambda w: do("SREM", w.key(), *_members(w)),
    lambda w: do("SREM", w.key(), *_members(w)),
    lambda w: do("SISMEMBER", w.key(), _member(w)),
    lambda w: do("SMISMEMBER", w.key(), *_members(w)),
    lambda w: do("SCARD", w.key()),
    lambda w: do("SMEMBERS", w.key(), how=compare.unordered),
    lambda w: do("SMOVE", w.key(), w.key(), _member(w)),
    lambda w: fixed("OBJECT", "ENCODING", w.key()),
    lambda w: do("TYPE", w.key()),
    lambda w: do("EXPIRE", w.key(), w.time_to_live(), timed=True),
    lambda w: do("RENAME", w.key(), w.key()),
    lambda w: do("COPY", w.key(), w.key(), "REPLACE"),
    lambda w: do("SET", w.key(), w.value(), timed=True) if w.chance(0.3) else do("DEL", w.key()),
)
