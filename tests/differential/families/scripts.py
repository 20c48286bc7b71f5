"""Generated scripts: a few statements that call commands, look at what these replied, raise and
catch errors, and a value of any kind to reply.

A script has one statement a line, so that errors name the line. What a server may choose freely
(the order of a set, the rest of a time to live) does not get into a reply.
"""

import hashlib

from stream import fixed


def steps(words):
    return words.choice(_MAKERS)(words)


def _lua_text(data):
    """A string of Lua for these bytes."""
    return (
        "'"
        + "".join(f"\\{byte:03d}" if not 97 <= byte <= 122 else chr(byte) for byte in data)
        + "'"
    )


def _literal(words):
    """An argument, which is not always a string."""
    return words.choice(
        (
            lambda: _lua_text(words.value()[:50]),
            lambda: str(words.randint(-5, 5)),
            lambda: words.choice(("1.5", "-0.25", "1e15", "3.0", "1e100", "2^53", "-2^31")),
            lambda: words.choice(("true", "nil", "{}", "function() end"))
            if words.chance(0.2)
            else "'x'",
            lambda: f"ARGV[{words.randint(1, 3)}]",
        )
    )()


def _key(words):
    return words.choice(
        (
            lambda: f"KEYS[{words.randint(1, 2)}]",
            lambda: f"KEYS[{words.randint(1, 2)}]",
            lambda: _lua_text(words.key()),
        )
    )()


#: K: a key, A: an argument, N: a small number
_COMMANDS = (
    """
SET K A|SET K A NX|SET K A XX GET|GET K|GETSET K A|GETDEL K|APPEND K A|STRLEN K|SETRANGE K N A
GETRANGE K N N|INCR K|INCRBY K N|INCRBYFLOAT K A|DECR K|MSET K A K A|MGET K K K|MSETNX K A K A
DEL K K|EXISTS K K|TYPE K|RENAME K K|RENAMENX K K|COPY K K REPLACE|EXPIRE K 100000|PERSIST K
LPUSH K A A|RPUSH K A A A|LRANGE K 0 -1|LPOP K|RPOP K 2|LLEN K|LINDEX K N|LSET K N A|LREM K N A
LMOVE K K LEFT RIGHT|LPOS K A|SADD K A A|SREM K A|SCARD K|SISMEMBER K A|SMISMEMBER K A A
SINTERCARD 2 K K|SUNIONSTORE K K K|HSET K A A A A|HGET K A|HMGET K A A|HDEL K A|HLEN K|HEXISTS K A
HINCRBY K A N|HINCRBYFLOAT K A 1.5|ZADD K N A|ZADD K INCR N A|ZINCRBY K N A|ZSCORE K A|ZMSCORE K A A
ZRANGE K 0 -1 WITHSCORES|ZRANGE K 0 -1|ZPOPMIN K|ZPOPMAX K 2|ZCARD K|ZRANK K A
ZRANGEBYSCORE K -inf +inf|XLEN K|SETBIT K N 1|GETBIT K N|BITCOUNT K|PFADD K A|PFCOUNT K
STRLEN K|SORT K ALPHA|PING|PING A|ECHO A|PUBLISH K A|DBSIZE|LCS K K|EXPIRETIME K
NOSUCH|GET|GET K K|SET K|INCR|SUBSCRIBE K|MULTI|EXEC|WATCH K|EVAL A 0|CLIENT ID|CONFIG GET port
SELECT 0|DEBUG A|RESET|QUIT|HELLO 3|MONITOR|SHUTDOWN NOSAVE|SCRIPT EXISTS A|OBJECT|XADD K
""".replace(
        "\n", "|"
    )
    .strip("|")
    .split("|")
)
READERS = [
    command
    for command in _COMMANDS
    if command.split()[0]
    in ("GET", "STRLEN", "GETRANGE", "MGET", "EXISTS", "TYPE", "LRANGE", "LLEN", "LINDEX", "SCARD")
    + (
        "SISMEMBER",
        "HGET",
        "HMGET",
        "ZSCORE",
        "ZRANGE",
        "ZCARD",
        "GETBIT",
        "BITCOUNT",
        "NOSUCH",
        "SET",
    )
]


def _command(words, commands):
    made = []
    for word in words.choice(commands).split():
        if word == "K":
            made.append(_key(words))
        elif word == "A":
            made.append(_literal(words))
        elif word == "N":
            made.append(str(words.randint(-3, 20)))
        else:
            made.append("'" + (word.lower() if words.chance(0.3) else word) + "'")
    return ", ".join(made)


def _value(words, depth=0):
    """An expression of any kind of value that a script can reply."""
    kinds = (
        lambda: words.choice(("a", "b", "c")),
        lambda: words.choice(("a", "b", "c")),
        lambda: _literal(words),
        lambda: words.choice(("true", "false", "nil", "3.99", "-3.99", "1e300", "0/0")),
        lambda: "{" + ", ".join(_value(words, depth + 1) for _ in range(words.randint(0, 4))) + "}",
        lambda: words.choice(("redis.error_reply(", "redis.status_reply("))
        + _lua_text(words.letters())
        + ")",
        lambda: words.choice(
            ("{err = 'MY text'}", "{err = 'text'}", "{ok = 'fine'}", "{ok = 7}", "{err = 7}")
        ),
        lambda: words.choice(
            ("{double = 3.5}", "{double = 1e100}", "{map = {x = 1}}", "{set = {y = true}}")
        ),
        lambda: words.choice(
            ("{big_number = '123'}", "{verbatim_string = {format = 'txt', string = 'v'}}")
        ),
        lambda: words.choice(
            ("type(a)", "#tostring(b)", "a == b", "a == c", "tonumber(#ARGV)", "#KEYS")
        ),
        lambda: words.choice(("redis.sha1hex('x')", "cjson.encode({1, 'a'})", "a and b")),
        lambda: words.choice(
            ("type(a) == 'table' and (a.err or a.ok or #a)", "select('#', a, b)", "{1, {2, {3}}}")
        ),
    )
    return words.choice(kinds[:-4] if depth > 2 else kinds)()


def _statement(words, commands):
    target = words.choice(("a", "b", "c"))
    command = _command(words, commands)
    return words.choice(
        (
            lambda: f"{target} = redis.call({command})",
            lambda: f"{target} = redis.call({command})",
            lambda: f"{target} = redis.pcall({command})",
            lambda: f"{target} = redis.pcall({command})",
            lambda: f"{target} = redis.pcall({command})",
            lambda: f"{target} = select(2, pcall(redis.call, {command}))",
            lambda: f"{target} = {_value(words)}",
            lambda: f"if type(a) == 'table' then {target} = #a end",
            lambda: f"for i = 1, {words.randint(0, 3)} do {target} = redis.pcall({command}) end",
            lambda: f"redis.setresp({words.choice('23')})",
            lambda: words.choice(
                ("error('x')", "error({err = 'MY own'})", "error()", "assert(a)", "return a", "a()")
            )
            if words.chance(0.15)
            else f"{target} = {{{target}}}",
            lambda: words.choice(("undefined = 1", "a = undefined", "a.b.c = 1", "a = a .. b"))
            if words.chance(0.2)
            else f"{target} = nil",
        )
    )()


def source(words, commands=None):
    lines = [_statement(words, commands or _COMMANDS) for _ in range(words.randint(0, 6))]
    # What ends a block stands at its end.
    lines = [f"do {line} end" if line.startswith("return") else line for line in lines]
    return "\n".join(["local a, b, c", *lines, f"return {_value(words)}"])


def arguments(words):
    keys = [words.key() for _ in range(words.choice((2, 2, 2, 1, 0)))]
    return [len(keys), *keys, *[words.value()[:100] for _ in range(words.randint(0, 3))]]


def _eval(words):
    return fixed("EVAL", source(words), *arguments(words))


def _eval_ro(words):
    return fixed("EVAL_RO", source(words, READERS), *arguments(words))


def _flagged(words):
    flags = words.choice(
        ("", " flags=no-writes", " flags=allow-oom", " flags=no-writes,allow-stale", " flags=x")
    )
    name = words.choice(("EVAL", "EVAL", "EVAL_RO"))
    code = f"#!lua{flags}\n" + source(words, words.choice((READERS, _COMMANDS)))
    return fixed(name, code, *arguments(words))


def _by_sha(words):
    code = source(words)
    sha = hashlib.sha1(code.encode()).hexdigest()
    name = words.choice(("EVALSHA", "EVALSHA", "EVALSHA_RO"))
    made = [fixed("SCRIPT", "LOAD", code)] if words.chance(0.9) else []
    return made + [
        fixed("SCRIPT", "EXISTS", sha, "0" * 40),
        fixed(name, sha.upper() if words.chance(0.2) else sha, *arguments(words)),
    ]


def _in_a_transaction(words):
    inner = [words.choice((_eval, _eval_ro, _flagged))(words) for _ in range(words.randint(1, 3))]
    return [fixed("MULTI"), *inner, fixed("EXEC")]


def _not_quite(words):
    """Names and numbers of keys that are none."""
    name = words.choice(("EVAL", "EVALSHA", "EVAL_RO", "EVALSHA_RO"))
    source = words.choice(("return 1", "return KEYS", "0" * 40, "return ARGV"))
    count = words.choice((words.integer(), b"", b"x", b"1.0", b"0", b"1", b"2"))
    return fixed(name, source, *([count] if words.chance(0.9) else []), *words.keys(3))


_MAKERS = (_eval,) * 8 + (_eval_ro, _flagged, _by_sha, _in_a_transaction, _not_quite)
