"""The vocabulary of the command streams: steps, and the words that they are made of.

A family is a module in families/ with one function

    def steps(words):   # -> a Step or a list of Steps that belong together

which is called again and again. All randomness comes from `words`, so the seed that a run prints
gives the same stream again. Three rules keep a stream comparable between two servers that do not
share a clock:
  * a time to live is far away (100,000 units and more, unique), or it is over and waited for;
  * an absolute time is in the year 2100 or in 1970;
  * what a server may choose freely (order, cursor, random key) has a comparison that allows it.

Steps are mutated (words dropped, doubled, added, replaced), which covers arity, options and numbers
of every command without a line in its family; `fixed()` excludes a step from that.
"""

import dataclasses
import random

import compare

YEAR_2100_S = 4102444800
TTL_MIN = 100_000
STRING_BYTES_MAX = 1 << 20  # both servers run with this proto-max-bulk-len

#: every boundary that an integer argument may stumble over, and what is no integer
NUMBERS = [
    b"%d" % n
    for n in (
        0,
        1,
        -1,
        2,
        -2,
        2**31 - 1,
        2**31,
        -(2**31),
        -(2**31) - 1,
        2**32 - 1,
        2**32,
        2**32 + 1,
        2**53,
        2**62,
        2**63 - 1,
        2**63,
        -(2**63) + 1,
        -(2**63),
        -(2**63) - 1,
        2**64 - 1,
        2**64,
        10**30,
    )
]
NOT_NUMBERS = [
    b"",
    b" 1",
    b"1 ",
    b"+1",
    b"01",
    b"-0",
    b"0x10",
    b"1.0",
    b"1e3",
    b"nan",
    b"inf",
    b"-inf",
    b"abc",
    b"1\x00",
    b"\xff",
    b"9" * 100,
    b"--1",
    b".",
]
FLOATS = [
    b"0",
    b"1.5",
    b"-1.5",
    b"0.1",
    b"3.0e3",
    b"1e-10",
    b"5e-324",
    b"1.7e308",
    b"1e400",
    b"nan",
    b"inf",
    b"-inf",
    b"+inf",
    b"infinity",
    b"0x1p3",
    b" 1",
    b"1 ",
    b"",
    b"1e",
    b"1_0",
    b"3.14159265358979323846",
    b"10.00000000000000000001",
    b"-0.0",
    b"1" + b"0" * 40,
    b"1e17",
]
#: numbers that never end a key's life in the middle of a stream
TIMES = [n for n in NUMBERS if n not in (b"1", b"2")] + [b"1e3", b"", b"abc", b"1.5", b" 5", b"-0"]


@dataclasses.dataclass(frozen=True)
class Step:
    """One command, or the raw bytes of something that is meant to be none."""

    words: tuple = ()
    how: object = compare.exact
    timed: bool = False  # numbers in it are times to live
    mutable: bool = True
    connection: int = 0  # which of the two connections
    replies: int = 1  # how many come back
    raw: bytes = None
    pause_ms: int = 0  # nothing is sent, time passes
    scan: bool = False  # words are SCAN-like; the whole iteration is compared as a set
    cursor_at: int = 1
    group: int = 0  # steps of one group belong together when steps are left out

    @property
    def name(self):
        return self.words[0].decode("latin-1").upper() if self.words else ""

    def text(self):
        """As a line for a report."""
        if self.pause_ms:
            return f"(pause of {self.pause_ms} ms)"
        line = quoted(self.raw) if self.raw is not None else " ".join(map(quoted, self.words))
        return ("(2nd connection) " if self.connection else "") + line


def quoted(word):
    if len(word) > 200:
        return f"<{len(word)} bytes, starting with {word[:20]!r}>"
    plain = word.decode("latin-1")
    return (
        plain
        if plain.isascii()
        and plain.isprintable()
        and plain.strip("\"'") == plain
        and plain
        and " " not in plain
        else '"' + repr(word)[2:-1].replace('"', '\\"') + '"'
    )


def do(*words, **how):
    """A step from words of any type."""
    return Step(tuple(w if isinstance(w, bytes) else str(w).encode() for w in words), **how)


def fixed(*words, **how):
    """A step that is never mutated."""
    return do(*words, mutable=False, **how)


def pause(milliseconds):
    return Step(pause_ms=milliseconds, mutable=False)


def dbsize():
    """DBSIZE counts keys that are over but not yet noticed, so they are all looked at before."""
    return [fixed("EXISTS", *Words.KEYS, *Words.OTHER_KEYS), fixed("DBSIZE")]


class Words:
    """The source of random words of one stream."""

    KEYS = [
        b"k1",
        b"k2",
        b"k3",
        b"k4",
        b"{t}a",
        b"{t}b",
        b"{u}a",
        b"",
        b"with space",
        b"bin\x00\xff\r\n",
        b"K" * 200,
        b"12",
        b"{}",
        b"{",
        b"a{b}{c}",
        b"*",
        b"[k1]",
    ]
    OTHER_KEYS = [b"f", b"big", b"q", b"quiet", b"inline"]  # that families use beside them

    def __init__(self, seed):
        self.random = random.Random(seed)
        self._times_given = 0

    def __getattr__(self, name):
        return getattr(self.random, name)

    def chance(self, probability):
        return self.random.random() < probability

    def key(self):
        """From a small set, so that commands meet each other's keys."""
        return self.random.choice(self.KEYS[:4] if self.chance(0.6) else self.KEYS)

    def keys(self, count_max=5):
        return [self.key() for _ in range(self.random.randint(1, count_max))]

    def value(self):
        return self.random.choice(self._values)()

    @property
    def _values(self):
        pick = self.random
        return (
            lambda: b"%d" % pick.randint(-100, 10100),
            lambda: pick.choice(NUMBERS),
            lambda: pick.choice(NOT_NUMBERS),
            lambda: pick.choice(FLOATS),
            lambda: b"x" * pick.choice((0, 1, 43, 44, 45, 100)),
            lambda: bytes(pick.choices(b"abc", k=pick.randint(1, 30))),
            lambda: pick.randbytes(pick.randint(0, 64)),
            lambda: pick.randbytes(1024) if pick.random() < 0.1 else b"small",
        )

    def letters(self):
        """Few different letters: something for LCS and globs to match."""
        return bytes(self.random.choices(b"abcd", k=self.random.randint(0, 24)))

    def integer(self):
        return (
            self.random.choice(NUMBERS)
            if self.chance(0.5)
            else b"%d" % self.random.randint(-1000, 1000)
        )

    def index(self):
        """An index into a short string, sometimes far out."""
        return (
            self.random.choice(NUMBERS)
            if self.chance(0.15)
            else b"%d" % self.random.randint(-30, 60)
        )

    def real(self):
        return (
            self.random.choice(FLOATS)
            if self.chance(0.5)
            else b"%.*g" % (self.random.randint(1, 17), self.random.uniform(-1000, 1000))
        )

    def time_to_live(self):
        """Far away, and never the same twice, so that GT and LT have one answer."""
        self._times_given += 1
        return TTL_MIN + 100 * (self._times_given * 7919 % 1_000_003)

    def time_at_s(self):
        self._times_given += 1
        return YEAR_2100_S + 100 * (self._times_given * 7919 % 1_000_003)

    def glob(self):
        return self.random.choice(
            [
                b"*",
                b"k*",
                b"k?",
                b"[k]*",
                b"[^k]*",
                b"k[1-2]",
                b"k[2-1]",
                b"\\*",
                b"{t}*",
                b"",
                b"*1",
                b"k1",
                b"nothing",
                b"[",
                b"[k",
                b"\\",
                b"**?",
                b"[\\k]1",
                b"?",
                b"[k-]?",
                b"k[^1]",
            ]
        )

    def case(self, word):
        """The same word in another case."""
        return bytes(self.random.choice((c, c ^ 32)) if bytes((c,)).isalpha() else c for c in word)

    def mutate(self, step):
        """The step with one or two accidents in its words."""
        words = list(step.words)
        for _ in range(self.random.choice((1, 1, 2))):
            self._accident(words, step.timed)
        return dataclasses.replace(step, words=tuple(words))

    def _accident(self, words, timed):
        first = 2 if timed else 1  # a key that may expire at once keeps its name, see dbsize()
        at = self.random.randint(first, max(first, len(words)))
        at = min(at, len(words))
        kind = self.random.random()
        if kind < 0.25 and at < len(words):
            del words[at]
        elif kind < 0.35 and at < len(words):
            words.insert(at, words[at])
        elif kind < 0.6:
            words.insert(at, self._odd_word(timed))
        elif at < len(words):
            words[at] = self._odd_word(timed)

    def _odd_word(self, timed):
        pool = TIMES if timed else NUMBERS + NOT_NUMBERS + FLOATS
        options = [
            b"NX",
            b"XX",
            b"GET",
            b"EX",
            b"PX",
            b"KEEPTTL",
            b"MATCH",
            b"COUNT",
            b"GT",
            b"LT",
            b"REPLACE",
            b"DB",
            b"LEN",
            b"IDX",
            b"PERSIST",
            b"foo",
            b"k1",
            b"HELP",
        ]
        return self.random.choice(pool if self.chance(0.6) else options)


def stream(families, seed, count):
    """`count` steps and a few more, drawn from the families in turn."""
    words = Words(seed)
    steps = []
    group = 0
    while len(steps) < count:
        made = words.choice(families)(words)
        group += 1
        for step in made if isinstance(made, list) else [made]:
            if step.mutable and words.chance(0.12):
                step = words.mutate(step)
            if step.words and words.chance(0.1):
                step = dataclasses.replace(step, words=(words.case(step.words[0]), *step.words[1:]))
            steps += [dataclasses.replace(each, group=group) for each in [*evidence(step), step]]
    return steps + end_of_stream()


def asks_for_encoding(step):
    return [word.upper() for word in step.words[:2]] == [b"OBJECT", b"ENCODING"]


def evidence(step):
    """Steps ahead of one that the rules in known_differences.py want to know more about."""
    if not asks_for_encoding(step) or len(step.words) != 3:
        return []
    return [fixed(name, step.words[2], connection=step.connection) for name in ("TYPE", "SCARD")]


def end_of_stream():
    """What both servers hold at the end."""
    steps = []
    for database in (0, 1, 2, 15):
        steps += [fixed("SELECT", database), *dbsize(), fixed("KEYS", "*", how=compare.unordered)]
        steps += [fixed("GET", key) for key in Words.KEYS]
    return steps
