"""Connections: what they remember, how they fail, and what is no command at all.

CLIENT PAUSE, CLIENT REPLY and everything else that a mutation could turn into a long silence is
written out and never mutated.
"""

import compare
from stream import Step, do, fixed


def steps(words):
    return words.choice(_MAKERS)(words)


def raw(data, replies=1):
    return Step(raw=data, mutable=False, replies=replies)


#: bytes that end a connection, or nearly do
_MALFORMED = (
    b"*-5\r\nPING\r\n",
    b"*0\r\nPING\r\n",
    b"*1\r\n+PING\r\n",
    b"*1\r\n$-1\r\n",
    b"*1\r\n$x\r\n",
    b"*x\r\n",
    b"*\r\n",
    b"*1048577\r\nx\r\n",
    b"*2147483647\r\n!\r\n",
    b"*2147483648\r\n",
    b"*99999999999999999999\r\n",
    b"*1\r\n$536870913\r\n",
    b"*1\r\n$-2\r\n",
    b"*1\r\n:5\r\n",
    b"*1\r\nPING\r\n",
    b"*1\r\n$4 \r\n",
    b"*1\r\n$04\r\nPING\r\n",
    b"*01\r\n$4\r\nPING\r\n",
    b"*+1\r\n$4\r\nPING\r\n",
    b"*1\r\n$1048577\r\n",
    b'ECHO "open\r\n',
    b"ECHO 'open\r\n",
    b'ECHO "a"b\r\n',
    b"x" * 65537,
    b"*1" + b"1" * 65537,
    b"*1\r\n$" + b"1" * 65537,
    b'PING "\r\n',
    b"*1\r\n\r\n",
)
#: inline commands that work
_INLINE = (
    b"PING\r\n",
    b"PING\n",
    b"  PING  hello \r\n",
    b'ECHO "a b"\r\n',
    b"ECHO 'a b'\r\n",
    b'ECHO "\\x41\\n\\t\\r\\a\\b\\"\\\\\\q"\r\n',
    b"ECHO 'it\\'s'\r\n",
    b'ECHO ""\r\n',
    b"ECHO \x01\x02\r\n",
    b"\r\n\r\nPING\r\n",
    b"\nPING\r\n",
    b"SET inline 1\r\n",
    b"GET inline\r\n",
    b"nosuch a 'b c'\r\n",
    b"*0\r\n*1\r\n$4\r\nPING\r\n",
    b'ECHO "\\xZZ\\x4"\r\n',
    b"\tPING\t\r\n",
    b"ECHO\x0b1\r\n",
    b"*-1\r\nPING\r\n",
)


def _hello(words):
    options = words.choice(
        (
            (),
            (2,),
            (3,),
            (1,),
            (4,),
            ("x",),
            (2, "SETNAME", "n1"),
            (3, "SETNAME"),
            (2, "SETNAME", "bad name"),
            (2, "FOO"),
            (2, "AUTH", "default"),
            (2, "AUTH", "nobody", "x"),
            (2**63,),
            (-1,),
            (2, "AUTH", "default", ""),
        )
    )
    return [
        fixed("HELLO", *options, connection=1, how=_hello_reply),
        fixed("GET", "missing", connection=1),
        fixed("CLIENT", "GETNAME", connection=1),
    ]


def _hello_reply(theirs, ours):
    """All but the version, and the id, which depends on who connected before."""
    version_at, id_at = 3, 7

    def known(node):
        return [child for at, child in enumerate(node[1]) if at not in (version_at, id_at)]

    return theirs[0] == ours[0] and known(theirs) == known(ours)


def _silenced(words):
    """CLIENT REPLY; the comparison is that nothing more and nothing less arrives."""
    quiet = [fixed("SET", "quiet", 1, replies=0), fixed("INCR", "quiet", replies=0)]
    if words.chance(0.5):
        return [
            fixed("CLIENT", "REPLY", "OFF", replies=0),
            *quiet,
            fixed("CLIENT", "REPLY", "ON"),
            fixed("GET", "quiet"),
        ]
    return [
        fixed("CLIENT", "REPLY", "SKIP", replies=0),
        fixed("INCR", "quiet", replies=0),
        fixed("GET", "quiet"),
    ]


def _client(words):
    return fixed(
        "CLIENT",
        *words.choice(
            (
                ("SETNAME", "name-%d" % words.randint(1, 9)),
                ("SETNAME", ""),
                ("SETNAME", "with space"),
                ("SETNAME", "new\nline"),
                ("SETNAME",),
                ("SETNAME", "a", "b"),
                ("GETNAME",),
                ("GETNAME", "x"),
                ("KILL",),
                ("KILL", "127.0.0.1:1"),
                ("KILL", "ID", "x"),
                ("KILL", "ID", 0),
                ("KILL", "ID", -1),
                ("KILL", "ID", 2**62),
                ("KILL", "TYPE", "foo"),
                ("KILL", "TYPE", "pubsub"),
                ("KILL", "USER", "nobody"),
                ("KILL", "USER", "default", "ID", 2**62),
                ("KILL", "FOO", "x"),
                ("KILL", "ADDR", "1.2.3.4:5"),
                ("KILL", "LADDR", "1.2.3.4:5"),
                ("KILL", "SKIPME", "maybe"),
                ("KILL", "ID", 2**62, "SKIPME", "no"),
                ("KILL", "ID"),
                ("KILL", "TYPE", "replica"),
                ("LIST", "TYPE", "foo"),
                ("LIST", "ID"),
                ("LIST", "ID", "x"),
                ("LIST", "FOO"),
                ("LIST", "TYPE"),
                ("LIST", "TYPE", "replica"),
                ("LIST", "ID", 2**62),
                ("LIST", "TYPE", "pubsub"),
                ("REPLY", "foo"),
                ("REPLY",),
                ("PAUSE",),
                ("PAUSE", "x"),
                ("PAUSE", -1),
                ("PAUSE", 0),
                ("PAUSE", 0, "WRITE"),
                ("PAUSE", 0, "ALL"),
                ("PAUSE", 0, "foo"),
                ("PAUSE", 2**63),
                ("UNPAUSE",),
                ("UNPAUSE", "x"),
                ("NO-EVICT", "ON"),
                ("NO-EVICT", "OFF"),
                ("NO-EVICT", "x"),
                ("NO-EVICT",),
                ("UNBLOCK",),
                ("UNBLOCK", "x"),
                ("UNBLOCK", 2**62),
                ("UNBLOCK", 1, "foo"),
                ("UNBLOCK", 2**62, "ERROR"),
                ("UNBLOCK", 2**62, "TIMEOUT"),
                ("FOO",),
                (),
                ("ID", "x"),
                ("INFO", "x"),
                ("GETNAME",),
            )
        )
    )


_MAKERS = (
    _hello,
    _silenced,
    _client,
    _client,
    _client,
    _client,
    lambda w: raw(w.choice(_MALFORMED)),
    lambda w: raw(w.choice(_INLINE)),
    lambda w: raw(w.choice(_INLINE)),
    lambda w: do("PING", *w.choice(((), (), (w.value(),), ("a", "b")))),
    lambda w: do("ECHO", w.value()),
    lambda w: do("SELECT", w.choice((0, 1, 15, 16, -1, "x", "", "1.0", 2**31, 2**63, "01"))),
    lambda w: fixed("SELECT", 0),
    lambda w: fixed(
        "AUTH",
        *w.choice(((), ("x",), ("default", "x"), ("nobody", "x"), (1, 2, 3), ("default", "")))
    ),
    lambda w: [
        fixed("CLIENT", "SETNAME", "before"),
        fixed("SELECT", 3),
        fixed("RESET"),
        fixed("CLIENT", "GETNAME"),
        fixed("GET", "missing"),
    ],
    lambda w: fixed("RESET", *w.choice(((), ("x",)))),
    lambda w: [fixed("SET", "q", 1), fixed("QUIT")] if w.chance(0.3) else do("GET", "q"),
    lambda w: fixed("CLIENT", "HELP", how=compare.help_text),
    lambda w: fixed("CLIENT", "ID", how=compare.same_kind),
    lambda w: fixed("nosuchcommand", *[w.value() for _ in range(w.randint(0, 30))]),
    lambda w: fixed(w.value(), *[w.value() for _ in range(w.randint(0, 3))]),
    lambda w: fixed("x" * 200, "y" * 200),
    lambda w: fixed("PING|x"),
    lambda w: fixed("client|id"),
)
