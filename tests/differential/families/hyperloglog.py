"""The HyperLogLog group, as of 7.2: after every change the bytes of the string are compared."""

from stream import do, fixed

SPARSE_HEADER = b"HYLL\1\0\0\0\0\0\0\0\0\0\0\x80"


def steps(words):
    return words.choice(_MAKERS)(words)


def _key(words):
    """Of few, so that sketches meet and grow."""
    return words.choice((b"k1", b"k2", b"k3", b"{t}a")) if words.chance(0.9) else words.key()


def _elements(words):
    count = words.choice((0, 1, 1, 2, 5, 20, 200))
    start = words.randint(0, 3000)
    if words.chance(0.2):
        return [words.randbytes(words.randint(0, 40)) for _ in range(min(count, 20))]
    return [b"%d" % (start + i) for i in range(count)]


def _pfadd(words):
    key = _key(words)
    return [do("PFADD", key, *_elements(words)), fixed("GET", key)]


def _pfmerge(words):
    key = _key(words)
    sources = [_key(words) for _ in range(words.randint(0, 4))]
    return [do("PFMERGE", key, *sources), fixed("GET", key)]


def _pfcount(words):
    key = _key(words)
    return [do("PFCOUNT", key), fixed("GET", key)]


def _pfdebug(words):
    sub = words.choice(("GETREG", "DECODE", "ENCODING", "TODENSE", "decode", "encoding", "what"))
    return do("PFDEBUG", sub, _key(words))


def _moved(words):
    """The string of a sketch as a value like any other: copied, cut, patched, back again."""
    one, two = _key(words), _key(words)
    return [
        do("COPY", one, two, "REPLACE"),
        do("PFADD", two, *_elements(words)),
        do("PFCOUNT", one, two),
        do("PFCOUNT", two),
        fixed("OBJECT", "ENCODING", two),
        fixed("GET", two),
    ]


def _corrupted(words):
    """Runs that do not add up, under a key of their own. PFADD's reply alone says what it did."""
    runs = words.choice(
        (
            b"",
            b"\x7f\xfe",
            b"\x7f\xff\x80",
            b"\x7f\xff\x00",
            b"\x80",
            b"\x00" * 20,
            b"\x7f\x00\x7f\xff",
            b"\xff" * 30,
            # Valid, though no PFADD makes them.
            b"\x40\x00" * 64 + b"\x7f\xbf",
            b"\x80" * 4 + b"\x7f\xfb",
            b"\x83\x83\x7f\xf7",
        )
    )
    header = SPARSE_HEADER if words.chance(0.8) else SPARSE_HEADER[: words.randint(0, 16)]
    valid = len(header) == 16 and runs[-1:] in (b"\xbf", b"\xfb", b"\xf7")
    return [
        fixed("SET", "q", header + runs),
        do("PFCOUNT", "q"),
        do("PFCOUNT", "q", "none"),
        do("PFMERGE", "big", "q"),
        fixed("DEL", "big"),
        *([do("PFADD", "q", *_elements(words)), fixed("GET", "q")] if valid else []),
        do("PFDEBUG", words.choice(("DECODE", "ENCODING", "TODENSE", "GETREG")), "q"),
        fixed("DEL", "q"),
    ]


_MAKERS = (
    _pfadd,
    _pfadd,
    _pfadd,
    _pfadd,
    _pfcount,
    _pfmerge,
    _pfdebug,
    _moved,
    _corrupted,
    lambda w: do("PFCOUNT", *[_key(w) for _ in range(w.randint(1, 4))]),
    lambda w: do("SET", _key(w), w.value(), timed=True),
    lambda w: do("DEL", _key(w)),
    lambda w: do("EXPIRE", _key(w), w.time_to_live(), timed=True),
    lambda w: fixed("STRLEN", _key(w)),
)
