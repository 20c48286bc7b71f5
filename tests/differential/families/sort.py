"""SORT and SORT_RO: every option, over lists, sets and sorted sets.

Sorted sets have keys of their own, because Redis turns what it sorts into a skiplist, as OBJECT
ENCODING shows. Where elements compare as equal their order is a matter of the algorithm: the
reference's is stable without LIMIT, and for a few elements; sets have none of their own there.

The reference asks errno whether a number was out of range, and may find what another command left.
So a command that clears it stands in front of each SORT.
"""

import compare
from stream import do, fixed, pause

_WEIGHTED = 40  # elements that may have a weight and fields
_CLEAR_ERRNO = fixed("ZADD", "f", "XX", 1, "x")
_STABLE_MAX = 6  # up to here the reference's partial sort keeps the order of what is the same


def steps(words):
    return words.choice(_MAKERS)(words)


def _number(words):
    return words.choice(
        (
            b"%d" % words.randint(0, _WEIGHTED),
            b"%d" % words.randint(0, _WEIGHTED),
            b"%d" % words.randint(-1000, 1000),
            b"%.3g" % words.uniform(-50, 50),
            words.choice((b"inf", b"-inf", b"0", b"-0", b"1e3", b"0x10", b" 7", b"+7", b"007")),
            words.choice((b"9007199254740992", b"9007199254740993", b"%d" % 2**63, b"-1e308")),
        )
    )


def _text(words):
    return words.choice(
        (
            b"%d" % words.randint(0, _WEIGHTED),
            bytes(words.choices(b"aAbB1\xe9", k=words.randint(1, 4))),
            words.value()[:60],
        )
    )


def _bad_number(words):
    return words.choice((b"abc", b"1x", b"nan", b" ", b"1 ", b"", b"1\x00x", b"\x001", b"--1"))


def _elements(words, size=None):
    """Numbers, texts, or numbers with one that is none."""
    size = size or words.choice((1, 3, 6, 12, 40, 200))
    kind = words.random.random()
    if kind < 0.5:
        return [_number(words) for _ in range(size)]
    if kind < 0.85:
        return [_text(words) for _ in range(size)]
    made = [_number(words) for _ in range(size)]
    made[words.randint(0, size - 1)] = _bad_number(words)
    return made


def _list(words, size=None):
    key = words.choice((b"k1", b"k2", b"k3", b"{t}a"))
    return key, [fixed("DEL", key), fixed("RPUSH", key, *_elements(words, size))]


def _set(words):
    key = words.choice((b"k1", b"k2", b"k4", b"{t}b"))
    whole = words.chance(0.5)
    made = [b"%d" % words.randint(-50, 50) for _ in range(20)] if whole else _elements(words)
    return key, [fixed("DEL", key), fixed("SADD", key, *made)]


def _sorted_set(words):
    key = words.choice((b"q", b"quiet"))
    made = [word for e in _elements(words) for word in (words.randint(0, 9), e)]
    return key, [fixed("DEL", key), fixed("ZADD", key, *made)]


def _weights(words):
    """Strings, hashes and what is neither, under the keys that patterns name."""
    made = [fixed("DEL", *(b"w_%d" % n for n in range(_WEIGHTED)))] if words.chance(0.2) else []
    for _ in range(words.randint(1, 8)):
        n = words.randint(0, _WEIGHTED)
        weight = _text(words) if words.chance(0.1) else _number(words)
        made.append(
            words.choice(
                (
                    fixed("SET", b"w_%d" % n, weight),
                    fixed("SET", b"w_%d" % n, n % 7),
                    fixed("SET", b"%d_v" % n, weight),
                    fixed("SET", b"%d_v" % n, _text(words)),
                    fixed("HSET", b"h_%d" % n, "f", weight, "name", _text(words), "n", n % 5),
                    fixed("HSET", b"h_%d" % n, "->", weight, "", weight, "a*b", n),
                    fixed("DEL", b"w_%d" % n, b"h_%d" % n, b"%d_v" % n),
                    fixed("RPUSH", b"w_%d" % n, "x") if words.chance(0.1) else fixed("PING"),
                )
            )
        )
    return made


def _by(words):
    return words.choice((b"w_*", b"w_*", b"h_*->f", b"h_*->n", b"*_v", b"nothing_*", b"h_*->"))


def _get(words):
    return words.choice(
        (
            b"#",
            b"w_*",
            b"*_v",
            b"h_*->name",
            b"h_*->n",
            b"h_*->->",
            b"h_*->",
            b"h_*->a*b",
            b"w_*->f",
            b"->*",
            b"*->n",
            b"no star",
            b"#*",
            b"w_\x00*",
            b"##",
            b"",
            b"h_*",
        )
    )


def _limit(words):
    return words.choice(
        (
            [words.randint(0, 12), words.randint(0, 12)],
            [words.randint(-3, 250), words.randint(-3, 250)],
            [0, 3],
            [words.integer(), words.integer()],
            [0, 2**63 - 1],
        )
    )


def _faults(words):
    return words.choice(
        (["LIMIT"], ["LIMIT", 1], ["BY"], ["GET"], ["STORE"], ["foo"], ["LIMIT", "x", 1], [""])
    )


class _Request:
    """The options of one SORT in random order, and how its reply is to be compared."""

    def __init__(self, words, stable):
        """`stable`: the order of what compares as equal is known: a list."""
        self.alpha = words.chance(0.45)
        self.by = _by(words) if words.chance(0.4) else None
        self.keeps_order = words.chance(0.12)
        self.limit = _limit(words) if words.chance(0.35) else None
        self.gets = [_get(words) for _ in range(words.choice((0, 0, 0, 1, 1, 2, 4)))]
        self.stable = stable
        groups = [["GET", pattern] for pattern in self.gets]
        groups += [["BY", self.by]] if self.by else []
        groups += [["BY", words.choice(("nosort", "", "w_", b"\x00*"))]] if self.keeps_order else []
        groups += [["LIMIT", *self.limit]] if self.limit else []
        groups += [["ALPHA"]] if self.alpha else []
        groups += [[words.choice(("ASC", "DESC", "desc"))]] if words.chance(0.4) else []
        groups += [_faults(words)] if words.chance(0.06) else []
        words.shuffle(groups)
        self.options = [word for group in groups for word in group]

    def has_ties(self):
        return self.alpha and (self.by or not self.stable) and not self.keeps_order

    def how(self):
        if self.stable and not (self.has_ties() and self.limit):
            return compare.exact
        if self.stable and self.by is None:
            return compare.exact
        return _same_size if self.limit else _same_elements(max(len(self.gets), 1))


def _same_size(theirs, ours):
    if not isinstance(theirs[1], list) or not isinstance(ours[1], list):
        return theirs == ours
    return theirs[0] == ours[0] and len(theirs[1]) == len(ours[1])


def _same_elements(columns):
    """The same rows of so many columns, in any order."""

    def compare_rows(theirs, ours):
        if not isinstance(theirs[1], list) or not isinstance(ours[1], list):
            return theirs == ours
        rows = lambda all: sorted(  # noqa: E731
            (all[i : i + columns] for i in range(0, len(all), columns)), key=repr
        )
        return theirs[0] == ours[0] and rows(theirs[1]) == rows(ours[1])

    return compare_rows


def _sort(words, key, made, request):
    name = words.choice(("SORT", "SORT", "sort", "SORT_RO"))
    return [*made, _CLEAR_ERRNO, fixed(name, key, *request.options, how=request.how())]


def _sort_list(words):
    request = _Request(words, stable=True)
    size = _STABLE_MAX if request.has_ties() and request.limit else None
    key, made = _list(words, size)
    if size:
        request.stable, request.alpha = True, False  # exact
    return _sort(words, key, made, request)


def _sort_set(words):
    key, made = _set(words)
    request = _Request(words, stable=False)
    if not request.keeps_order and not request.alpha:
        request.stable = True  # numbers have no ties that show
    return _sort(words, key, made, request)


def _sort_sorted_set(words):
    key, made = _sorted_set(words)
    request = _Request(words, stable=False)
    if request.keeps_order or not request.alpha:
        request.stable = True
    return _sort(words, key, made, request)


def _store(words):
    """A list, or a set by its elements: what is stored is in one order."""
    request = _Request(words, stable=True)
    of_list = words.chance(0.6) or request.by is not None
    key, made = _list(words, _STABLE_MAX if request.limit else None) if of_list else _set(words)
    target = words.choice((b"k3", b"k4", b"{t}a", b"{u}a", key))
    if words.chance(0.3):
        made = [*made, fixed("SET", target, "v", "EX", words.time_to_live())] + made
    at = words.randint(0, len(request.options)) if not request.options else 0
    options = [*request.options[:at], "STORE", target, *request.options[at:]]
    return [
        *made,
        _CLEAR_ERRNO,
        fixed("SORT", key, *options),
        fixed("LRANGE", target, 0, -1) if of_list else fixed("TYPE", target),
        fixed("OBJECT", "ENCODING", target),
        fixed("TTL", target, how=compare.within(2)),
    ]


def _store_long(words):
    """Around the border between what Redis calls a listpack and a quicklist."""
    key, target = b"k1", b"k2"
    made = [b"x" * words.choice((1, 50, 700, 2000)) for _ in range(words.choice((1, 4, 11, 128)))]
    return [
        fixed("DEL", key),
        fixed("RPUSH", key, *made),
        fixed("SORT", key, "ALPHA", "STORE", target),
        fixed("LLEN", target),
        fixed("OBJECT", "ENCODING", target),
    ]


def _expired_key(words):
    name = words.choice(("SORT", "SORT_RO"))
    return [
        fixed("DEL", "f", "k1"),
        fixed("RPUSH", "f", "ig", "x"),
        fixed("SET", "big", 5, "PX", 1),
        pause(5),
        fixed(name, "f", "BY", "b*", "GET", "b*", "GET", "#"),
        fixed("EXISTS", "big"),
    ]


def _odd_keys(words):
    return words.choice(
        (
            [fixed("DEL", "f"), fixed("SORT", "f", *_Request(words, True).options)],
            _expired_key(words),
            [fixed("SET", "f", words.value()), fixed("SORT", "f"), fixed("SORT_RO", "f", "foo")],
            [fixed("DEL", "f"), fixed("HSET", "f", "a", "1"), fixed("SORT", "f", "BY", "x")],
            [fixed("DEL", "f", "big"), fixed("SORT", "f", "STORE", "big")],
            [fixed("DEL", "f"), fixed("SADD", "big", 1), fixed("SORT", "f", "STORE", "big")],
            do("SORT_RO", "f", "STORE", "big", mutable=False),
            do("SORT", mutable=False),
            fixed("COMMAND", "GETKEYS", "SORT", "a", "BY", "w_*", "STORE", "b", "STORE", "c"),
            fixed("COMMAND", "INFO", words.choice(("sort", "sort_ro"))),
        )
    )


_MAKERS = (
    _sort_list,
    _sort_list,
    _sort_list,
    _sort_set,
    _sort_sorted_set,
    _store,
    _store,
    _store_long,
    _weights,
    _weights,
    _odd_keys,
)
