"""FUNCTION and FCALL, with generated libraries: a few functions whose bodies are generated scripts,
loaded, called, listed, dumped, restored and deleted; and libraries that are none.

Names are few, so that libraries and functions meet what is there already.
"""

import datasets
from families import scripts
from stream import fixed

LIBRARIES = ("one", "two", "three")
# No two that differ in case alone: in one library they end redis-server 7.0.
FUNCTIONS = ("f", "g", "H", "f_1")
FLAGS = ("no-writes", "allow-oom", "allow-stale", "no-cluster", "allow-cross-slot-keys")


def steps(words):
    return words.choice(_MAKERS)(words)


def _deeply_sorted(node):
    kind, content = node
    if not isinstance(content, list):
        return node
    return kind, sorted(map(_deeply_sorted, content), key=repr)


def _in_any_order(theirs, ours):
    """Libraries, and functions of one, come in the order of a table."""
    return _deeply_sorted(theirs) == _deeply_sorted(ours)


def _registration(words):
    name = words.choice(FUNCTIONS)
    if words.chance(0.03):
        name = words.choice(("", "with-dash", "with space", "ü"))
    flags = words.sample(FLAGS, words.choice((0, 0, 1, 2)))
    commands = scripts.READERS if "no-writes" in flags or words.chance(0.2) else None
    callback = f"function(KEYS, ARGV)\n{scripts.source(words, commands)}\nend"
    if not flags and words.chance(0.6):
        return f"redis.register_function('{name}', {callback})"
    fields = [f"function_name = '{name}'", f"callback = {callback}"]
    fields += [f"flags = {{{', '.join(map(repr, flags))}}}"] * bool(flags)
    fields += [f"description = '{words.letters().decode()}'"] * words.chance(0.3)
    return f"redis.register_function{{{', '.join(fields)}}}"


# Not with named arguments: what is wrong with these can end redis-server 7.0.
_ODD_LINES = (
    "redis.register_function('f')",
    "redis.register_function()",
    "redis.register_function('f', 'g')",
    "redis.register_function(f, function() end)",
    "redis.register_function('f', function() end, 1)",
    "redis.register_function({}, function() end)",
    "redis.call('PING')",
    "redis.setresp(3)",
    "error('x')",
    "local a = undefined",
    "a = 1",
    "local function",
    "return 1",
    "math.random()",
)


def library(words):
    """Its text."""
    head = f"#!lua name={words.choice(LIBRARIES)}"
    if words.chance(0.06):
        head = words.choice(
            (
                "#!lua",
                "#!lua name=",
                "#!lua name=one name=two",
                "#!lua name=o-ne",
                "#!lua nom=one",
                "#!LUA name=one",
                "#!js name=one",
                "#! name=one",
                "lua name=one",
                "",
            )
        )
    lines = [_registration(words) for _ in range(words.choice((1, 1, 2, 3, 0)))]
    if words.chance(0.12):
        lines.insert(words.randint(0, len(lines)), words.choice(_ODD_LINES))
    return "\n".join([head, *lines])


def _load(words):
    return fixed("FUNCTION", "LOAD", *["REPLACE"] * words.chance(0.7), library(words))


def _call(words):
    name = words.choice(("FCALL", "FCALL", "FCALL_RO"))
    return fixed(name, words.case(words.choice(FUNCTIONS).encode()), *scripts.arguments(words))


def _not_quite_a_call(words):
    name = words.choice(("FCALL", "FCALL_RO"))
    count = words.choice((words.integer(), b"", b"x", b"-1", b"9", b"2"))
    function = words.choice((*FUNCTIONS, "nothing", ""))
    return fixed(name, function, *([count] if words.chance(0.9) else []), *words.keys(3))


def _list(words):
    pattern = words.choice(("*", "o*", "t??*", "one", "none", "[ot]*"))
    options = [["LIBRARYNAME", pattern]] * words.chance(0.5) + [["WITHCODE"]] * words.chance(0.5)
    if words.chance(0.1):
        options.append(words.choice((["X"], ["LIBRARYNAME"], ["WITHCODE"])))
    return fixed("FUNCTION", "LIST", *sum(options, []), how=_in_any_order)


def _delete(words):
    return fixed("FUNCTION", "DELETE", words.choice((*LIBRARIES, "none")))


def _flush(words):
    return fixed("FUNCTION", "FLUSH", *words.choice(((), ("SYNC",), ("ASYNC",), ("X",))))


def _dump(words):
    return fixed("FUNCTION", "DUMP", how=lambda theirs, ours: theirs[0] == ours[0])


def _length(size):
    """How RDB writes it."""
    return (
        bytes([0x40 | size >> 8, size & 255])
        if size < 1 << 14
        else b"\x80" + size.to_bytes(4, "big")
    )


def _restore(words):
    libraries = [library(words).encode() for _ in range(words.choice((0, 1, 1, 1)))]
    data = datasets.payload(b"".join(b"\xf5" + _length(len(each)) + each for each in libraries))
    if words.chance(0.1):
        at = words.randrange(len(data))
        data = data[:at] + bytes([data[at] ^ 1 << words.randrange(8)]) + data[at + 1 :]
    policy = words.choice(((), ("APPEND",), ("REPLACE",), ("FLUSH",), ("X",)))
    return fixed("FUNCTION", "RESTORE", data, *policy)


def _in_a_transaction(words):
    inner = [words.choice((_call, _call, _load, _delete))(words) for _ in range(3)]
    return [fixed("MULTI"), *inner, fixed("EXEC")]


_MAKERS = (
    (_load,) * 8
    + (_call,) * 24
    + (_list,) * 3
    + (_not_quite_a_call, _delete, _flush, _dump, _restore, _restore, _in_a_transaction)
)
