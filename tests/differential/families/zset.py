"""The sorted_set group, as of 7.2: scores of all kinds, both encodings, every form of a range.

7.0 prints scores with 17 digits, 7.2 with as many as it takes, so scores compare as numbers.
"""

import compare
from stream import do, fixed


def steps(words):
    return words.choice(_MAKERS)(words)


def scores(theirs, ours):
    """The same tree, but numbers may be written in different ways."""
    if isinstance(theirs[1], list) and isinstance(ours[1], list):
        return (
            theirs[0] == ours[0]
            and len(theirs[1]) == len(ours[1])
            and all(map(scores, theirs[1], ours[1]))
        )
    return theirs == ours or (theirs[0] == ours[0] and _same_number(theirs[1], ours[1]))


def _same_number(theirs, ours):
    try:
        return repr(float(theirs)) == repr(float(ours))
    except (TypeError, ValueError):
        return False


def _score(words):
    kind = words.random.random()
    if kind < 0.5:
        return b"%d" % words.randint(-5, 5)
    if kind < 0.8:
        return b"%.2f" % words.uniform(-10, 10)
    return words.choice((b"-0", b"inf", b"-inf", b"1e17", b"1.7e308", b"5e-324", words.real()))


def _member(words):
    kind = words.random.random()
    if kind < 0.85:
        few = (b"a", b"b", b"c", b"d", b"e", b"f", b"1", b"2", b"", b"aa", b"\x00\xff")
        return words.choice(few)
    return words.choice((b"x" * 64, b"y" * 65, words.value()))


def _pairs(words, count_max=5):
    return [
        word
        for _ in range(words.randint(1, count_max))
        for word in (_score(words), _member(words))
    ]


def _zadd(words):
    options = []
    for option, chance in (("NX", 0.1), ("XX", 0.15), ("GT", 0.15), ("LT", 0.1), ("CH", 0.3)):
        if words.chance(chance):
            options.append(words.choice((option, option.lower())))
    if words.chance(0.2):
        count_max = 1 if words.chance(0.9) else 2
        return do("ZADD", words.key(), *options, "INCR", *_pairs(words, count_max), how=scores)
    return do("ZADD", words.key(), *options, *_pairs(words))


def _large(words):
    """A sorted set that meets the border of the encodings."""
    key = words.key()
    start = words.randint(-100, 1000)
    count = words.choice((3, 126, 127, 128, 129, 200, 700))
    divisor = words.choice((1, 3, 1000))
    made = [fixed("DEL", key)]
    pairs = [
        word
        for i in range(count)
        for word in (b"%d" % ((start + i * 7919) % 1009 // divisor), b"m%d" % (i * 31 % 997))
    ]
    while pairs:
        made.append(fixed("ZADD", key, *pairs[:100]))
        pairs = pairs[100:]
    return made + [
        fixed("OBJECT", "ENCODING", key),
        fixed("ZRANGE", key, 0, -1, "WITHSCORES", how=scores),
        fixed("ZREVRANGE", key, words.index(), words.index(), how=scores),
        fixed("ZRANK", key, "m31"),
        fixed("ZREVRANK", key, "m62"),
    ]


def _score_bound(words):
    odd = (b"", b"x", b" 1", b"1e999", b"nan")
    bound = _score(words) if words.chance(0.9) else words.choice(odd)
    return words.choice((b"", b"", b"(")) + bound


def _lex_bound(words):
    kind = words.random.random()
    if kind < 0.25:
        return words.choice((b"-", b"+"))
    if kind < 0.95:
        member = words.choice((b"a", b"b", b"cc", b"d", b"", b"zz", b"\xff"))
        return words.choice((b"[", b"(")) + member
    return words.choice((b"", b"a", b"--", b"+x", b"(", b"["))


def _limit(words):
    if not words.chance(0.5):
        return []
    count = words.choice((-1, -5, 0, 1, 2, 3, 100))
    return words.choice((["LIMIT"], ["limit"])) + [words.choice((0, 0, 1, 2, 50, -1)), count]


def _options(words, *some):
    out = [word for word in some if words.chance(0.4)]
    words.random.shuffle(out)
    return out


def _range(words):
    """Without BYLEX: what that means for different scores is nobody's promise."""
    key = words.key()
    kind = words.randint(0, 4)
    if kind == 0:
        options = _options(words, "WITHSCORES", "REV")
        return do("ZRANGE", key, words.index(), words.index(), *options, how=scores)
    if kind == 1:
        options = _options(words, "WITHSCORES", "REV") + _limit(words)
        bounds = [_score_bound(words), _score_bound(words)]
        return do("ZRANGE", key, *bounds, "BYSCORE", *options, how=scores)
    if kind == 2:
        options = _options(words, "WITHSCORES")
        return do("ZREVRANGE", key, words.index(), words.index(), *options, how=scores)
    name = "ZRANGEBYSCORE" if kind == 3 else "ZREVRANGEBYSCORE"
    options = _options(words, "WITHSCORES") + _limit(words)
    return do(name, key, _score_bound(words), _score_bound(words), *options, how=scores)


def _by_lex(words):
    """Members that all have one score."""
    key = words.key()
    members = [words.letters() for _ in range(words.choice((1, 5, 20, 150)))]
    bounds = [_lex_bound(words), _lex_bound(words)]
    made = [fixed("DEL", key)]
    made.append(fixed("ZADD", key, *(word for m in members for word in (b"1", m))))
    made += [
        fixed("ZRANGEBYLEX", key, *bounds, *_limit(words)),
        fixed("ZREVRANGEBYLEX", key, *bounds, *_limit(words)),
        fixed("ZRANGE", key, *bounds, "BYLEX", *_options(words, "REV"), *_limit(words)),
        fixed("ZLEXCOUNT", key, *bounds),
    ]
    if words.chance(0.5):
        made.append(fixed("ZREMRANGEBYLEX", key, *bounds))
    else:
        made.append(fixed("ZRANGESTORE", "{t}a", key, *bounds, "BYLEX", *_limit(words)))
        made.append(fixed("ZRANGE", "{t}a", 0, -1))
    return made


def _store_range(words):
    target = words.key()
    by_score = words.chance(0.5)
    bounds = (
        [_score_bound(words), _score_bound(words), "BYSCORE", *_limit(words)]
        if by_score
        else [words.index(), words.index()]
    )
    return [
        do("ZRANGESTORE", target, words.key(), *bounds, *_options(words, "REV")),
        fixed("ZRANGE", target, 0, -1, "WITHSCORES", how=scores),
        fixed("OBJECT", "ENCODING", target),
        fixed("TTL", target, how=compare.within(2)),
    ]


def _algebra(words):
    name = words.choice(("ZUNION", "ZUNION", "ZINTER", "ZDIFF"))
    keys = words.keys(4)
    count = len(keys) if words.chance(0.9) else words.integer()
    options = []
    if name != "ZDIFF" or words.chance(0.05):
        if words.chance(0.4):
            options += ["WEIGHTS", *(_score(words) for _ in keys)]
        if words.chance(0.5):
            options += ["AGGREGATE", words.choice(("SUM", "MIN", "max", "foo"))]
    if words.chance(0.5):
        target = words.key()
        return [
            do(name + "STORE", target, count, *keys, *options),
            fixed("ZRANGE", target, 0, -1, "WITHSCORES", how=scores),
            fixed("OBJECT", "ENCODING", target),
        ]
    return do(name, count, *keys, *options, *_options(words, "WITHSCORES"), how=scores)


def _zintercard(words):
    keys = words.keys()
    count = len(keys) if words.chance(0.9) else words.integer()
    options = words.choice(
        ([], [], ["LIMIT", words.randint(0, 5)], ["limit", words.integer()], ["LIMIT"], ["foo"])
    )
    return do("ZINTERCARD", count, *keys, *options)


def _pop(words):
    count = words.choice(([], [], [0], [1], [2], [3], [20], [2**63 - 1], [-1], ["x"], [1, 2]))
    return do(words.choice(("ZPOPMIN", "ZPOPMAX")), words.key(), *count, how=scores)


def _zmpop(words):
    keys = words.keys(3)
    # Beyond 2^62 the oracle's arithmetic overflows.
    count = len(keys) if words.chance(0.9) else words.choice((0, -1, 1, 9, 2**31, "x", 2**63))
    options = words.choice(([], [], ["COUNT", words.randint(-1, 4)], ["count", "x"], ["COUNT"]))
    where = words.choice(("MIN", "MAX", "min", "foo"))
    return do("ZMPOP", count, *keys, where, *options, how=scores, mutable=False)


def _random(words):
    count = words.choice(
        ([], [0], [1], [5], [1000], [2**63 - 1], [-1], [-5], [-40], [-(2**63)], [2**63], ["x"])
    )
    with_scores = words.choice(([], ["WITHSCORES"], ["withscores"], ["foo"])) if count else []
    return fixed("ZRANDMEMBER", words.key(), *count, *with_scores, how=_same_size)


def _same_size(theirs, ours):
    """The same type, and as many elements."""
    if not isinstance(theirs[1], list) or not isinstance(ours[1], list):
        return compare.same_kind(theirs, ours)
    return theirs[0] == ours[0] and len(theirs[1]) == len(ours[1])


def _zscan(words):
    options = words.choice(
        ([], ["COUNT", 3], ["MATCH", "*1*"], ["MATCH", "[a-c]", "COUNT", 100], ["match", "*"])
    )
    if words.chance(0.2):
        odd = words.choice((["COUNT", 0], ["COUNT", "x"], ["COUNT"], ["TYPE", "zset"], ["foo"]))
        cursor = words.choice((0, "x", -1, "", 2**64))
        return fixed("ZSCAN", words.key(), cursor, *odd, how=compare.same_kind)
    # Whole scores, which 7.0 writes as 7.2 does.
    key = words.key()
    pairs = [word for i in range(words.choice((3, 150))) for word in (i % 7, b"m%d" % i)]
    scan = fixed("ZSCAN", key, 0, *options, scan=True, cursor_at=2, how=compare.unordered)
    return [fixed("DEL", key), fixed("ZADD", key, *pairs), scan]


_MAKERS = (
    _zadd,
    _zadd,
    _zadd,
    _zadd,
    _zadd,
    _large,
    _range,
    _range,
    _range,
    _by_lex,
    _store_range,
    _algebra,
    _algebra,
    _zintercard,
    _pop,
    _pop,
    _zmpop,
    _random,
    _zscan,
    lambda w: do("ZINCRBY", w.key(), _score(w), _member(w), how=scores),
    lambda w: do("ZREM", w.key(), *(_member(w) for _ in range(w.randint(1, 4)))),
    lambda w: do("ZSCORE", w.key(), _member(w), how=scores),
    lambda w: do("ZMSCORE", w.key(), _member(w), _member(w), how=scores),
    lambda w: do(w.choice(("ZRANK", "ZREVRANK")), w.key(), _member(w)),
    lambda w: do("ZCARD", w.key()),
    lambda w: do("ZCOUNT", w.key(), _score_bound(w), _score_bound(w)),
    lambda w: do("ZREMRANGEBYRANK", w.key(), w.index(), w.index()),
    lambda w: do("ZREMRANGEBYSCORE", w.key(), _score_bound(w), _score_bound(w)),
    lambda w: fixed("OBJECT", "ENCODING", w.key()),
    lambda w: do("SADD", w.key(), _member(w), _member(w), w.randint(0, 9)),
    lambda w: do("SADD", w.key(), 1, 2, w.randint(0, 99)),
    lambda w: do("TYPE", w.key()),
    lambda w: do("EXPIRE", w.key(), w.time_to_live(), timed=True),
    lambda w: do("RENAME", w.key(), w.key()),
    lambda w: do("COPY", w.key(), w.key(), "REPLACE"),
    lambda w: do("SET", w.key(), w.value(), timed=True) if w.chance(0.3) else do("DEL", w.key()),
)
