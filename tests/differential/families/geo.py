"""The geo group, as of 7.2: places all over the map, its borders, and every way to search.

Where places are equally far away, a reply of Redis that is limited has any of them in any order;
one that is not has them in the order of the search, as ours have.
"""

import compare
from stream import do, fixed

MEMBERS = [b"a", b"b", b"c", b"d", b"e", b"f", b"g", b"h", b"", b"12", b"\x00\xff"]
UNITS = ("m", "km", "ft", "mi", "M", "KM", "Ft", "mI")
LONGITUDE_MAX = 180
LATITUDE_MAX = 85.05112878


def steps(words):
    return words.choice(_MAKERS)(words)


TIES_MAX = 6  # members that change places with each other, at most


def nearest(theirs, ours):
    """The same members in the same order, but a few that stand together may have changed places; at
    the end they may even be others."""
    if distances(theirs, ours):
        return True
    if not isinstance(theirs[1], list) or not isinstance(ours[1], list):
        return False
    if len(theirs[1]) != len(ours[1]):
        return False
    at, size = 0, len(theirs[1])
    while at < size:
        end = at + 1
        while end < size and end <= at + TIES_MAX and not _same_set(theirs, ours, at, end):
            end += 1
        if end > at + TIES_MAX:
            return False
        at = end
    return True


def _same_set(theirs, ours, at, end):
    return sorted(map(repr, theirs[1][at:end])) == sorted(map(repr, ours[1][at:end]))


def distances(theirs, ours):
    """The same tree, but 7.0 may round the last digit of a distance to the other side."""
    if isinstance(theirs[1], list) and isinstance(ours[1], list):
        return (
            theirs[0] == ours[0]
            and len(theirs[1]) == len(ours[1])
            and all(map(distances, theirs[1], ours[1]))
        )
    if theirs == ours:
        return True
    try:
        texts = theirs[1].decode(), ours[1].decode()
        return all(text[-5] == "." for text in texts) and abs(
            float(texts[0]) - float(texts[1])
        ) < 1.5e-4
    except (AttributeError, IndexError, UnicodeDecodeError, ValueError):
        return False


def _coordinate(words, most):
    kind = words.random.random()
    if kind < 0.9:
        return b"%.*f" % (words.randint(0, 8), words.uniform(-most, most))
    if kind < 0.97:
        sign = words.choice((1, -1))
        return repr(sign * words.choice((most, most + 1e-9, most - 1e-9, 0.0))).encode()
    return words.choice((b"nan", b"inf", b"-inf", b"1e300", b"", b"x", b"-0", b"181", b"86", b" 1"))


def _place(words):
    """Near the others more often than not."""
    if words.chance(0.6):
        return [b"%.7f" % words.uniform(10, 16), b"%.7f" % words.uniform(36, 40)]
    return [_coordinate(words, LONGITUDE_MAX), _coordinate(words, LATITUDE_MAX)]


def _odd_place(words):
    return words.choice(
        (
            [b"180", b"85.05112878"],
            [b"-180", b"-85.05112878"],
            [b"179.9999", words.choice((b"0", b"85"))],
            [b"-179.9999", words.choice((b"0", b"-85"))],
            [b"0", b"0"],
            [b"%.5f" % words.uniform(-180, 180), b"85"],
            [b"%.5f" % words.uniform(-180, 180), b"-85"],
        )
    )


def _some_place(words):
    return _odd_place(words) if words.chance(0.15) else _place(words)


def _member(words):
    return words.choice(MEMBERS) if words.chance(0.97) else words.value()


def _unit(words):
    return words.choice(UNITS) if words.chance(0.97) else words.choice(("", "k", "meter", "x"))


def _length(words):
    kind = words.random.random()
    if kind < 0.9:
        return b"%.3f" % 10 ** words.uniform(-1, 7)
    return words.choice(
        (b"0", b"-1", b"-0", b"1e-300", b"1e300", b"inf", b"nan", b"x", b"", b"5e-324", b"0.001")
    )


def _options(words, *some):
    out = [word for word in some if words.chance(0.35)]
    words.random.shuffle(out)
    return [word.lower() if words.chance(0.2) else word for word in out]


def _limit(words, stores):
    kind = words.random.random()
    if kind < 0.5:
        return []
    if kind < 0.55:
        return words.choice((["ANY"], ["COUNT"], ["COUNT", words.integer()], ["COUNT", 0, "ANY"]))
    count = words.choice((1, 2, 3, 5, 20, 1000, 2**63 - 1))
    # What is stored must not depend on which of several equals was taken.
    return ["COUNT", count, *(["ANY"] if words.chance(0.4) or (stores and count < 1000) else [])]


def _tail(words, details=True, stores=False):
    parts = [_limit(words, stores)]
    if words.chance(0.6):
        parts.append([words.choice(("ASC", "DESC", "asc"))])
    if details:
        parts += [[word] for word in _options(words, "WITHDIST", "WITHHASH", "WITHCOORD")]
    words.random.shuffle(parts)
    return [word for part in parts for word in part]


def _geoadd(words):
    options = _options(words, "CH") + (_options(words, "NX", "XX") if words.chance(0.3) else [])
    places = [
        word
        for _ in range(words.randint(1, 6))
        for word in (*_some_place(words), _member(words))
    ]
    return do("GEOADD", words.key(), *options, *places)


def _index(words):
    """A geo index of its own, small or large, at one spot or everywhere; and searches in it."""
    key = words.key()
    count = words.choice((3, 60, 128, 129, 400, 2000))
    span = words.choice((0.01, 1, 10, 60))
    wide = words.chance(0.3)
    center = (words.uniform(-170, 170), words.uniform(-75, 75))
    made = [fixed("DEL", key)]
    triples = []
    for i in range(count):
        longitude = words.uniform(-180, 180) if wide else center[0] + words.uniform(-span, span)
        latitude = words.uniform(-85, 85) if wide else center[1] + words.uniform(-span, span)
        longitude = (longitude + 180) % 360 - 180
        latitude = max(-85, min(85, latitude))
        triples += [b"%.9f" % longitude, b"%.9f" % latitude, b"m%d" % i]
    while triples:
        made.append(fixed("GEOADD", key, *triples[:300]))
        triples = triples[300:]
    made.append(fixed("OBJECT", "ENCODING", key))
    for _ in range(6):
        source = (
            ["FROMMEMBER", b"m%d" % words.randrange(count)]
            if words.chance(0.5)
            else ["FROMLONLAT", b"%.6f" % center[0], b"%.6f" % center[1]]
        )
        made.append(fixed("GEOSEARCH", key, *source, *_shape(words), *_tail(words), how=nearest))
    return made


def _source(words):
    kind = words.random.random()
    if kind < 0.5:
        return ["FROMMEMBER", _member(words)]
    if kind < 0.97:
        return ["FROMLONLAT", *_some_place(words)]
    return words.choice(([], ["FROMMEMBER", "a", "FROMLONLAT", 1, 1], ["FROMLONLAT", 1]))


def _shape(words):
    kind = words.random.random()
    if kind < 0.5:
        return ["BYRADIUS", _length(words), _unit(words)]
    if kind < 0.97:
        return ["BYBOX", _length(words), _length(words), _unit(words)]
    return words.choice(
        ([], ["BYRADIUS", 1, "km", "BYBOX", 1, 1, "m"], ["BYBOX", 1, 1], ["BYRADIUS", 1])
    )


def _geosearch(words):
    parts = [_source(words), _shape(words), _tail(words)]
    words.random.shuffle(parts)
    name = words.choice(("GEOSEARCH", "geosearch", "GeoSearch"))
    return do(name, words.key(), *(word for part in parts for word in part), how=nearest)


def _geosearchstore(words):
    target = words.key()
    parts = [_source(words), _shape(words), _tail(words, words.chance(0.05), True)]
    parts.append(_options(words, "STOREDIST"))
    words.random.shuffle(parts)
    return [
        do("GEOSEARCHSTORE", target, words.key(), *(word for part in parts for word in part)),
        *_look_at(words, target),
    ]


def _look_at(words, key):
    return [
        fixed("ZRANGE", key, 0, -1),
        fixed("ZRANGE", key, 0, -1, "WITHSCORES", how=_scores),
        fixed("OBJECT", "ENCODING", key),
        fixed("TTL", key, how=compare.within(2)),
    ]


def _scores(theirs, ours):
    """7.0 prints 17 digits where 7.2 prints the shortest ones."""
    if isinstance(theirs[1], list) and isinstance(ours[1], list):
        return (
            theirs[0] == ours[0]
            and len(theirs[1]) == len(ours[1])
            and all(map(_scores, theirs[1], ours[1]))
        )
    try:
        return theirs == ours or (theirs[0] == ours[0] and float(theirs[1]) == float(ours[1]))
    except (TypeError, ValueError):
        return False


def _georadius(words):
    name = words.choice(("GEORADIUS", "GEORADIUS_RO", "GEORADIUSBYMEMBER", "GEORADIUSBYMEMBER_RO"))
    source = [_member(words)] if "MEMBER" in name else _some_place(words)
    head = [name, words.key(), *source, _length(words), _unit(words)]
    if words.chance(0.6):
        return do(*head, *_tail(words), how=nearest)
    target = words.key()
    store = [words.choice(("STORE", "STOREDIST", "store")), target]
    tail = _tail(words, words.chance(0.05), True)
    return [
        do(*head, *(store + tail if words.chance(0.5) else tail + store)),
        *_look_at(words, target),
    ]


def _geodist(words):
    unit = [_unit(words)] if words.chance(0.7) else []
    return do("GEODIST", words.key(), _member(words), _member(words), *unit, how=distances)


def _foreign_scores(words):
    """Scores that no GEOADD gave."""
    key = words.key()
    score = words.choice((b"-1", b"1e17", b"1.5", b"4503599627370496", b"-9e18", b"1e15", b"0"))
    return [
        fixed("ZADD", key, score, "odd", 3479099956230698, "a"),
        fixed("GEOPOS", key, "odd", "a", "none"),
        fixed("GEOHASH", key, "odd", "a", "none"),
        fixed("GEODIST", key, "odd", "a", how=distances),
        fixed("GEOSEARCH", key, "FROMMEMBER", "odd", "BYRADIUS", 1000, "km", how=distances),
    ]


_MAKERS = (
    _geoadd,
    _geoadd,
    _geoadd,
    _geoadd,
    _geoadd,
    _index,
    _geosearch,
    _geosearch,
    _geosearch,
    _geosearch,
    _geosearchstore,
    _geosearchstore,
    _georadius,
    _georadius,
    _georadius,
    _geodist,
    _foreign_scores,
    lambda w: do(w.choice(("GEOPOS", "GEOHASH")), w.key(), *(_member(w) for _ in range(3))),
    lambda w: do(w.choice(("GEOPOS", "GEOHASH")), w.key()),
    lambda w: do("ZREM", w.key(), _member(w), _member(w)),
    lambda w: do("ZSCORE", w.key(), _member(w), how=_scores),
    lambda w: do("ZCARD", w.key()),
    lambda w: do("TYPE", w.key()),
    lambda w: do("EXPIRE", w.key(), w.time_to_live(), timed=True),
    lambda w: do("COPY", w.key(), w.key(), "REPLACE"),
    lambda w: do("SET", w.key(), w.value(), timed=True) if w.chance(0.3) else do("DEL", w.key()),
)
