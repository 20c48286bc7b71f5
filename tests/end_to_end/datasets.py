"""A data set with a key of every type in every encoding, as requests: for tests in which values
travel from one server to another. Nothing in it is left to chance."""

import random

import resp

WORDS = "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor".split()


def text(rng, size):
    return " ".join(rng.choice(WORDS) for _ in range(size // 4 + 1))[:size]


def noise(rng, size):
    return bytes(rng.randrange(256) for _ in range(size))


def strings(rng):
    for value in (
        0,
        1,
        -1,
        127,
        128,
        -128,
        -129,
        32767,
        32768,
        2**31 - 1,
        2**31,
        -(2**31) - 1,
    ):
        yield "SET", f"string:integer:{value}", value
    yield "SET", "string:integer:highest", 2**63 - 1
    yield "SET", "string:integer:lowest", -(2**63)
    yield "SET", "string:no integer", "007"
    yield "SET", "string:empty", ""
    for size in (1, 20, 21, 44, 45, 63, 64, 1024, 1025, 16383, 16384, 100_000):
        yield "SET", f"string:text:{size}", text(rng, size)
        yield "SET", f"string:noise:{size}", noise(rng, size)
    yield "SETBIT", "string:raw", 100, 1
    yield "PFADD", "string:sparse", "a", "b", "c"
    yield "PFADD", "string:dense", *range(3000)


def lists(rng):
    yield "RPUSH", "list:one", "element"
    yield "RPUSH", "list:integers", *range(-100, 100), 4095, 4096, -4096, -4097, 2**23, 2**40
    yield "RPUSH", "list:mixed", "", "a" * 63, "a" * 64, "a" * 4095, noise(rng, 70), 2**63 - 1
    yield "RPUSH", "list:nodes", *(text(rng, rng.randrange(200)) for _ in range(500))
    yield "RPUSH", "list:plain", "first", "x" * 9000, noise(rng, 70_000), "last"
    yield "LPUSH", "list:from the left", *range(2000)


def sets(rng):
    yield "SADD", "set:integers:2", 1, -1, 32767, -32768
    yield "SADD", "set:integers:4", 1, -1, 2**31 - 1
    yield "SADD", "set:integers:8", 1, -1, 2**63 - 1, -(2**63)
    yield "SADD", "set:small", "a", "b", "", "1"
    yield "SADD", "set:many integers", *range(1000)
    yield "SADD", "set:large", *(f"member:{n}" for n in range(1000)), noise(rng, 100)


def sorted_sets(rng):
    yield "ZADD", "zset:small", 1, "a", -1, "b", 0.5, "c", "inf", "d", "-inf", "e", 1e300, "f"
    yield "ZADD", "zset:precise", 3.141592653589793, "pi", 0.1, "tenth", 2**53, "whole", 1, "1"
    yield "ZADD", "zset:long member", 1, "x" * 100
    pairs = ((rng.uniform(-1e6, 1e6), f"member:{n}") for n in range(1000))
    yield "ZADD", "zset:large", *(word for pair in pairs for word in pair)


def hashes(rng):
    yield "HSET", "hash:small", "field", "value", "number", 17, "empty", "", "", "unnamed"
    yield "HSET", "hash:long value", "field", text(rng, 1000)
    pairs = ((f"field:{n}", rng.choice((n, text(rng, 30)))) for n in range(1000))
    yield "HSET", "hash:large", *(word for pair in pairs for word in pair)


def streams(rng):
    yield "XADD", "stream:one", "1-1", "field", "value"
    for n in range(1, 251):
        yield "XADD", "stream:many", f"{1_600_000_000_000 + n * 7}-{n % 3}", "a", n, "b", text(
            rng, 20
        )
    for n in range(1, 30):
        fields = [word for i in range(n % 4 + 1) for word in (f"f{i}", n * i - 50)]
        yield "XADD", "stream:fields", f"{n // 5 + 1}-{n}", *fields
    yield "XDEL", "stream:many", "1600000000014-2", f"{1_600_000_000_000 + 100 * 7}-1"
    yield "XADD", "stream:empty", "5-5", "a", "b"
    yield "XDEL", "stream:empty", "5-5"
    yield "XADD", "stream:trimmed", "1-1", "a", "b"
    yield "XADD", "stream:trimmed", "MAXLEN", 1, "1-2", "a", "b"
    yield "XGROUP", "CREATE", "stream:many", "group", 0
    yield "XGROUP", "CREATE", "stream:many", "late", "$"
    yield "XGROUP", "CREATE", "stream:many", "idle", 0, "ENTRIESREAD", 3
    yield "XREADGROUP", "GROUP", "group", "alice", "COUNT", 20, "STREAMS", "stream:many", ">"
    yield "XREADGROUP", "GROUP", "group", "bob", "COUNT", 10, "STREAMS", "stream:many", ">"
    yield "XACK", "stream:many", "group", "1600000000007-1", "1600000000021-0"
    yield "XGROUP", "CREATECONSUMER", "stream:many", "group", "carol"
    yield "XGROUP", "CREATE", "stream:made", "group", "$", "MKSTREAM"


def every_type(seed=1):
    rng = random.Random(seed)
    for family in (strings, lists, sets, sorted_sets, hashes, streams):
        yield from family(rng)


def fill(connection, seed=1):
    """Returns the keys."""
    for request in every_type(seed):
        reply = connection.call(*request)
        assert not isinstance(reply, resp.Error), (request, reply)
    return sorted(connection.call("KEYS", "*"))


_READERS = {
    b"string": lambda call, key: call("GET", key),
    b"list": lambda call, key: call("LRANGE", key, 0, -1),
    b"set": lambda call, key: sorted(call("SMEMBERS", key)),
    b"zset": lambda call, key: _ranked(call("ZRANGE", key, 0, -1, "WITHSCORES")),
    b"hash": lambda call, key: sorted(_pairs(call("HGETALL", key))),
    b"stream": lambda call, key: _stream(call, key),
}


def _pairs(flat):
    return list(zip(flat[::2], flat[1::2]))


def _ranked(flat):
    """Older servers print other digits of the same scores."""
    return [(member, float(score)) for member, score in _pairs(flat)]


def _stream(call, key):
    """Everything that travels of a stream: not its shape in memory, nor how long ago it was."""
    full = dict(_pairs(call("XINFO", "STREAM", key, "FULL", "COUNT", 0)))
    for shape in (b"radix-tree-keys", b"radix-tree-nodes"):
        full.pop(shape)
    groups = []
    for group in (dict(_pairs(one)) for one in full.pop(b"groups")):
        for one in group[b"consumers"]:
            consumer = dict(_pairs(one))
            consumer.pop(b"active-time", None)
            group[consumer.pop(b"name")] = consumer
        group.pop(b"consumers")
        groups.append(group)
    return full, groups


def content(connection, key):
    """(type, everything in it), in a form that is the same wherever the same value lies."""
    kind = connection.call("TYPE", key).encode()
    return kind, _READERS[kind](connection.call, key)


def crc64(data):
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x95AC9329AC4BC9B5 if crc & 1 else 0)
    return crc


def payload(content, version=10):
    """What RESTORE takes: the content, the version of its format, the checksum."""
    data = content + version.to_bytes(2, "little")
    return data + crc64(data).to_bytes(8, "little")
