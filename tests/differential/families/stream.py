"""The stream group, as of 7.2. IDs are given, because those that "*" makes tell the time; times in
replies (idle, seen, delivered) are left out of the comparison, and so are figures of the inside.
"""

from stream import do, fixed

_ID_MAX = 2**64 - 1
_GROUPS = ("g", "h", "")
_CONSUMERS = ("alice", "bob", "carol")


def steps(words):
    return words.choice(_MAKERS)(words)


# -- comparisons ----------------------------------------------------------------------------------


def _without(*names):
    """The same tree, but for the values behind these names at any depth."""
    hidden = {name.encode() for name in names}

    def cleaned(node):
        kind, content = node
        if not isinstance(content, list):
            return node
        out, hide = [], False
        for child in content:
            out.append((b"hidden", None) if hide else cleaned(child))
            hide = child[0] == b"$" and child[1] in hidden
        return kind, out

    return lambda theirs, ours: cleaned(theirs) == cleaned(ours)


_info = _without("radix-tree-keys", "radix-tree-nodes")
_full_info = _without("radix-tree-keys", "radix-tree-nodes", "groups")


def _pending_rows(theirs, ours):
    """[ID, consumer, idle, deliveries] without the idle time; a summary as it is."""
    rows = [side[1] for side in (theirs, ours)]
    if not all(isinstance(side, list) for side in rows) or not rows[0]:
        return theirs == ours
    if rows[0][0][0] != b"*":
        return theirs == ours
    return len(rows[0]) == len(rows[1]) and all(
        a[1][:2] + a[1][3:] == b[1][:2] + b[1][3:] for a, b in zip(*rows)
    )


# -- words ----------------------------------------------------------------------------------------


def _id(words):
    kind = words.random.random()
    if kind < 0.4:
        return b"%d" % words.randint(0, 60)
    if kind < 0.93:
        return b"%d-%d" % (words.randint(0, 60), words.randint(0, 2))
    odd = (b"", b"-", b"+", b"**", b"1-*", b"0-0", b"x", b"1-", b"-1", b"1-2-3", b"01-1", b" 1-1",
           b"1-x", b"%d" % _ID_MAX, b"%d-%d" % (_ID_MAX, _ID_MAX), b"%d" % (_ID_MAX + 1), b"1-+5",
           b"(1", b"$", b">", b"1" * 130)  # fmt: skip
    return words.choice(odd)


def _new_id(words):
    """Mostly one that grows."""
    kind = words.random.random()
    if kind < 0.75:
        return b"%d-*" % words.randint(1, 60)
    return _id(words)


def _bound(words):
    kind = words.random.random()
    if kind < 0.3:
        return words.choice((b"-", b"+"))
    if kind < 0.5:
        return b"(" + _id(words)
    return _id(words)


def _fields(words):
    if words.chance(0.6):
        return [b"a", words.value(), b"b", words.value()]
    return [words.value() for _ in range(2 * words.randint(1, 3))]


def _count(words):
    some = words.choice((words.randint(0, 5), words.integer()))
    return words.choice(([], [], ["COUNT", some], ["COUNT", some], ["count", 100], ["COUNT"]))


def _trim(words):
    strategy = words.choice(
        (["MAXLEN"], ["MAXLEN"], ["maxlen", "="], ["MAXLEN", "~"], ["MINID"], ["MINID", "~"])
    )
    by_id = strategy[0].upper() == "MINID"
    threshold = _id(words) if by_id else words.choice((0, 1, 2, 5, 10, 50, words.integer()))
    limit = words.choice(([], [], [], [], ["LIMIT", 0], ["LIMIT", 10], ["LIMIT", words.integer()]))
    return [*strategy, threshold, *limit]


def _group(words):
    return words.choice(_GROUPS[:2] if words.chance(0.95) else _GROUPS)


def _consumer(words):
    return words.choice(_CONSUMERS)


# -- commands -------------------------------------------------------------------------------------


def _xadd(words):
    options = _trim(words) if words.chance(0.2) else []
    if words.chance(0.1):
        options.insert(0, "NOMKSTREAM")
    return fixed("XADD", words.key(), *options, _new_id(words), *_fields(words))


def _many(words):
    """A stream of several blocks, all small, so that both sides begin them at the same places."""
    key = words.key()
    count = words.choice((5, 99, 100, 101, 150, 320))
    made = [fixed("DEL", key)]
    ids = [f"{i // 3 + 1}-{i % 3 + 1}" for i in range(count)]
    made += [fixed("XADD", key, each, "a", i, "b", "x") for i, each in enumerate(ids)]
    if words.chance(0.5):
        doomed = [each for each in ids if words.chance(0.3)]
        if doomed:
            made.append(fixed("XDEL", key, *doomed))
    if words.chance(0.6):
        made.append(fixed("XTRIM", key, *_trim(words)))
    made += [
        fixed("XLEN", key),
        fixed("XRANGE", key, "-", "+"),
        fixed("XREVRANGE", key, "+", "-", "COUNT", 3),
        fixed("XINFO", "STREAM", key, how=_info),
    ]
    return made


def _range(words):
    name = words.choice(("XRANGE", "XREVRANGE"))
    return do(name, words.key(), _bound(words), _bound(words), *_count(words))


def _xread(words):
    keys = words.keys(3)
    ids = [_id(words) for _ in keys]
    ids = [b"-" if each == b"+" else each for each in ids]  # the last entry, since 7.4
    if words.chance(0.2):
        ids[0] = b"$"
    return fixed("XREAD", *_count(words), "STREAMS", *keys, *ids)


def _all_consumers(key, group):
    """Since 7.2 a consumer comes to be when it is named; before it had to get something."""
    return [fixed("XGROUP", "CREATECONSUMER", key, group, name) for name in _CONSUMERS]


def _xgroup(words):
    key, group = words.key(), _group(words)
    kind = words.randint(0, 9)
    if kind < 4:
        options = words.choice(
            (["MKSTREAM"], ["MKSTREAM"], [], ["ENTRIESREAD", words.randint(-2, 20)], ["foo"])
        )
        position = words.choice((b"0", b"$", _id(words)))
        return [
            fixed("XGROUP", "CREATE", key, group, position, *options),
            *_all_consumers(key, group),
        ]
    if kind < 6:
        options = words.choice(([], ["ENTRIESREAD", words.randint(-2, 20)], ["ENTRIESREAD"]))
        position = words.choice((b"0", b"$", _id(words)))
        return fixed("XGROUP", "SETID", key, group, position, *options)
    if kind == 6:
        return fixed("XGROUP", "DESTROY", key, group)
    if kind == 7:
        return fixed("XGROUP", "CREATECONSUMER", key, group, _consumer(words))
    if kind == 8:
        return [
            fixed("XGROUP", "DELCONSUMER", key, group, _consumer(words)),
            *_all_consumers(key, group),
        ]
    return fixed("XINFO", "GROUPS", key)


def _xreadgroup(words):
    keys = words.keys(2)
    ids = [words.choice((b">", b">", b">", b"0", _id(words))) for _ in keys]
    ids = [b"-" if each == b"+" else each for each in ids]  # has a text of its own since 7.4
    options = _count(words) + (["NOACK"] if words.chance(0.2) else [])
    head = ["GROUP", _group(words), _consumer(words)]
    return fixed("XREADGROUP", *head, *options, "STREAMS", *keys, *ids)


def _ids(words):
    return [_id(words) for _ in range(words.randint(1, 4))]


def _xpending(words):
    key, group = words.key(), _group(words)
    if words.chance(0.4):
        return do("XPENDING", key, group)
    idle = ["IDLE", words.choice((0, 100_000, "x"))] if words.chance(0.2) else []
    consumer = [_consumer(words)] if words.chance(0.3) else []
    count = words.choice((1, 3, 100, 0, -1, words.integer()))
    return fixed(
        "XPENDING", key, group, *idle, _bound(words), _bound(words), count, *consumer,
        how=_pending_rows,
    )  # fmt: skip


def _xclaim(words):
    options = []
    for option in (["JUSTID"], ["FORCE"], ["RETRYCOUNT", words.randint(-1, 5)], ["IDLE", 5],
                   ["TIME", 5], ["LASTID", _id(words)], ["foo"]):  # fmt: skip
        if words.chance(0.2):
            options += option
    idle = words.choice((0, 0, 0, -1, 1_000_000, "x"))
    head = [words.key(), _group(words), _consumer(words)]
    return fixed("XCLAIM", *head, idle, *_ids(words), *options)


def _xautoclaim(words):
    options = words.choice(([], ["JUSTID"], ["COUNT", 2], ["COUNT", 0], ["COUNT", "x"], ["foo"]))
    idle = words.choice((0, 0, 0, -1, 1_000_000, "x"))
    head = [words.key(), _group(words), _consumer(words)]
    return fixed("XAUTOCLAIM", *head, idle, words.choice((b"0", b"-", _bound(words))), *options)


def _xsetid(words):
    options = []
    if words.chance(0.4):
        options += ["ENTRIESADDED", words.randint(-1, 100)]
    if words.chance(0.4):
        options += ["MAXDELETEDID", _id(words)]
    # Not below an entry that was deleted, which 7.0 allows in an empty stream.
    last = words.choice((b"%d" % words.randint(110, 150), b"%d-5" % words.randint(110, 150), b"x"))
    return fixed("XSETID", words.key(), last, *options)


def _xinfo(words):
    key = words.key()
    kind = words.randint(0, 3)
    if kind == 0:
        return fixed("XINFO", "STREAM", key, how=_info)
    if kind == 1:
        count = words.choice(([], ["COUNT", 3], ["COUNT", 0], ["COUNT", -1], ["COUNT"], ["x", 1]))
        return fixed("XINFO", "STREAM", key, "FULL", *count, how=_full_info)
    if kind == 2:
        return fixed("XINFO", "GROUPS", key)
    return fixed("DEBUG", "DIGEST-VALUE", key)


_MAKERS = (
    *[_xadd] * 10,
    _many,
    *[_range] * 4,
    *[_xread] * 3,
    *[_xgroup] * 7,
    *[_xreadgroup] * 8,
    *[_xpending] * 4,
    *[_xclaim] * 4,
    *[_xautoclaim] * 2,
    *[_xinfo] * 4,
    _xsetid,
    lambda w: fixed("XTRIM", w.key(), *_trim(w)),
    lambda w: fixed("XDEL", w.key(), *_ids(w)),
    lambda w: fixed("XDEL", w.key(), *_ids(w)),
    lambda w: fixed("XACK", w.key(), _group(w), *_ids(w)),
    lambda w: fixed("XACK", w.key(), _group(w), *_ids(w)),
    lambda w: do("XLEN", w.key()),
    lambda w: do("TYPE", w.key()),
    lambda w: fixed("OBJECT", "ENCODING", w.key()),
    lambda w: do("COPY", w.key(), w.key(), "REPLACE"),
    lambda w: do("RENAME", w.key(), w.key()),
    lambda w: do("EXPIRE", w.key(), w.time_to_live(), timed=True),
    lambda w: do("SET", w.key(), w.value(), timed=True) if w.chance(0.2) else do("DEL", w.key()),
)
