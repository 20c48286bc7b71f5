"""WATCH and UNWATCH: what a watch notices, and when it is over."""

import time
import unittest

import resp
from resp import wait_until
from suite import OK, ServerTest, oracle_binary
from test_atomicity import KEYS, same
from transactions import ABORTED, PONG, QUEUED, Scenarios, block


# What changes the key `k`: what is there before, and the request. Each breaks a watch.
CHANGES = [
    ("", "SET k 1"),
    ("SET k 1", "SET k 1"),
    ("SET k 1", "SET k 2 XX KEEPTTL"),
    ("", "SETEX k 100 1"),
    ("", "MSET a 1 k 2 b 3"),
    ("", "MSETNX a 1 k 2 b 3"),
    ("", "APPEND k x"),
    ("", "INCR k"),
    ("SET k 1", "INCRBYFLOAT k 1.5"),
    ("", "SETRANGE k 1 x"),
    ("", "SETBIT k 1 1"),
    ("SET a x", "BITOP NOT k a"),
    ("SET k 1", "GETDEL k"),
    ("SET k 1", "GETSET k 1"),
    ("SET k 1", "GETEX k EX 100"),
    ("SET k 1 EX 100", "PERSIST k"),
    ("SET k 1", "EXPIRE k 100"),
    ("SET k 1", "PEXPIREAT k 99999999999999"),
    ("SET k 1", "EXPIRE k -1"),
    ("SET k 1", "EXPIREAT k 1"),
    ("SET k 1", "SET k 2 PXAT 1"),
    ("SET k 1", "DEL k"),
    ("SET k 1", "DEL a k b"),
    ("SET k 1", "UNLINK k"),
    ("", "HSET k f v"),
    ("HSET k f v", "HDEL k f"),
    ("HSET k f 1", "HINCRBY k f 1"),
    ("HSET k f v", "HSET k f v"),
    ("", "LPUSH k 1"),
    ("RPUSH k 1 2", "RPOP k"),
    ("RPUSH k 1 2", "LSET k 0 x"),
    ("RPUSH k 1 2", "LTRIM k 0 0"),
    ("RPUSH k 1 2", "LREM k 0 1"),
    ("RPUSH k 1 2", "LINSERT k BEFORE 1 0"),
    ("RPUSH k 1 2", "LMOVE k a LEFT LEFT"),
    ("RPUSH a 1 2", "LMOVE a k LEFT LEFT"),
    ("RPUSH k 1 2", "LMOVE k k LEFT RIGHT"),
    ("RPUSH a 1", "BRPOPLPUSH a k 0"),
    ("RPUSH k 1", "BLPOP k 0"),
    ("RPUSH k 1", "LMPOP 2 a k LEFT"),
    ("", "SADD k 1"),
    ("SADD k 1 2", "SREM k 1"),
    ("SADD k 1 2", "SPOP k"),
    ("SADD k 1 2", "SMOVE k a 1"),
    ("SADD a 1 2", "SMOVE a k 1"),
    ("SADD a 1 2", "SUNIONSTORE k a b"),
    ("SADD k 1 2", "SINTERSTORE k a b"),
    ("", "ZADD k 1 m"),
    ("ZADD k 1 m", "ZINCRBY k 1 m"),
    ("ZADD k 1 m", "ZREM k m"),
    ("ZADD k 1 m", "ZPOPMIN k"),
    ("ZADD k 1 m", "BZPOPMIN k 0"),
    ("ZADD k 1 m", "ZREMRANGEBYRANK k 0 -1"),
    ("ZADD a 1 m", "ZUNIONSTORE k 1 a"),
    ("ZADD a 1 m", "ZRANGESTORE k a 0 -1"),
    ("", "GEOADD k 1 1 m"),
    ("", "PFADD k 1"),
    ("PFADD a 1", "PFMERGE k a"),
    ("", "XADD k 1-1 f v"),
    ("XADD k 1-1 f v", "XDEL k 1-1"),
    ("XADD k 1-1 f v", "XTRIM k MAXLEN 0"),
    ("", "XGROUP CREATE k g $ MKSTREAM"),
    ("RPUSH a 2 1", "SORT a STORE k"),
    ("SET k 1", "RENAME k a"),
    ("SET a 1", "RENAME a k"),
    ("MSET a 1 k 1", "RENAME a k"),
    ("SET a 1", "RENAMENX a k"),
    ("SET a 1", "COPY a k"),
    ("MSET a 1 k 1", "COPY a k REPLACE"),
    ("SET k 1", "MOVE k 1"),
    ("SET k 1", "FLUSHDB"),
    ("SET k 1", "FLUSHDB ASYNC"),
    ("SET k 1", "FLUSHALL"),
    ("SET k 1", "SWAPDB 0 1"),
]

# What does nothing to `k`: no watch is broken.
NO_CHANGES = [
    ("SET k 1", "GET k"),
    ("SET k 1", "EXISTS k"),
    ("SET k 1", "TTL k"),
    ("SET k 1", "TOUCH k"),
    ("SET k 1", "OBJECT ENCODING k"),
    ("SET k 1", "GETEX k"),
    ("SET k 1", "STRLEN k"),
    ("SET k 1", "MGET a k b"),
    ("SET k 1", "SET a 1"),
    ("SET k 1", "SET k 2 NX"),
    ("SET k 1", "SETNX k 2"),
    ("SET k 1", "MSETNX a 1 k 2"),
    ("", "SET k 1 XX"),
    ("", "SETRANGE k 1 "),
    ("", "DEL k"),
    ("", "GETDEL k"),
    ("", "EXPIRE k 100"),
    ("SET k 1", "PERSIST k"),
    ("SET k 1", "EXPIRE k 100 XX"),
    ("SET k x", "INCR k"),
    ("SET k x", "LPUSH k 1"),
    ("", "LPUSHX k 1"),
    ("", "LPOP k"),
    ("RPUSH k 1", "LREM k 0 2"),
    ("RPUSH k 1", "LINSERT k BEFORE 2 1"),
    ("HSET k f v", "HSETNX k f w"),
    ("HSET k f v", "HDEL k g"),
    ("HSET k f v", "HGETALL k"),
    ("SADD k 1", "SADD k 1"),
    ("SADD k 1", "SREM k 2"),
    ("SADD k 1", "SMEMBERS k"),
    ("SADD k 1", "SUNIONSTORE a k"),
    ("ZADD k 1 m", "ZADD k 1 m"),
    ("ZADD k 1 m", "ZADD k NX 2 m"),
    ("ZADD k 1 m", "ZREM k n"),
    ("PFADD k 1", "PFADD k 1"),
    ("XADD k 1-1 f v", "XDEL k 2-2"),
    ("XADD k 1-1 f v", "XRANGE k - +"),
    ("MSET a 1 k 1", "RENAMENX a k"),
    ("MSET a 1 k 1", "COPY a k"),
    ("SET k 1", "COPY k a"),
    ("", "RENAME k a"),
    ("", "FLUSHDB"),
    ("", "FLUSHALL"),
    ("", "SWAPDB 0 1"),
    ("SET k 1", "SWAPDB 2 3"),
]


class Watching(Scenarios):
    """What breaks a watch, what does not, and how it ends."""

    def watcher(self, *keys):
        client = self.connect()
        self.assertEqual(client.call("WATCH", *keys), OK)
        return client

    def assert_runs(self, client):
        self.assertEqual(self.transact(("PING",), client=client), [PONG])

    def assert_broken(self, client):
        """And it is over by that: the next transaction runs."""
        self.assertIsNone(self.transact(("SET", "must:not", 1), client=client))
        self.assertEqual(self.call("EXISTS", "must:not"), 0)
        self.assert_runs(client)

    def test_nothing_happens(self):
        client = self.watcher(*KEYS)
        self.assertEqual(self.transact(("SET", "k0", 1), ("GET", "k0"), client=client), [OK, b"1"])
        self.assert_runs(client)

    def prepared(self, before):
        self.call("FLUSHALL")
        if before:
            self.assertNotIsInstance(self.call(*before.split()), resp.Error)

    def test_every_change_breaks_it(self):
        for before, change in CHANGES:
            with self.subTest(f"{before}, {change}"):
                self.prepared(before)
                client = self.watcher("k")
                self.assertNotIsInstance(self.call(*change.split()), resp.Error)
                self.assert_broken(client)
                client.close()

    def test_every_change_by_a_transaction_breaks_it(self):
        for before, change in CHANGES:
            with self.subTest(f"{before}, {change}"):
                self.prepared(before)
                client = self.watcher("k")
                self.transact(("PING",), change.split(), ("SET", "other", 1))
                self.assert_broken(client)
                client.close()

    def test_every_change_by_itself_breaks_it(self):
        client = self.connect()
        for before, change in CHANGES:
            with self.subTest(f"{before}, {change}"):
                self.prepared(before)
                replies = client.pipeline(
                    [("WATCH", "k"), change.split(), *block(("SET", "must:not", 1)), ("PING",)]
                )
                self.assertEqual(replies[2:], [OK, QUEUED, None, PONG])
                self.assertEqual(self.call("EXISTS", "must:not"), 0)

    def test_what_changes_nothing_does_not_break_it(self):
        for before, request in NO_CHANGES:
            with self.subTest(f"{before}, {request}"):
                self.prepared(before)
                client = self.watcher("k")
                self.call(*request.split(" "))
                self.assert_runs(client)
                client.close()

    def test_who_waits_and_is_served_breaks_it(self):
        waiter = self.waits("BLPOP", "k", 0)
        client = self.watcher("k")
        self.call("RPUSH", "k", 1)
        self.assert_answers((waiter, [b"k", b"1"]))
        self.assert_broken(client)

    def test_changes_in_one_pipeline_by_itself(self):
        for key in KEYS:
            replies = self.control.pipeline(
                [
                    ("WATCH", key),
                    ("SET", key, 1),
                    *block(("PING",)),
                    *block(("PING",)),
                    ("WATCH", key),
                    ("GET", key),
                    *block(("GET", key), ("SET", key, 2)),
                    ("SET", key, 3),
                    ("WATCH", key),
                    *block(("GET", key)),
                ]
            )
            expected = [OK, OK, OK, QUEUED, None, OK, QUEUED, [PONG]]
            expected += [OK, b"1", OK, QUEUED, QUEUED, [b"1", OK], OK, OK, OK, QUEUED, [b"3"]]
            self.assertEqual(replies, expected)

    def test_a_change_between_multi_and_exec_breaks_it(self):
        client = self.watcher("k")
        client.pipeline([("MULTI",), ("SET", "other", 1)])
        self.call("SET", "k", 1)
        self.assertIsNone(client.call("EXEC"))
        self.assertEqual(self.call("EXISTS", "other"), 0)

    def test_any_of_the_keys(self):
        for key in KEYS:
            client = self.watcher(*KEYS)
            self.call("SET", key, 1)
            self.assert_broken(client)
        client = self.watcher(*(f"many:{number}" for number in range(1000)))
        self.call("SET", "many:777", 1)
        self.assert_broken(client)

    def test_several_requests_add_up(self):
        for key in ("k0", "k1", "k2"):
            client = self.watcher("k0")
            self.assertEqual(client.pipeline([("WATCH", "k1"), ("WATCH", "k2", "k3")]), [OK, OK])
            self.call("SET", key, 1)
            self.assert_broken(client)

    def test_a_key_watched_after_its_change(self):
        client = self.watcher("k0")
        self.call("SET", "k1", 1)
        client.call("WATCH", "k1")
        self.assert_runs(client)
        client = self.watcher("k0")
        self.call("SET", "k0", 1)
        client.call("WATCH", "k0")
        self.assert_broken(client)

    def test_the_same_key_twice(self):
        client = self.watcher("k", "k")
        client.call("WATCH", "k")
        self.call("SET", "k", 1)
        self.assert_broken(client)
        client.pipeline([("WATCH", "k", "k"), ("WATCH", "k"), ("UNWATCH",)])
        self.call("SET", "k", 2)
        self.assert_runs(client)

    # -- databases --------------------------------------------------------------------------------

    def test_the_same_name_in_another_database(self):
        client = self.watcher("k")
        other = self.connect()
        other.pipeline([("SELECT", 1), ("SET", "k", 1), ("FLUSHDB",)])
        self.assert_runs(client)
        client.pipeline([("SELECT", 1), ("WATCH", "k"), ("SELECT", 0)])
        other.call("SET", "k", 1)
        self.assert_broken(client)
        client.pipeline([("WATCH", "k"), ("SELECT", 1), ("WATCH", "k")])
        self.call("SET", "k", 1)
        self.assert_broken(client)

    def test_a_key_that_another_database_brings_by_swapping(self):
        other = self.connect()
        other.pipeline([("SELECT", 1), ("SET", "k", 1)])
        client = self.watcher("k")
        self.call("SWAPDB", 0, 1)
        self.assert_broken(client)
        client = self.watcher("none", "k")
        self.call("SWAPDB", 2, 0)
        self.assert_broken(client)

    def test_a_key_that_comes_from_another_database(self):
        other = self.connect()
        other.pipeline([("SELECT", 1), ("SET", "k", 1)])
        client = self.watcher("k")
        other.call("MOVE", "k", 0)
        self.assert_broken(client)

    # -- expiry -----------------------------------------------------------------------------------

    def test_a_key_that_expires_breaks_it(self):
        for key in KEYS:
            self.call("SET", key, 1, "PX", 20)
            client = self.watcher(key)
            self.assertTrue(wait_until(lambda key=key: self.call("EXISTS", key) == 0))
            self.assert_broken(client)

    def test_a_key_that_expires_unseen_breaks_it(self):
        self.call("SET", "k", 1, "PX", 300)
        client = self.watcher("k")
        client.pipeline([("MULTI",), ("SET", "must:not", 1)])
        time.sleep(0.35)  # nobody may look at the key
        self.assertIsNone(client.call("EXEC"))

    def test_a_key_that_has_expired_before_does_not_break_it(self):
        for number in range(10):
            self.call("SET", f"k{number}", 1, "PX", 1)
            time.sleep(0.003)  # nobody may look at the key
            client = self.watcher(f"k{number}")
            self.assertEqual(
                self.transact(("EXISTS", f"k{number}"), ("DBSIZE",), client=client)[0], 0
            )
            client.call("WATCH", f"k{number}")
            self.call("SET", f"k{number}", 1)
            self.assert_broken(client)
            client.close()

    def test_a_key_whose_time_to_live_is_still_long(self):
        self.call("SET", "k", 1, "EX", 1000)
        client = self.watcher("k")
        self.assertEqual(self.transact(("GET", "k"), client=client), [b"1"])

    def test_what_a_deadline_leaves_behind_does_not_break_the_next(self):
        self.call("SET", "k", 1, "PX", 10)
        client = self.watcher("k")
        self.assertEqual(client.call("UNWATCH"), OK)
        self.assertTrue(wait_until(lambda: self.call("EXISTS", "k") == 0))
        client.call("WATCH", "k")
        self.assert_runs(client)

    # -- how it ends ------------------------------------------------------------------------------

    def test_it_is_over(self):
        ends = {
            "EXEC": block(),
            "UNWATCH": [("UNWATCH",)],
            "DISCARD": [("MULTI",), ("PING",), ("DISCARD",)],
            "RESET": [("RESET",)],
            "an aborted EXEC": block(("NOSUCH",)),
            "EXEC with words too many": [("MULTI",), ("EXEC", "x")],
            "UNWATCH inside": block(("UNWATCH",)),
        }
        for name, requests in ends.items():
            with self.subTest(name):
                client = self.watcher("k", "k0", "k1")
                client.pipeline(requests)
                self.call("MSET", "k", 1, "k0", 1, "k1", 1)
                self.assert_runs(client)

    def test_it_is_over_when_it_was_broken(self):
        ends = {
            "UNWATCH": [("UNWATCH",)],
            "DISCARD": [("MULTI",), ("PING",), ("DISCARD",)],
            "RESET": [("RESET",)],
            "an aborted EXEC": block(("NOSUCH",)),
            "EXEC with words too many": [("MULTI",), ("EXEC", "x")],
            "EXEC": block(("PING",)),
        }
        for name, requests in ends.items():
            with self.subTest(name):
                client = self.watcher("k")
                self.call("SET", "k", 1)
                client.pipeline(requests)
                self.assert_runs(client)

    def test_an_error_goes_before_a_broken_watch(self):
        client = self.watcher("k")
        self.call("SET", "k", 1)
        self.assertEqual(client.pipeline(block(("NOSUCH",)))[-1], ABORTED)

    def test_unwatch_inside_comes_too_late(self):
        client = self.watcher("k")
        self.call("SET", "k", 1)
        self.assertIsNone(self.transact(("UNWATCH",), client=client))

    def test_several_watch_one_key_and_some_leave(self):
        stay = [self.watcher("k", "k0") for _ in range(5)]
        leave = [self.watcher("k1", "k") for _ in range(5)]
        self.assertEqual(leave[0].call("UNWATCH"), OK)
        leave[1].pipeline([("MULTI",), ("DISCARD",)])
        leave[2].call("RESET")
        self.assert_runs(leave[3])
        leave.pop().close()
        self.call("SET", "k", 1)
        for client in leave:
            self.assert_runs(client)
        for client in stay:
            self.assert_broken(client)

    def test_clients_that_go_while_they_watch_do_no_harm(self):
        for number in range(60):
            client = self.connect()
            client.call("WATCH", *KEYS, f"own:{number}")
            if number % 3 == 1:
                client.pipeline([("MULTI",), ("SET", "must:not", 1)])
            if number % 3 == 2:
                client.send(resp.encode("MULTI") + resp.encode("GET", "a") + resp.encode("EXEC"))
            client.close()
            self.call("MSET", *same(number), f"own:{number}", 1)
        for number in range(60):
            self.call("SET", f"own:{number}", 2)
        client = self.watcher(*KEYS)
        self.call("FLUSHALL")
        self.assert_broken(client)

    def test_clients_that_are_killed_while_they_watch_do_no_harm(self):
        clients = [self.watcher(*KEYS) for _ in range(5)]
        for client in clients:
            self.call("CLIENT", "KILL", "ID", client.call("CLIENT", "ID"))
        self.call("MSET", *same(1))
        self.call("FLUSHALL")
        self.assertEqual(self.transact(("PING",)), [PONG])


class OnePartition(Watching, ServerTest):
    OPTIONS = {"threads": 1, "partitions": 1}


class FourPartitions(Watching, ServerTest):
    OPTIONS = {"threads": 2, "partitions": 4}


@unittest.skipUnless(oracle_binary(), "no redis-server is installed")
class Reference(Watching, ServerTest):
    """What holds for us holds for redis-server."""

    OPTIONS = {"binary": oracle_binary()}


if __name__ == "__main__":
    unittest.main()
