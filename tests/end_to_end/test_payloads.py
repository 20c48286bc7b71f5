"""DUMP and RESTORE: values that leave a server and arrive at another one, and payloads that are
none."""

import math
import random
import time
import unittest

import datasets
import resp
import server
from suite import OK, ServerTest, Waiting, error, oracle_binary, thespis_only
from test_functions import payload

BAD_CHECKSUM = error("ERR DUMP payload version or checksum are wrong")
BAD_FORMAT = error("ERR Bad data format")
SYNTAX = error("ERR syntax error")
RAW = (b"string:raw", b"string:sparse")  # strings changed in place are "raw" until they travel
NOT_AN_INTEGER = error("ERR value is not an integer or out of range")


def text(data):
    assert len(data) < 64
    return bytes([len(data)]) + data


def listpack(*elements):
    """Of short texts."""
    body = b"".join(bytes([0x80 | len(e)]) + e + bytes([len(e) + 1]) for e in elements)
    return (
        (len(body) + 7).to_bytes(4, "little") + len(elements).to_bytes(2, "little") + body + b"\xff"
    )


def ziplist(*elements):
    """Of short texts."""
    body, before = b"", 0
    last = 10
    for element in elements:
        last = 10 + len(body)
        entry = bytes([before, len(element)]) + element
        before = len(entry)
        body += entry
    head = (len(body) + 11).to_bytes(4, "little") + last.to_bytes(4, "little")
    return head + len(elements).to_bytes(2, "little") + body + b"\xff"


class Payloads(ServerTest):
    def setUp(self):
        super().setUp()
        self.control = self.connect()

    def call(self, *words):
        return self.control.call(*words)

    def assert_restores(self, content, kind, expected, version=10):
        self.call("DEL", "key")
        self.assertEqual(self.call("RESTORE", "key", 0, payload(content, version)), OK)
        self.assertEqual(datasets.content(self.control, "key"), (kind, expected))


class Restoring(Payloads):
    OPTIONS = {"partitions": 1, "enable-debug-command": "yes"}

    def test_what_was_dumped_is_restored(self):
        for key in datasets.fill(self.control):
            with self.subTest(key=key):
                before = datasets.content(self.control, key)
                encoding = self.call("OBJECT", "ENCODING", key)
                dumped = self.call("DUMP", key)
                self.assertEqual(self.call("RESTORE", "{copy}", 0, dumped, "REPLACE"), OK)
                self.assertEqual(datasets.content(self.control, "{copy}"), before)
                if key not in RAW:
                    self.assertEqual(self.call("OBJECT", "ENCODING", "{copy}"), encoding)
        self.assertIsNone(self.call("DUMP", "missing"))

    def test_options(self):
        self.call("SET", "key", "value")
        dumped = self.call("DUMP", "key")
        restore = lambda *words: self.call("RESTORE", "key", *words)
        self.assertEqual(restore(0, dumped), error("BUSYKEY Target key name already exists."))
        self.assertEqual(restore("x", dumped), error("BUSYKEY Target key name already exists."))
        self.assertEqual(restore("x", dumped, "REPLACE"), NOT_AN_INTEGER)
        negative = error("ERR Invalid TTL value, must be >= 0")
        self.assertEqual(restore(-1, dumped, "replace"), negative)
        self.assertEqual(restore(0, dumped, "REPLACE", "IDLETIME"), SYNTAX)
        self.assertEqual(restore(0, dumped, "IDLETIME", 1, "FREQ", 1), SYNTAX)
        self.assertEqual(restore(0, dumped, "FREQ", 1, "IDLETIME", 1), SYNTAX)
        self.assertEqual(restore(0, dumped, "WHATEVER"), SYNTAX)
        self.assertEqual(restore(0, dumped, "IDLETIME", "x"), NOT_AN_INTEGER)
        idle = error("ERR Invalid IDLETIME value, must be >= 0")
        self.assertEqual(restore(0, dumped, "IDLETIME", -1), idle)
        frequency = error("ERR Invalid FREQ value, must be >= 0 and <= 255")
        self.assertEqual(restore(0, dumped, "FREQ", -1), frequency)
        self.assertEqual(restore(0, dumped, "FREQ", 256), frequency)
        self.assertEqual(self.call("GET", "key"), b"value")
        self.assertEqual(restore(0, dumped, "REPLACE", "IDLETIME", 1000), OK)
        self.assertIn(self.call("OBJECT", "IDLETIME", "key"), (1000, 1001))
        self.assertEqual(self.call("TTL", "key"), -1)

    def test_times_to_live(self):
        self.call("SET", "key", "value")
        dumped = self.call("DUMP", "key")
        self.call("EXPIRE", "key", 100)
        self.assertEqual(self.call("DUMP", "key"), dumped)
        self.assertEqual(self.call("RESTORE", "key", 5000, dumped, "REPLACE"), OK)
        self.assertLessEqual(self.call("PTTL", "key"), 5000)
        self.assertGreater(self.call("PTTL", "key"), 4000)
        at = int(time.time() * 1000) + 50_000
        self.assertEqual(self.call("RESTORE", "key", at, dumped, "REPLACE", "ABSTTL"), OK)
        self.assertEqual(self.call("PEXPIRETIME", "key"), at)
        self.assertEqual(self.call("RESTORE", "key", 0, dumped, "REPLACE", "ABSTTL"), OK)
        self.assertEqual(self.call("PTTL", "key"), -1)
        self.assertEqual(self.call("RESTORE", "key", 1, dumped, "REPLACE", "ABSTTL"), OK)
        self.assertEqual(self.call("EXISTS", "key"), 0)
        self.assertEqual(self.call("RESTORE", "key", 1, dumped, "ABSTTL"), OK)
        self.assertEqual(self.call("EXISTS", "key"), 0)

    def test_frequencies(self):
        self.call("CONFIG", "SET", "maxmemory-policy", "allkeys-lfu")
        self.addCleanup(self.call, "CONFIG", "SET", "maxmemory-policy", "noeviction")
        self.call("SET", "key", "value")
        dumped = self.call("DUMP", "key")
        self.assertEqual(self.call("RESTORE", "key", 0, dumped, "REPLACE", "FREQ", 200), OK)
        self.assertEqual(self.call("OBJECT", "FREQ", "key"), 200)

    def test_older_forms_are_read(self):
        strings = text(b"a") + text(b"1") + text(b"b") + text(b"22")
        pairs = [(b"a", b"1"), (b"b", b"22")]
        self.assert_restores(b"\1\4" + strings, b"list", [b"a", b"1", b"b", b"22"])
        zipped = ziplist(b"a", b"1", b"b", b"22")
        self.assert_restores(b"\x0a" + text(zipped), b"list", [b"a", b"1", b"b", b"22"])
        self.assert_restores(b"\x0e\1" + text(zipped), b"list", [b"a", b"1", b"b", b"22"])
        self.assert_restores(b"\x0d" + text(zipped), b"hash", pairs)
        self.assert_restores(b"\x0c" + text(zipped), b"zset", [(b"a", 1.0), (b"b", 22.0)])
        zipmap = b"\2\1a\1\0" + b"1\1b\2\3" + b"22..." + b"\xff"
        self.assert_restores(b"\x09" + text(zipmap), b"hash", pairs)
        self.assert_restores(b"\4\2" + strings, b"hash", pairs)
        self.assert_restores(b"\2\4" + strings, b"set", [b"1", b"22", b"a", b"b"])
        scores = text(b"a") + b"\xfe" + text(b"b") + b"\xff" + text(b"c") + text(b"1.5")
        ranked = [(b"b", -math.inf), (b"c", 1.5), (b"a", math.inf)]
        self.assert_restores(b"\3\3" + scores, b"zset", ranked)

    def test_payloads_that_are_none(self):
        self.call("SET", "key", "value")
        good = self.call("DUMP", "key")
        self.call("DEL", "key")
        for bad in (b"", b"x", good[:-1], good[2:], good + b"\0", payload(b"\0\1x", version=13)):
            self.assertEqual(self.call("RESTORE", "key", 0, bad), BAD_CHECKSUM)
        for n in range(len(good)):
            flipped = bytearray(good)
            flipped[n] ^= 1 << n % 8
            self.assertEqual(self.call("RESTORE", "key", 0, bytes(flipped)), BAD_CHECKSUM)
        self.assertEqual(self.call("EXISTS", "key"), 0)


class Unchecked(Payloads):
    OPTIONS = {"enable-debug-command": "yes"}

    def test_checksums_can_be_skipped(self):
        skip = lambda on: self.assertEqual(
            self.call("DEBUG", "SET-SKIP-CHECKSUM-VALIDATION", on), OK
        )
        wrong = b"\0\1x\x0a\0" + b"12345678"
        self.assertEqual(self.call("RESTORE", "key", 0, wrong), BAD_CHECKSUM)
        skip(1)
        self.addCleanup(skip, 0)
        self.assertEqual(self.call("RESTORE", "key", 0, wrong), OK)
        self.assertEqual(self.call("GET", "key"), b"x")
        self.assertEqual(self.call("FUNCTION", "RESTORE", b"\x0a\0" + b"12345678"), OK)
        self.assertEqual(self.call("RESTORE", "other", 0, b"\0\1x\x63\0" + b"1" * 8), BAD_CHECKSUM)
        skip(0)
        self.assertEqual(self.call("RESTORE", "key", 0, wrong, "REPLACE"), BAD_CHECKSUM)


@unittest.skipUnless(oracle_binary(), "no redis-server is installed")
class UncheckedByRedis(Unchecked):
    OPTIONS = {"binary": oracle_binary(), "enable-debug-command": "yes"}


class RestoringInPartitions(Restoring):
    OPTIONS = {"partitions": 4, "enable-debug-command": "yes"}


@thespis_only("redis-server checks payloads only if it is told to")
class Damage(Payloads):
    OPTIONS = {"enable-debug-command": "yes"}

    def test_what_is_no_value_is_refused(self):
        packed = listpack(b"a", b"1", b"a", b"2")
        for content in (
            b"",
            b"\x08",
            b"\x06\0",
            b"\x07\0",
            b"\xff",
            b"\1\0",
            b"\2\0",
            b"\2\2\1a\1a",
            b"\4\2\1a\1x\1a\1y",
            b"\5\1\1a" + b"\0" * 6 + b"\xf8\x7f",
            b"\3\1\1a\xfd",
            b"\3\1\1a\2xy",
            b"\x10" + text(packed),
            b"\x11" + text(packed),
            b"\x10" + text(listpack(b"a", b"1", b"b")),
            b"\x10" + text(listpack()),
            b"\x10" + text(packed[:-1]),
            b"\x11" + text(listpack(b"a", b"one")),
            b"\x12\1\3" + text(listpack(b"a")),
            b"\x12\0",
            b"\x0b" + text(b"\2\0\0\0\2\0\0\0" + b"\2\0\1\0"),
            b"\x0b" + text(b"\3\0\0\0\1\0\0\0" + b"\2\0\1"),
            b"\x0b" + text(b"\2\0\0\0\0\0\0\0"),
            b"\2\x81" + b"\xff" * 8,
            b"\x0f\0\0\0",
            b"\x0f\0\1\0\0\0",
        ):
            with self.subTest(content=content):
                self.assertEqual(self.call("RESTORE", "key", 0, payload(content)), BAD_FORMAT)
        self.assertEqual(self.call("EXISTS", "key"), 0)

    def test_damage_behind_a_right_checksum_is_survived(self):
        """Whatever it says, the answer is OK or an error, and what there is can be read."""
        rng = random.Random(5)
        for key in datasets.fill(self.control):
            content = self.call("DUMP", key)[:-10]
            if len(content) > 5000:
                continue
            for _ in range(60):
                damaged = bytearray(content)
                for _ in range(rng.choice((1, 1, 2, 5))):
                    damaged[rng.randrange(len(damaged))] = rng.randrange(256)
                if rng.random() < 0.2:
                    del damaged[rng.randrange(len(damaged)) :]
                reply = self.call("RESTORE", "{copy}", 0, payload(bytes(damaged)), "REPLACE")
                self.assertIn(reply, (OK, BAD_FORMAT))
                if reply == OK:
                    self.assertIsInstance(self.call("DUMP", "{copy}"), bytes)
                    self.call("DEBUG", "DIGEST-VALUE", "{copy}")


@thespis_only("redis-server 7.0 does not know these forms")
class NewerForms(Payloads):
    def test_sets_and_streams_of_7_2(self):
        self.assert_restores(b"\x14" + text(listpack(b"a", b"b")), b"set", [b"a", b"b"], 11)
        self.assertEqual(self.call("OBJECT", "ENCODING", "key"), b"listpack")

    def test_fields_that_expire(self):
        at = int(time.time() * 1000) + 100_000
        lowest = at.to_bytes(8, "little")
        fields = b"\1" + text(b"a") + text(b"x") + b"\0" + text(b"b") + text(b"y")
        fields += b"\x0b" + text(b"c") + text(b"z")
        for content in (
            b"\x18" + lowest + b"\3" + fields,
            b"\x19"
            + lowest
            + text(self.triples((b"a", b"x", at), (b"c", b"z", at + 10), (b"b", b"y", 0))),
            b"\x17" + text(self.triples((b"b", b"y", 0), (b"a", b"x", at), (b"c", b"z", at + 10))),
            b"\x16\3" + self.absolute((b"a", b"x", at), (b"b", b"y", 0), (b"c", b"z", at + 10)),
        ):
            self.assert_restores(content, b"hash", [(b"a", b"x"), (b"b", b"y"), (b"c", b"z")], 12)
            times = self.call("HPEXPIRETIME", "key", "FIELDS", 3, "a", "b", "c")
            self.assertEqual(times, [at, -1, at + 10])
        dumped = self.call("DUMP", "key")
        self.assertEqual(dumped[-10:-8], b"\x0c\0")
        self.assertEqual(self.call("RESTORE", "key", 0, dumped, "REPLACE"), OK)
        times = self.call("HPEXPIRETIME", "key", "FIELDS", 3, "a", "b", "c")
        self.assertEqual(times, [at, -1, at + 10])
        self.assertEqual(self.call("HPERSIST", "key", "FIELDS", 2, "a", "c"), [1, 1])
        self.assertEqual(self.call("DUMP", "key")[-10:-8], b"\x0a\0")

    def test_a_field_of_the_past_is_gone(self):
        content = b"\x18" + (1).to_bytes(8, "little") + b"\2\1\1a\1x\0\1b\1y"
        self.assertEqual(self.call("RESTORE", "key", 0, payload(content, 12)), OK)
        self.assertEqual(self.call("HGETALL", "key"), [b"b", b"y"])
        self.assertTrue(resp.wait_until(lambda: self.call("HLEN", "key") == 1))

    def triples(self, *fields):
        """A listpack whose third elements are integers of eight bytes."""
        body, count = b"", 0
        for field, value, at in fields:
            for element in (field, value):
                body += bytes([0x80 | len(element)]) + element + bytes([len(element) + 1])
            body += b"\xf4" + at.to_bytes(8, "little") + b"\x09"
            count += 3
        size = len(body) + 7
        return size.to_bytes(4, "little") + count.to_bytes(2, "little") + body + b"\xff"

    def absolute(self, *fields):
        content = b""
        for field, value, at in fields:
            content += b"\x81" + at.to_bytes(8, "big") + text(field) + text(value)
        return content

    def test_entries_that_nobody_owns(self):
        self.call("XADD", "key", "1-1", "a", "b")
        self.call("XADD", "key", "1-2", "a", "b")
        self.call("XGROUP", "CREATE", "key", "group", 0)
        self.call("XREADGROUP", "GROUP", "group", "alice", "STREAMS", "key", ">")
        self.assertEqual(self.call("XNACK", "key", "group", "SILENT", "IDS", 1, "1-2"), 1)
        before = datasets.content(self.control, "key")
        dumped = self.call("DUMP", "key")
        self.assertEqual(self.call("RESTORE", "key", 0, dumped, "REPLACE"), OK)
        self.assertEqual(datasets.content(self.control, "key"), before)


class WhatFollows(Waiting, ServerTest):
    """A restored value wakes those who wait for it, breaks the watch of those who watch it."""

    def test_waiters_are_woken(self):
        self.call("RPUSH", "list", "a", "b")
        self.call("ZADD", "zset", 1, "a")
        self.call("XADD", "stream", "1-1", "a", "b")
        dumped = {name: self.call("DUMP", name) for name in ("list", "zset", "stream")}
        self.call("DEL", "list", "zset", "stream")
        first = self.waits("BLPOP", "list", 0)
        second = self.waits("BLMOVE", "list", "other", "LEFT", "RIGHT", 0)
        ranked = self.waits("BZPOPMIN", "list", "zset", 0)
        reader = self.waits("XREAD", "BLOCK", 0, "STREAMS", "stream", "0")
        self.assertEqual(self.call("RESTORE", "list", 0, dumped["list"]), OK)
        self.assert_answers((first, [b"list", b"a"]), (second, b"b"))
        self.assertEqual(self.call("RESTORE", "zset", 0, dumped["zset"]), OK)
        self.assert_answers((ranked, [b"zset", b"a", b"1"]))
        self.assertEqual(self.call("RESTORE", "stream", 0, dumped["stream"]), OK)
        self.assert_answers((reader, [[b"stream", [[b"1-1", [b"a", b"b"]]]]]))
        self.assertEqual(self.call("EXISTS", "list", "zset"), 0)

    def test_watchers_are_told(self):
        self.call("SET", "key", "1")
        dumped = self.call("DUMP", "key")
        watcher = self.connect()
        for words in (
            ("RESTORE", "key", 0, dumped, "REPLACE"),
            ("RESTORE", "key", 1, dumped, "REPLACE", "ABSTTL"),
        ):
            watcher.call("WATCH", "key")
            self.assertEqual(self.call(*words), OK)
            watcher.call("MULTI")
            watcher.call("PING")
            self.assertIsNone(watcher.call("EXEC"))
            self.call("SET", "key", "1")

    def test_events(self):
        self.call("SET", "key", "1")
        dumped = self.call("DUMP", "key")
        self.call("DEL", "key")
        self.call("CONFIG", "SET", "notify-keyspace-events", "KEA")
        self.call("CONFIG", "SET", "notify-keyspace-events", "EAn")
        self.addCleanup(self.call, "CONFIG", "SET", "notify-keyspace-events", "")
        listener = self.connect()
        listener.call("PSUBSCRIBE", "__keyevent@0__:*")
        self.call("RESTORE", "key", 0, dumped)
        self.call("RESTORE", "key", 100_000, dumped, "REPLACE")
        self.call("RESTORE", "key", 1, dumped, "REPLACE", "ABSTTL")
        self.call("RESTORE", "key", 1, dumped, "REPLACE", "ABSTTL")
        self.call("SET", "end", "1")
        seen = []
        while not seen or seen[-1] != b"set":
            seen.append(listener.read()[2].rsplit(b":", 1)[-1])
        self.assertEqual(
            [event for event in seen if event != b"new"], [b"restore", b"restore", b"del", b"set"]
        )


@unittest.skipUnless(oracle_binary(), "no redis-server is installed")
class BetweenServers(Payloads):
    """Values travel to redis-server and from it, and are the same there."""

    OPTIONS = {"enable-debug-command": "yes"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = server.Server(binary=oracle_binary(), **{"enable-debug-command": "yes"})

    @classmethod
    def tearDownClass(cls):
        cls.other.stop()
        super().tearDownClass()

    def setUp(self):
        super().setUp()
        self.redis = self.other.connect()
        self.addCleanup(self.redis.close)
        self.redis.call("FLUSHALL")

    def assert_travels(self, source, target):
        for key in datasets.fill(source):
            with self.subTest(key=key):
                dumped = source.call("DUMP", key)
                self.assertEqual(target.call("RESTORE", key, 0, dumped), OK)
                self.assertEqual(datasets.content(target, key), datasets.content(source, key))
                self.assertEqual(
                    target.call("DEBUG", "DIGEST-VALUE", key),
                    source.call("DEBUG", "DIGEST-VALUE", key),
                )
                if key not in RAW and key != b"set:small":
                    self.assertEqual(
                        target.call("OBJECT", "ENCODING", key).replace(b"quicklist", b"listpack"),
                        source.call("OBJECT", "ENCODING", key).replace(b"quicklist", b"listpack"),
                    )

    def test_to_redis(self):
        self.assert_travels(self.control, self.redis)

    def test_from_redis(self):
        self.assert_travels(self.redis, self.control)

    def test_uncompressed(self):
        for one in (self.control, self.redis):
            one.call("CONFIG", "SET", "rdbcompression", "no")
            self.addCleanup(one.call, "CONFIG", "SET", "rdbcompression", "yes")
        self.call("SET", "text", "x" * 1000)
        self.assert_travels(self.control, self.redis)
        self.redis.call("FLUSHALL")
        self.call("FLUSHALL")
        self.assert_travels(self.redis, self.control)

    def test_payloads_are_the_same(self):
        """Where the order of elements says nothing, redis-server writes the same bytes."""
        ordered = (b"string:", b"list:one", b"list:mixed", b"set:integers", b"zset:", b"hash:small")
        self.redis.call("CONFIG", "SET", "rdbcompression", "no")
        self.addCleanup(self.redis.call, "CONFIG", "SET", "rdbcompression", "yes")
        self.call("CONFIG", "SET", "rdbcompression", "no")
        self.addCleanup(self.call, "CONFIG", "SET", "rdbcompression", "yes")
        datasets.fill(self.redis)
        for key in datasets.fill(self.control):
            if key.startswith(ordered):
                with self.subTest(key=key):
                    self.assertEqual(self.call("DUMP", key), self.redis.call("DUMP", key))


@unittest.skipUnless(oracle_binary(), "no redis-server is installed")
class RestoringInRedis(Restoring):
    """The same scenarios with a real redis-server: they say what it does."""

    OPTIONS = {"binary": oracle_binary(), "enable-debug-command": "yes"}


if __name__ == "__main__":
    unittest.main()
