"""Scripts: EVALSHA of four, from nothing to a loop of a thousand requests.

The server has one core. Prepared bytes go to several connections, and it is known how many bytes
come back.
"""

import dataclasses
import hashlib

import measure
import resp

KEYS = 10_000

GET_AND_SET = """
redis.call('SET', KEYS[1], ARGV[1])
return redis.call('GET', KEYS[1])
"""

# Never empty, so that every reply is the same: what is measured is the work.
TOKEN_BUCKET = """
local key = KEYS[1]
local rate = tonumber(ARGV[1])
local capacity = tonumber(ARGV[2])
local now = tonumber(ARGV[3])
local wanted = tonumber(ARGV[4])
local bucket = redis.call('HMGET', key, 'tokens', 'time')
local tokens = tonumber(bucket[1])
local last = tonumber(bucket[2])
if tokens == nil then
  tokens = capacity
  last = now
end
local passed = math.max(0, now - last)
tokens = math.min(capacity, tokens + passed * rate)
local allowed = tokens >= wanted
if allowed then
  tokens = tokens - wanted
end
redis.call('HSET', key, 'tokens', tokens, 'time', now)
redis.call('EXPIRE', key, math.ceil(capacity / rate) * 2)
return allowed and 1 or 0
"""

LOOP = """
for i = 1, 1000 do
  redis.call('INCR', KEYS[1])
end
return 1
"""


@dataclasses.dataclass
class Kind:
    title: str
    source: str
    arguments: tuple
    reply: bytes
    runs: int

    def request(self, number):
        name = hashlib.sha1(self.source.encode()).hexdigest()
        return resp.encode("EVALSHA", name, 1, f"key:{number % KEYS:06d}", *self.arguments)


KINDS = (
    Kind("return 1", "return 1", (), b":1\r\n", 400_000),
    Kind("SET and GET", GET_AND_SET, ("value",), b"$5\r\nvalue\r\n", 200_000),
    Kind("a token bucket", TOKEN_BUCKET, (10, 1_000_000, 1, 1), b":1\r\n", 100_000),
    Kind("1,000 × INCR", LOOP, (), b":1\r\n", 1_600),
)


def experiments():
    return [_row(kind) for kind in KINDS]


def _row(kind):
    def prepare(client):
        client.call("SCRIPT", "LOAD", kind.source)
        client.call("FLUSHALL")

    def write(number):
        numbers = (number * 7919 + i * 31 for i in range(measure.PER_WRITE))
        return b"".join(kind.request(one) for one in numbers)

    return measure.prepared_load(
        f"EVALSHA of {kind.title}, 1 core, pipelined",
        "script",
        kind.runs,
        write,
        len(kind.reply),
        rate_min=1.2,
        prepare=prepare,
    )
