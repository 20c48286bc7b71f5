"""The list group, as of 7.2, without the commands that block."""

import compare
from stream import do, fixed


def steps(words):
    return words.choice(_MAKERS)(words)


def _element(words):
    """From few, so that searches find something; sometimes a long one."""
    if words.chance(0.02):
        return b"L" * words.choice((252, 253, 1023, 1024, 1025, 4000, 9000))
    return words.choice((b"a", b"b", b"c", b"1", b"2", b"-7", words.value()))


def _elements(words, count_max=6):
    return [_element(words) for _ in range(words.randint(1, count_max))]


def _position(words):
    return words.choice((words.integer(), *(b"%d" % words.randint(-12, 12) for _ in range(5))))


def _end(words):
    return words.choice((b"LEFT", b"RIGHT", b"left", b"Right"))


def _whole(key):
    return do("LRANGE", key, 0, -1)


def _filled(words, key):
    """A list between a few elements and some chunks full of them."""
    size = words.choice((3, 20, 150, 400))
    push = words.choice(("RPUSH", "LPUSH"))
    return [
        fixed("DEL", key),
        fixed(push, key, *(_element(words) for _ in range(size))),
    ]


def _lpos(words):
    step = ["LPOS", words.key(), _element(words)]
    if words.chance(0.5):
        rank = words.choice((1, 2, -1, -2, -3, 5, 0, words.integer()))
        step += [words.choice(("RANK", "rank")), rank]
    if words.chance(0.4):
        step += ["COUNT", words.choice((0, 1, 2, 7, -1, words.integer()))]
    if words.chance(0.3):
        step += ["MAXLEN", words.choice((0, 1, 3, 10, 100, -1, words.integer()))]
    return do(*step)


def _lmpop(words):
    keys = words.keys(3)
    step = ["LMPOP", words.choice((len(keys), len(keys), len(keys), words.randint(-1, 4))), *keys]
    step.append(_end(words))
    if words.chance(0.5):
        step += ["COUNT", words.choice((1, 2, 3, 100, 0, words.integer()))]
    return do(*step)


def _lmove(words):
    one, two = words.key(), words.key()
    return [do("LMOVE", one, two, _end(words), _end(words)), _whole(one), _whole(two)]


def _rpoplpush(words):
    one, two = words.key(), words.key()
    return [do("RPOPLPUSH", one, two), _whole(two)]


def _lrem(words):
    """Not mutated, because the servers differ in what a count of -2^63 removes."""
    key = words.key()
    count = words.choice((0, 1, -1, 2, -2, 100, 2**63 - 1, -(2**63) + 1))
    return [
        fixed("LREM", key, count, _element(words)),
        _whole(key),
        do("LREM", key, words.integer(), "nowhere"),
    ]


def _linsert(words):
    key = words.key()
    where = words.choice(("BEFORE", "AFTER", "before", "AfTer"))
    return [do("LINSERT", key, where, _element(words), _element(words)), _whole(key)]


def _ltrim(words):
    key = words.key()
    return [do("LTRIM", key, _position(words), _position(words)), _whole(key)]


def _both_ends(words):
    """A list that is worn away from one or both sides."""
    key = words.key()
    all_steps = _filled(words, key)
    for _ in range(words.randint(1, 12)):
        all_steps.append(
            words.choice(
                (
                    do("LPOP", key, words.randint(0, 40)),
                    do("RPOP", key, words.randint(0, 40)),
                    do("LINDEX", key, _position(words)),
                    do("LSET", key, _position(words), _element(words)),
                    do("RPUSH", key, *_elements(words, 30)),
                    do("LPUSH", key, *_elements(words, 30)),
                    do("LRANGE", key, words.randint(-100, 300), words.randint(-100, 300)),
                    do("LLEN", key),
                )
            )
        )
    return all_steps + [_whole(key)]


def _encoding(words):
    """The border between listpack and quicklist, in elements and in bytes."""
    key = words.choice((b"k1", b"{t}a"))
    limit = words.choice((1, 3, 5, 128, -1, -2, -3))
    size = words.choice((4, 50, 4000))
    asked = fixed("OBJECT", "ENCODING", key)
    grown = [fixed("RPUSH", key, b"x" * words.randint(0, size)) for _ in range(words.randint(1, 8))]
    return [
        fixed("CONFIG", "SET", "list-max-listpack-size", limit),
        fixed("DEL", key),
        *(step for push in grown for step in (push, asked)),
        fixed("LSET", key, 0, b"y" * words.randint(0, size)),
        asked,
        fixed("LINSERT", key, "BEFORE", "nothing", b"z" * words.randint(0, size)),
        asked,
        fixed("CONFIG", "SET", "list-max-listpack-size", -2),
        fixed("DEL", key),
    ]


_MAKERS = (
    _lpos,
    _lpos,
    _lmpop,
    _lmove,
    _rpoplpush,
    _lrem,
    _linsert,
    _ltrim,
    _both_ends,
    _both_ends,
    _encoding,
    lambda w: _filled(w, w.key()),
    lambda w: do("LPUSH", w.key(), *_elements(w)),
    lambda w: do("RPUSH", w.key(), *_elements(w)),
    lambda w: do("LPUSHX", w.key(), *_elements(w)),
    lambda w: do("RPUSHX", w.key(), *_elements(w)),
    lambda w: do("LPOP", w.key()),
    lambda w: do("RPOP", w.key()),
    lambda w: do("LPOP", w.key(), _position(w)),
    lambda w: do("RPOP", w.key(), _position(w)),
    lambda w: do("LLEN", w.key()),
    lambda w: do("LINDEX", w.key(), _position(w)),
    lambda w: do("LSET", w.key(), _position(w), _element(w)),
    lambda w: do("LRANGE", w.key(), _position(w), _position(w)),
    lambda w: do("SET", w.key(), w.value()),
    lambda w: do("DEL", w.key()),
    lambda w: [do("COPY", w.key(), w.key(), "REPLACE"), _whole(w.key())],
    lambda w: [do("RENAME", w.key(), w.key()), _whole(w.key())],
    lambda w: do("PEXPIRE", w.key(), w.time_to_live(), timed=True),
    lambda w: do("TTL", w.key(), how=compare.within(2)),
    lambda w: do("TYPE", w.key()),
)
