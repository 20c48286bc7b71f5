"""Introspection and settings: COMMAND, CONFIG, INFO, MEMORY, DEBUG, SLOWLOG, LATENCY.

A setting that is changed is changed back by the same group of steps.
"""

import compare
from stream import do, fixed

_COMMANDS = (
    b"get set append decr decrby getdel getex getrange getset incr incrby incrbyfloat lcs "
    b"mget mset msetnx psetex setex setnx setrange strlen substr del unlink exists type "
    b"expire pexpire expireat pexpireat ttl pttl expiretime pexpiretime persist rename "
    b"renamenx copy move keys touch dbsize flushall flushdb swapdb select echo "
    b"reset quit time lolwut"
).split()


def steps(words):
    return words.choice(_MAKERS)(words)


def command_row(theirs, ours):
    """COMMAND INFO without tips (7.2 has more) and without order where it means nothing."""
    return (
        theirs[0] == ours[0]
        and len(theirs[1]) == len(ours[1])
        and all(map(_same_row, theirs[1], ours[1]))
    )


def _same_row(theirs, ours):
    if theirs[1] is None or ours[1] is None:
        return theirs == ours
    return len(theirs[1]) == len(ours[1]) and all(
        i == 7 or _unordered_words(a) == _unordered_words(b)
        for i, (a, b) in enumerate(zip(theirs[1], ours[1]))
    )


def _unordered_words(node):
    kind, content = node
    if not isinstance(content, list):
        return node
    children = [_unordered_words(child) for child in content]
    if all(child[0] == b"+" for child in children):
        children.sort()
    return kind, children


def _get_keys(words):
    return fixed(
        "COMMAND",
        words.choice(("GETKEYS", "GETKEYSANDFLAGS")),
        *words.choice(
            (
                ("GET", "a"),
                ("MSET", "a", 1, "b", 2),
                ("MSET", "a", 1, "b"),
                ("COPY", "a", "b"),
                ("LCS", "a", "b", "LEN"),
                ("SET", "a", 1, "GET"),
                ("SET", "a", 1),
                ("GET", "a", "b"),
                ("nosuch", "a"),
                ("DEL", "a", "b", "c"),
                ("RENAME", "a", "b"),
                ("SCAN", 0),
                ("DBSIZE", "x"),
                ("GETEX", "a", "EX", 10),
                ("MSETNX", "a", 1),
                ("OBJECT", "ENCODING", "a"),
                ("EXPIRE", "a", 1),
                ("OBJECT", "nosuch", "a"),
                ("MEMORY", "USAGE", "a"),
                ("PING", "x"),
                ("MGET", "a", "a"),
                ("CONFIG", "GET", "a"),
                ("UNLINK", "x"),
                ("TOUCH", "x", "y"),
                ("MOVE", "x", 1),
                ("SETRANGE", "a", 0),
                ("get", "a"),
                ("SUBSTR", "a", 0, 1),
            )
        )
    )


def _command(words):
    return words.choice(
        (
            fixed("COMMAND", "INFO", *words.sample(_COMMANDS, 3), how=command_row),
            fixed(
                "COMMAND",
                "INFO",
                "nosuch",
                words.choice(_COMMANDS),
                "config|get",
                "config|nosuch",
                how=command_row,
            ),
            fixed(
                "COMMAND",
                "LIST",
                "FILTERBY",
                "PATTERN",
                words.choice(("strl*", "psete?", "MGET", "in[c]r", "[", "get")),
                how=compare.unordered,
            ),
            fixed(
                "COMMAND",
                "LIST",
                "FILTERBY",
                *words.choice(
                    (
                        (),
                        ("FOO", "x"),
                        ("ACLCAT",),
                        ("ACLCAT", "nosuch"),
                        ("MODULE", "nosuch"),
                        ("PATTERN", "a", "b"),
                        ("PATTERN",),
                    )
                )
            ),
            fixed("COMMAND", "LIST", "FOO"),
            fixed("COMMAND", "DOCS", "nosuch"),
            fixed("COMMAND", "COUNT", how=compare.same_kind),
            fixed("COMMAND", "COUNT", "x"),
            fixed("COMMAND", "HELP", how=compare.help_text),
            fixed("COMMAND", "FOO"),
            fixed("COMMAND", "DOCS", words.choice(_COMMANDS), how=compare.same_kind),
        )
    )


_BAD_SETTINGS = (
    ("nosuch", 1),
    ("maxmemory", "x"),
    ("maxmemory", -1),
    ("maxmemory", "1zb"),
    ("maxmemory", ""),
    ("port", 70000),
    ("port", "x"),
    ("databases", 4),
    ("daemonize", "yes"),
    ("timeout", -1),
    ("timeout", 2**31),
    ("hz", "x"),
    ("maxclients", 0),
    ("maxclients", "x"),
    ("loglevel", "loud"),
    ("maxmemory-policy", "nosuch"),
    ("maxmemory-samples", 0),
    ("appendfsync", "maybe"),
    ("activerehashing", "maybe"),
    ("proto-max-bulk-len", 1),
    ("slowlog-max-len", -1),
    ("save", "x"),
    ("save", "1"),
    ("save", "-1 1"),
    ("save", "900 x"),
    ("unixsocket", "/x"),
    ("lfu-log-factor", -1),
    ("lfu-decay-time", -1),
    ("hash-max-listpack-entries", "x"),
    ("tcp-keepalive", -1),
    ("lazyfree-lazy-expire", "2"),
    ("notify-keyspace-events", "!"),
    ("client-output-buffer-limit", "normal 1"),
    ("client-output-buffer-limit", "foo 0 0 0"),
    ("repl-backlog-size", "x"),
    ("logfile", "/x"),
    ("pidfile", "/x"),
    ("bind", "no.such.host.invalid"),
    ("oom-score-adj", "maybe"),
    ("active-expire-effort", 0),
    ("active-expire-effort", 11),
    ("stream-node-max-bytes", "-1"),
    ("maxmemory-clients", "200%"),
    ("enable-debug-command", "yes"),
    ("protected-mode", "perhaps"),
    ("tcp-backlog", 1),
    ("supervised", "no"),
)
#: valid ones, with the value that a server starts with
_SETTINGS = (
    ("maxmemory-policy", "allkeys-lru", "noeviction"),
    ("timeout", "100", "0"),
    ("maxmemory", "1gb", "0"),
    ("maxmemory", "100mb", "0"),
    ("hz", "50", "10"),
    ("slowlog-max-len", "5", "128"),
    ("lazyfree-lazy-user-del", "yes", "no"),
    ("save", "900 1 300 10", ""),
    ("client-output-buffer-limit", "normal 0 0 0 pubsub 1mb 2kb 7", "pubsub 33554432 8388608 60"),
    ("notify-keyspace-events", "KEA", ""),
    ("notify-keyspace-events", "gxE$", ""),
    ("loglevel", "debug", "notice"),
    ("set-max-intset-entries", "5", "512"),
    ("hash-max-ziplist-entries", "7", "128"),
    ("tcp-keepalive", "60", "300"),
    ("active-expire-effort", "2", "1"),
    ("maxmemory-samples", "3", "5"),
    ("hz", "9999", "10"),
    ("slowlog-log-slower-than", "-1", "10000"),
    ("list-max-listpack-size", "-1", "-2"),
    ("zset-max-listpack-value", "1k", "64"),
    ("latency-tracking-info-percentiles", "50 90", "50 99 99.9"),
)


def _config(words):
    if words.chance(0.4):
        return fixed("CONFIG", "SET", *words.choice(_BAD_SETTINGS))
    if words.chance(0.2):
        return fixed(
            "CONFIG",
            *words.choice(
                (
                    ("SET", "maxmemory"),
                    ("SET",),
                    ("GET",),
                    ("FOO",),
                    (),
                    ("RESETSTAT", "x"),
                    ("GET", ""),
                    ("SET", "hz", 10, "hz", 20),
                    ("SET", "hz", 10, "nosuch", 1),
                    ("REWRITE", "x"),
                    ("SET", "hz", 20, "maxmemory", "x"),
                    ("GET", "nosuch"),
                    ("GET", "hz", "nosuch", "hz"),
                )
            )
        )
    name, other, default = words.choice(_SETTINGS)
    return [
        fixed("CONFIG", "SET", name, other),
        fixed("CONFIG", "GET", name),
        fixed("CONFIG", "SET", name.upper(), default),
        fixed("CONFIG", "GET", name),
        fixed("CONFIG", "GET", name.replace("-", "?"), name, how=compare.unordered),
    ]


_MAKERS = (
    _get_keys,
    _get_keys,
    _command,
    _command,
    _config,
    _config,
    _config,
    lambda w: fixed(
        "INFO",
        w.choice(("keyspace", "Keyspace", "nosuch")),
        how=compare.matching(rb"(txt:)?(# Keyspace\r\n.*)?"),
    ),
    lambda w: fixed("TIME", *w.choice(((), (), ("x",))), how=compare.shape),
    lambda w: do("SET", w.key(), w.value(), timed=True),
    lambda w: do("MEMORY", "USAGE", w.key(), how=compare.same_kind, mutable=False),
    lambda w: fixed(
        "MEMORY",
        *w.choice(
            (
                ("USAGE",),
                ("USAGE", "missing"),
                ("FOO",),
                (),
                ("USAGE", "k1", "SAMPLES"),
                ("USAGE", "k1", "SAMPLES", "x"),
                ("USAGE", "k1", "SAMPLES", -1),
                ("PURGE",),
                ("USAGE", "k1", "FOO", 1),
                ("STATS", "x"),
            )
        )
    ),
    lambda w: fixed("MEMORY", "HELP", how=compare.help_text),
    lambda w: fixed("CONFIG", "HELP", how=compare.help_text),
    lambda w: fixed("SLOWLOG", "HELP", how=compare.help_text),
    lambda w: fixed("LATENCY", "HELP", how=compare.help_text),
    lambda w: fixed(
        "SLOWLOG",
        *w.choice(
            (("FOO",), ("GET", "x"), ("GET", -2), ("GET", 1, 2), (), ("RESET",), ("LEN", "x"))
        )
    ),
    lambda w: fixed(
        "LATENCY",
        *w.choice(
            (
                ("LATEST",),
                ("HISTORY", "nosuch"),
                ("HISTORY",),
                ("FOO",),
                ("RESET",),
                ("RESET", "nosuch"),
                ("GRAPH", "nosuch"),
                ("HISTOGRAM", "nosuch"),
                (),
            )
        )
    ),
    lambda w: fixed(
        "DEBUG",
        *w.choice(
            (
                (
                    "PROTOCOL",
                    w.choice(
                        (
                            "string",
                            "integer",
                            "double",
                            "null",
                            "array",
                            "set",
                            "map",
                            "verbatim",
                            "true",
                            "false",
                            "bignum",
                        )
                    ),
                ),
                ("ERROR", "MY custom"),
                ("SLEEP", 0),
                ("FOO",),
                ("SET-ACTIVE-EXPIRE", 1),
                ("SET-ACTIVE-EXPIRE",),
                ("OBJECT",),
                ("OBJECT", "missing"),
                ("DIGEST-VALUE", "missing"),
                ("POPULATE", "x"),
                ("PROTOCOL",),
                ("PROTOCOL", "nosuch"),
            )
        )
    ),
    lambda w: fixed(
        "SHUTDOWN", *w.choice((("FOO",), ("SAVE", "NOSAVE"), ("ABORT", "NOW"), ("ABORT",)))
    ),
    lambda w: fixed("LOLWUT", "VERSION", w.choice(("x", 5, 6)), how=compare.same_kind),
    lambda w: fixed(
        "LOLWUT", *w.choice((("x",), ("VERSION",), ("VERSION", 7, "x"))), how=compare.same_kind
    ),
)
