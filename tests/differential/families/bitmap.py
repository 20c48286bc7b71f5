"""The bitmap group, as of 7.2 and with the operations that 8.2 added to BITOP."""

from stream import NUMBERS, STRING_BYTES_MAX, do, fixed


def steps(words):
    return words.choice(_MAKERS)(words)


def _offset(words):
    """Mostly near, sometimes at the end of the longest string, sometimes nonsense."""
    kind = words.random.random()
    if kind < 0.85:
        return words.randint(0, 300)
    if kind < 0.9:
        return STRING_BYTES_MAX * 8 + words.randint(-3, 3)
    return words.choice(NUMBERS)


def _bits(words):
    """Few bits, many bits, and none."""
    size = words.choice((0, 1, 2, 7, 8, 9, 31, 33, 64, 200))
    kind = words.randint(0, 3)
    if kind == 0:
        return bytes(size)
    if kind == 1:
        return b"\xff" * size
    if kind == 2:
        return words.randbytes(size)
    return words.choice((b"\0", b"\xff")) * size + words.randbytes(1)


def _range(words):
    def end():
        return words.choice(NUMBERS) if words.chance(0.1) else words.randint(-80, 80)

    return [end(), end(), *words.choice(([], ["BYTE"], ["BIT"], ["bit"], ["byte"]))]


def _bitpos(words):
    range_ = _range(words)
    return do("BITPOS", words.key(), words.randint(0, 1), *range_[: words.randint(0, len(range_))])


def _bitop(words):
    operation = words.choice(("AND", "OR", "XOR", "NOT", "and", "Xor"))
    sources = [words.key()] if operation == "NOT" and words.chance(0.9) else words.keys()
    destination = words.choice((words.key(), sources[0]))
    return [do("BITOP", operation, destination, *sources), do("GET", destination)]


def _type(words):
    if words.chance(0.05):
        return words.choice(("u64", "i65", "u0", "i0", "U8", "i", "", "8", "u-1", "i08"))
    signed = words.chance(0.5)
    widths = (1, 2, 3, 7, 8, 9, 16, 31, 32, 33, 63, 64) if signed else (1, 5, 8, 16, 32, 62, 63)
    return ("i" if signed else "u") + str(words.choice(widths))


def _field_offset(words):
    if words.chance(0.3):
        return f"#{words.randint(0, 12)}"
    return words.randint(0, 200) if words.chance(0.9) else _offset(words)


def _field_step(words):
    where = [_type(words), _field_offset(words)]
    kind = words.randint(0, 3)
    if kind == 0:
        return ["GET", *where]
    if kind == 1:
        return ["OVERFLOW", words.choice(("WRAP", "SAT", "FAIL", "sat"))]
    return ["SET" if kind == 2 else "INCRBY", *where, words.integer()]


def _bitfield(words):
    steps_ = [word for _ in range(words.randint(0, 5)) for word in _field_step(words)]
    key = words.key()
    return [do("BITFIELD", key, *steps_), do("GET", key)]


def _bitfield_ro(words):
    steps_ = [
        word
        for _ in range(words.randint(0, 4))
        for word in ("GET", _type(words), _field_offset(words))
    ]
    return do("BITFIELD_RO", words.key(), *steps_)


def _long(words):
    """Longer than a vector or a cache line can hide."""
    key = words.key()
    size = words.choice((1000, 4096, 5000))
    return [
        fixed("SETRANGE", key, size, b"\x01"),
        do("BITPOS", key, words.randint(0, 1), words.randint(0, size)),
        do("BITCOUNT", key, *_range(words)),
        do("SETBIT", key, words.randint(0, size * 8), words.randint(0, 1)),
        do("BITOP", words.choice(("AND", "OR", "XOR")), key, key, words.key()),
        do("BITCOUNT", key),
        fixed("DEL", key),
    ]


_MAKERS = (
    _bitop,
    _bitop,
    _bitpos,
    _bitpos,
    _bitfield,
    _bitfield,
    _bitfield_ro,
    _long,
    lambda w: do("SET", w.key(), _bits(w), timed=True),
    lambda w: do("SET", w.key(), _bits(w), timed=True),
    lambda w: do("SET", w.key(), w.value(), timed=True),
    lambda w: do("SETBIT", w.key(), _offset(w), w.randint(0, 1)),
    lambda w: do("SETBIT", w.key(), _offset(w), w.randint(0, 1)),
    lambda w: do("GETBIT", w.key(), _offset(w)),
    lambda w: do("BITCOUNT", w.key()),
    lambda w: do("BITCOUNT", w.key(), *_range(w)),
    lambda w: do("EXPIRE", w.key(), w.time_to_live(), timed=True),
    lambda w: do("PERSIST", w.key()),
    lambda w: do("DEL", *w.keys()),
    lambda w: fixed("GET", w.key()),
    lambda w: fixed("OBJECT", "ENCODING", w.key()),
    lambda w: fixed("STRLEN", w.key()),
)
