"""Requests over so many elements that they move to a thread of their own: the replies, their order,
what is counted, and who works meanwhile."""

import resp
from suite import OK, ServerTest

MEMBERS = 50_000
PER_COMMAND = 5000


def member(number):
    return b"m%06d" % number


ALL = [member(n) for n in range(MEMBERS)]


class LongCommands(ServerTest):
    OPTIONS = {"threads": 2, "partitions": 3}

    def setUp(self):
        super().setUp()
        self.client = self.connect()
        self.client.call("FLUSHALL")
        for first in range(0, MEMBERS, PER_COMMAND):
            some = ALL[first : first + PER_COMMAND]
            scored = [word for n, each in enumerate(some, first) for word in (n, each)]
            paired = [word for each in some for word in (each, each)]
            self.client.call("SADD", "s", *some)
            self.client.call("RPUSH", "l", *some)
            self.client.call("ZADD", "z", *scored)
            self.client.call("HSET", "h", *paired)

    def test_replies_are_complete_and_in_order(self):
        requests = [
            (("SET", "a", 1), lambda reply: reply == OK),
            (("SMEMBERS", "s"), lambda reply: sorted(reply) == ALL),
            (("INCR", "a"), lambda reply: reply == 2),
            (("LRANGE", "l", 0, -1), lambda reply: reply == ALL),
            (("ZRANGE", "z", 0, -1), lambda reply: reply == ALL),
            (("HKEYS", "h"), lambda reply: sorted(reply) == ALL),
            (("SUNIONSTORE", "t", "s", "none"), lambda reply: reply == MEMBERS),
            (("SINTERCARD", 2, "s", "t"), lambda reply: reply == MEMBERS),
            (("ZUNIONSTORE", "y", 2, "s", "z"), lambda reply: reply == MEMBERS),
            (("SORT", "l", "ALPHA", "LIMIT", 0, 2), lambda reply: reply == ALL[:2]),
            (("COPY", "z", "x"), lambda reply: reply == 1),
            (("ZREMRANGEBYRANK", "x", 0, 39_999), lambda reply: reply == 40_000),
            (("LPOS", "l", ALL[-1]), lambda reply: reply == MEMBERS - 1),
            (("SPOP", "t", 49_999), lambda reply: len(set(reply)) == 49_999),
            (("SCARD", "t"), lambda reply: reply == 1),
            (("INCR", "a"), lambda reply: reply == 3),
        ]
        self.client.send(b"".join(resp.encode(*words) for words, _ in requests))
        for words, is_right in requests:
            self.assertTrue(is_right(self.client.read()), words)

    def test_all_keys(self):
        for first in range(0, 3 * MEMBERS, PER_COMMAND):
            numbers = range(first, first + PER_COMMAND)
            self.client.call("MSET", *(word for n in numbers for word in (b"key:%d" % n, n)))
        expected = sorted([b"key:%d" % n for n in range(3 * MEMBERS)] + [b"s", b"l", b"z", b"h"])
        self.assertEqual(sorted(self.client.call("KEYS", "*")), expected)
        self.client.send(resp.encode("KEYS", "key:1234*") + resp.encode("PING"))
        self.assertEqual(len(self.client.read()), 111)
        self.assertEqual(self.client.read(), "PONG")

    def test_they_are_counted_once(self):
        self.client.call("CONFIG", "RESETSTAT")
        self.client.call("SMEMBERS", "s")
        self.client.call("SUNION", "s", "none")
        statistics = self.info(self.client, "stats")
        self.assertEqual(statistics["keyspace_hits"], "2")
        self.assertEqual(statistics["keyspace_misses"], "1")
        commands = self.info(self.client, "commandstats")
        self.assertTrue(commands["cmdstat_smembers"].startswith("calls=1,"))
        self.assertTrue(commands["cmdstat_sunion"].startswith("calls=1,"))

    def test_streams(self):
        for first in range(0, MEMBERS, PER_COMMAND):
            numbers = range(first + 1, first + PER_COMMAND + 1)
            self.client.send(b"".join(resp.encode("XADD", "x", n, "n", n) for n in numbers))
            for n in numbers:
                self.assertEqual(self.client.read(), b"%d-0" % n)
        every = [[b"%d-0" % n, [b"n", b"%d" % n]] for n in range(1, MEMBERS + 1)]
        both = [[b"x", every], [b"y", every]]
        self.assertEqual(self.client.call("COPY", "x", "y"), 1)
        for key in "xy":
            self.client.call("XGROUP", "CREATE", key, "g", 0)
        group = ("XREADGROUP", "GROUP", "g", "c")
        requests = [
            (("XRANGE", "x", "-", "+"), every),
            (("XREVRANGE", "y", "+", "-"), every[::-1]),
            (("XREAD", "STREAMS", "x", "y", 0, 0), both),
            (("XREAD", "BLOCK", 0, "STREAMS", "x", "y", 0, 0), both),
            ((*group, "BLOCK", 0, "STREAMS", "x", "y", ">", ">"), both),
            ((*group, "STREAMS", "x", "y", 0, 0), both),
            ((*group, "BLOCK", 1, "STREAMS", "x", "y", ">", ">"), None),
            (("XADD", "x", "MAXLEN", 1, MEMBERS + 1, "n", "last"), b"%d-0" % (MEMBERS + 1)),
            (("XTRIM", "y", "MINID", MEMBERS), MEMBERS - 1),
            (("XLEN", "x"), 1),
            (("XLEN", "y"), 1),
        ]
        self.client.send(b"".join(resp.encode(*words) for words, _ in requests))
        for words, expected in requests:
            self.assertTrue(self.client.read() == expected, words)

    def test_a_miss_is_told_once(self):
        listener = self.connect()
        listener.call("PSUBSCRIBE", "__key*")
        self.client.call("CONFIG", "SET", "notify-keyspace-events", "Em")
        self.addCleanup(self.client.call, "CONFIG", "SET", "notify-keyspace-events", "")
        # Keys of one partition: among others the order of events is theirs.
        self.client.call("SUNION", "s", "{s}none")
        self.client.call("SUNIONSTORE", "t", "s", "{s}neither")
        self.client.call("GET", "{s}last")
        missed = [listener.read()[3] for _ in range(3)]
        self.assertEqual(missed, [b"{s}none", b"{s}neither", b"{s}last"])

    def test_who_waits_for_a_key_gets_what_one_of_them_stores(self):
        waiting = self.connect()
        waiting.write("BZPOPMIN", "stored", 0)
        self.assertEqual(self.client.call("ZUNIONSTORE", "stored", 1, "z"), MEMBERS)
        self.assertEqual(waiting.read(), [b"stored", ALL[0], b"0"])

    def test_others_change_what_is_read_before_or_after_it(self):
        writer = self.connect()
        for round_number in range(20):
            writer.write("SADD", "s", "more:%d" % round_number)
            count = len(self.client.call("SMEMBERS", "s"))
            self.assertIn(count, (MEMBERS + round_number, MEMBERS + round_number + 1))
            self.assertEqual(writer.read(), 1)
