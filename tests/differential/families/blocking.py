"""The commands that may wait, as of 7.2: with something there, with nothing, and with wrong words.

Who is served while others wait is what tests/end_to_end/test_blocking.py compares. Here a wait is
over after a few milliseconds, so that a stream goes on; the usual mutations could make it last, so
these steps have mutations of their own.
"""

from stream import do, fixed

_SHORT = (b"0.001", b"0.002", b"1e-5", b"0.0001")
_REFUSED = (b"-1", b"-0.5", b"x", b"", b"nan", b" 1", b"1 ", b"-inf", b"0x")
_TIMEOUTS = _SHORT + _REFUSED
_FIRST = (b"BLMPOP", b"BZMPOP")  # their timeout is the first word, that of others the last


def steps(words):
    return words.choice(_MAKERS)(words)


def _timeout(words):
    return words.choice(_SHORT if words.chance(0.9) else _REFUSED)


def _end(words):
    return words.choice((b"LEFT", b"RIGHT", b"left", b"Right"))


def _count(words):
    if words.chance(0.5):
        return []
    return [words.choice((b"COUNT", b"count")), words.choice((1, 2, 3, 100, 0, -1, 2**63, "x"))]


def _pop(words):
    name = words.choice((b"BLPOP", b"BRPOP", b"BZPOPMIN", b"BZPOPMAX"))
    return [name, *words.keys(3), _timeout(words)]


def _pop_many(words):
    keys = words.keys(3)
    number = len(keys) if words.chance(0.8) else words.choice((0, 1, -1, 4, 9, "x", "", 2**31))
    lists = words.chance(0.5)
    where = _end(words) if lists else words.choice((b"MIN", b"MAX", b"min", b"Max"))
    name = b"BLMPOP" if lists else b"BZMPOP"
    return [name, _timeout(words), number, *keys, where, *_count(words)]


def _move(words):
    if words.chance(0.3):
        return [b"BRPOPLPUSH", words.key(), words.key(), _timeout(words)]
    return [b"BLMOVE", words.key(), words.key(), _end(words), _end(words), _timeout(words)]


def _mutated(words, request):
    """A word less, one twice, another one, or two that change places."""
    out = list(request)
    at = words.randint(1, len(out) - 1)
    kind = words.randint(0, 3)
    if kind == 0:
        del out[at]
    elif kind == 1:
        out.insert(at, out[at])
    elif kind == 2:
        out[at] = words.choice((b"", b"0", b"1", b"-1", b"COUNT", b"LEFT", b"MIN", b"foo", b"k1"))
    else:
        other = words.randint(1, len(out) - 1)
        out[at], out[other] = out[other], out[at]
    return out


def _is_short(request):
    at = 1 if request[0] in _FIRST else -1
    return len(request) < 2 or request[at] in _TIMEOUTS


def _waits(words):
    request = words.choice((_pop, _pop_many, _pop_many, _move))(words)
    if words.chance(0.4):
        mutated = _mutated(words, request)
        request = mutated if _is_short(mutated) else request
    made = [fixed(*request)]
    return [fixed("MULTI"), *made, fixed("EXEC")] if words.chance(0.1) else made


def _waits_for_entries(words):
    """Only what is refused, or is there at once: a wait for a stream ends in whole milliseconds."""
    key = words.key()
    group = words.choice(((b"XREAD",), (b"XREADGROUP", b"GROUP", b"g", b"c")))
    block = [b"BLOCK", words.choice((b"0", b"1", b"x", b"-1", b""))]
    rest = words.choice(((), (key,), (key, key, b"0"), (key, b"no ID"), (b"COUNT",)))
    return fixed(*group, *block, b"STREAMS", *rest)


_MAKERS = (
    _waits,
    _waits,
    _waits,
    _waits,
    _waits,
    _waits_for_entries,
    lambda w: do("RPUSH", w.key(), *(w.value() for _ in range(w.randint(1, 9)))),
    lambda w: do("ZADD", w.key(), 1, "a", 2, "b", w.randint(-9, 9), "c"),
    lambda w: do("SET", w.key(), "a string") if w.chance(0.5) else do("DEL", *w.keys()),
    lambda w: do("DEL", *w.keys()),
    lambda w: do("LLEN", w.key()),
    lambda w: do("ZCARD", w.key()),
)
