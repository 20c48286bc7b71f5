"""Clients that wait for a key: who is served, with what, in which order, and how a wait ends.

The same scenarios with one partition, with many (where the keys of one request are apart), and
with redis-server, where one is installed.
"""

import itertools
import random
import threading
import time
import unittest

import resp
from resp import wait_until
from suite import OK, ServerTest, Waiting, error, oracle_binary, thespis_only

WRONG_TYPE = error("WRONGTYPE Operation against a key holding the wrong kind of value")
KEYS = ["k0", "k1", "k2", "k3", "k10", "k11", "k12", "k13"]  # of eight partitions, each in another
UNBLOCKED = error("UNBLOCKED client unblocked via CLIENT UNBLOCK")


class Blocking(Waiting):
    """The scenarios; the classes below give them a server."""

    # -- who is served ----------------------------------------------------------------------------

    def test_there_is_something_at_once(self):
        self.call("RPUSH", "l", "a", "b", "c")
        self.assertEqual(self.call("BLPOP", "none", "l", 0), [b"l", b"a"])
        self.assertEqual(self.call("BRPOP", "l", "none", 0), [b"l", b"c"])
        self.assertEqual(self.call("BLMOVE", "l", "to", "LEFT", "LEFT", 0), b"b")
        self.assertEqual(self.call("BRPOPLPUSH", "to", "l", 0), b"b")
        self.assertEqual(self.call("BLMPOP", 0, 2, "none", "l", "LEFT"), [b"l", [b"b"]])
        self.call("ZADD", "z", 1, "a", 2, "b", 3, "c")
        self.assertEqual(self.call("BZPOPMIN", "none", "z", 0), [b"z", b"a", b"1"])
        self.assertEqual(self.call("BZPOPMAX", "z", 0), [b"z", b"c", b"3"])
        self.assertEqual(self.call("BZMPOP", 0, 1, "z", "MAX"), [b"z", [[b"b", b"2"]]])

    def test_first_come_first_served(self):
        a, b, c = (self.waits("BLPOP", "q", 0) for _ in range(3))
        self.assertEqual(self.call("RPUSH", "q", 1), 1)
        self.assert_answers((a, [b"q", b"1"]))
        self.assert_wait_on(b, c)
        self.call("RPUSH", "q", 2)
        self.assert_answers((b, [b"q", b"2"]))
        self.assert_wait_on(c)

    def test_one_push_serves_several(self):
        a, b, c = (self.waits(name, "q", 0) for name in ("BLPOP", "BRPOP", "BLPOP"))
        self.assertEqual(self.call("RPUSH", "q", 1, 2, 3, 4), 4)
        self.assert_answers((a, [b"q", b"1"]), (b, [b"q", b"4"]), (c, [b"q", b"2"]))
        self.assertEqual(self.call("LRANGE", "q", 0, -1), [b"3"])

    def test_the_pushed_side_comes_first_with_lpush(self):
        a, b = self.waits("BLPOP", "q", 0), self.waits("BLPOP", "q", 0)
        self.call("LPUSH", "q", 1, 2)
        self.assert_answers((a, [b"q", b"2"]), (b, [b"q", b"1"]))

    def test_any_of_the_keys_serves(self):
        for key in ("k1", "k2", "k3", "k4"):
            a = self.waits("BLPOP", "k1", "k2", "k3", "k4", 0)
            self.call("RPUSH", key, key)
            self.assert_answers((a, [key.encode(), key.encode()]))
            self.assertEqual(self.call("EXISTS", key), 0)

    def test_a_wait_that_was_served_leaves_the_other_queues(self):
        a = self.waits("BLPOP", "k1", "k2", "k3", 0)
        b = self.waits("BLPOP", "k2", 0)
        self.call("RPUSH", "k3", "x")
        self.assert_answers((a, [b"k3", b"x"]))
        self.call("RPUSH", "k2", "y")
        self.assert_answers((b, [b"k2", b"y"]))
        self.assertEqual(self.blocked(), 0)

    def test_of_the_keys_of_a_pipeline_the_first_serves(self):
        for first, second in itertools.permutations(KEYS[:4], 2):
            a = self.waits("BLPOP", first, second, 0)
            b = self.waits("BLPOP", second, first, 0)
            c = self.waits("BLPOP", *KEYS, 0)
            # The partition of `second` gets its share first.
            requests = [("TTL", second), ("RPUSH", first, 1), ("LLEN", first)]
            requests += [("RPUSH", second, 2), ("LLEN", second), ("RPUSH", first, 3, 4)]
            self.control.send(b"".join(resp.encode(*words) for words in requests))
            replies = [self.control.read() for _ in requests]
            self.assertEqual(replies, [-2, 1, 0, 1, 0, 2])
            expected = [(first, b"1"), (second, b"2"), (first, b"3")]
            self.assert_answers(
                *[(who, [key.encode(), what]) for who, (key, what) in zip((a, b, c), expected)]
            )
            self.assertEqual(self.call("LPOP", first), b"4")

    def test_of_the_keys_of_pipelines_that_come_together_the_first_serves(self):
        """Two who write, and one who reads what they have written and left."""
        for _ in range(100):
            first, second = random.sample(KEYS, 2)
            a = self.waits("BLPOP", first, second, 0)
            writers = [self.connect(), self.connect()]
            for writer in writers:
                requests = [("TTL", second), ("RPUSH", first, 1), ("RPUSH", second, 2)]
                writer.send(b"".join(resp.encode(*words) for words in requests))
            for writer in writers:
                self.assertLess(writer.read(), 0)
                self.assertLessEqual(writer.read(), 2)
                self.assertLessEqual(writer.read(), 2)
                writer.close()
            self.assert_answers((a, [first.encode(), b"1"]))
            self.assertEqual(self.call("LRANGE", first, 0, -1), [b"1"])
            self.assertEqual(self.call("LRANGE", second, 0, -1), [b"2", b"2"])
            self.call("DEL", first, second)

    def test_the_same_key_twice(self):
        a = self.waits("BLPOP", "k", "k", 0)
        self.call("RPUSH", "k", 1, 2)
        self.assert_answers((a, [b"k", b"1"]))
        self.assertEqual(self.call("LLEN", "k"), 1)

    def test_what_came_behind_the_wait_is_answered_after_it(self):
        a = self.waits("BLPOP", "k", 0)
        a.write("PING")
        self.assertTrue(a.is_silent(0.02))
        self.call("RPUSH", "k", 1)
        self.assert_answers((a, [b"k", b"1"]), (a, resp.Simple("PONG")))

    def test_what_came_before_the_wait_is_answered_before_it(self):
        client = self.connect()
        client.send(resp.encode("PING") + resp.encode("SET", "a", 1) + resp.encode("BLPOP", "l", 0))
        self.assertEqual([client.read(), client.read()], ["PONG", OK])
        self.assertTrue(client.is_silent(0.01))
        self.call("RPUSH", "l", "x")
        self.assertEqual(client.read(), [b"l", b"x"])

    def test_what_came_before_a_pause_is_answered_before_it(self):
        client = self.connect()
        self.call("CLIENT", "PAUSE", 100_000, "WRITE")
        client.send(resp.encode("PING") + resp.encode("GET", "a") + resp.encode("SET", "a", 1))
        self.assertEqual([client.read(), client.read()], ["PONG", None])
        self.assertTrue(client.is_silent(0.01))
        self.call("CLIENT", "UNPAUSE")
        self.assertEqual(client.read(), OK)

    def test_many_elements_at_once(self):
        a = self.waits("BLMPOP", 0, 2, "k1", "k2", "RIGHT", "COUNT", 2)
        self.call("RPUSH", "k2", 1, 2, 3)
        self.assert_answers((a, [b"k2", [b"3", b"2"]]))
        b = self.waits("BZMPOP", 0, 2, "z1", "z2", "MIN", "COUNT", 5)
        self.call("ZADD", "z2", 1, "a", 2, "b")
        self.assert_answers((b, [b"z2", [[b"a", b"1"], [b"b", b"2"]]]))

    def test_scores_are_doubles_in_resp3(self):
        a = self.waits("BZPOPMIN", "z1", "z2", 0, protocol=3)
        self.call("ZADD", "z2", 1.5, "a")
        self.assert_answers((a, [b"z2", b"a", 1.5]))

    # -- moving -----------------------------------------------------------------------------------

    def test_an_element_moves_on(self):
        for to in ("d1", "d2", "d3", "d4"):
            a = self.waits("BLMOVE", "s", to, "LEFT", "RIGHT", 0)
            self.call("RPUSH", "s", "v")
            self.assert_answers((a, b"v"))
            self.assertEqual(self.call("LRANGE", to, 0, -1), [b"v"])
            self.assertEqual(self.call("EXISTS", "s"), 0)

    def test_those_behind_a_move_keep_their_order(self):
        a = self.waits("BLMOVE", "s", "d1", "LEFT", "RIGHT", 0)
        b = self.waits("BLPOP", "s", 0)
        c = self.waits("BLMOVE", "s", "d2", "LEFT", "RIGHT", 0)
        self.call("RPUSH", "s", 1, 2, 3, 4)
        self.assert_answers((a, b"1"), (b, [b"s", b"2"]), (c, b"3"))
        self.assertEqual(self.call("LRANGE", "s", 0, -1), [b"4"])

    def test_a_chain_of_moves(self):
        a = self.waits("BLMOVE", "k1", "k2", "LEFT", "RIGHT", 0)
        b = self.waits("BRPOPLPUSH", "k2", "k3", 0)
        c = self.waits("BLPOP", "k3", 0)
        self.call("RPUSH", "k1", "v")
        self.assert_answers((a, b"v"), (b, b"v"), (c, [b"k3", b"v"]))
        self.assertEqual(self.call("EXISTS", "k1", "k2", "k3"), 0)

    def test_moving_within_one_list(self):
        a = self.waits("BRPOPLPUSH", "k", "k", 0)
        self.call("RPUSH", "k", 1, 2)
        self.assert_answers((a, b"2"))
        self.assertEqual(self.call("LRANGE", "k", 0, -1), [b"2", b"1"])

    def test_a_destination_of_another_type_is_an_error_and_nothing_is_lost(self):
        self.call("SET", "d", "x")
        a = self.waits("BLMOVE", "s", "d", "LEFT", "RIGHT", 0)
        b = self.waits("BLPOP", "s", 0)
        self.call("RPUSH", "s", "v")
        self.assert_answers((a, WRONG_TYPE), (b, [b"s", b"v"]))

    # -- what wakes -------------------------------------------------------------------------------

    def test_other_commands_that_make_the_key(self):
        makers = [
            [("RPUSH", "from", "v"), ("RENAME", "from", "k")],
            [("RPUSH", "from", "v"), ("COPY", "from", "k")],
            [("RPUSH", "from", "v"), ("LMOVE", "from", "k", "LEFT", "LEFT")],
            [("RPUSH", "from", "v"), ("RPOPLPUSH", "from", "k")],
            [("RPUSH", "from", "v"), ("SORT", "from", "ALPHA", "STORE", "k")],
            [("SELECT", 1), ("RPUSH", "k", "v"), ("MOVE", "k", 0), ("SELECT", 0)],
            [("SELECT", 1), ("RPUSH", "k", "v"), ("SELECT", 0), ("SWAPDB", 0, 1)],
        ]
        for commands in makers:
            with self.subTest(commands[-1]):
                self.call("FLUSHALL")
                a = self.waits("BLPOP", "k", 0)
                for words in commands:
                    self.call(*words)
                self.assert_answers((a, [b"k", b"v"]))
        for command in ("ZUNIONSTORE", "ZRANGESTORE", "ZINCRBY", "GEOADD"):
            with self.subTest(command):
                self.call("FLUSHALL")
                a = self.waits("BZPOPMAX", "k", 0)
                self.call("ZADD", "z", 1, "m")
                words = {
                    "ZUNIONSTORE": ("k", 1, "z"),
                    "ZRANGESTORE": ("k", "z", 0, -1),
                    "ZINCRBY": ("k", 1, "m"),
                    "GEOADD": ("k", 0, 0, "m"),
                }[command]
                self.call(command, *words)
                self.assertEqual(a.read()[:2], [b"k", b"m"])

    def test_another_type_does_not_wake_and_does_not_end_the_wait(self):
        a = self.waits("BLPOP", "k", 0)
        b = self.waits("BZPOPMIN", "k", 0)
        self.call("SET", "k", "x")
        self.assert_wait_on(a, b)
        self.call("DEL", "k")
        self.call("ZADD", "k", 1, "m")
        self.assert_answers((b, [b"k", b"m", b"1"]))
        self.assert_wait_on(a)
        self.call("RPUSH", "k", "v")
        self.assert_answers((a, [b"k", b"v"]))

    def test_another_database_does_not_wake(self):
        a = self.waits("BLPOP", "k", 0, database=3)
        self.call("RPUSH", "k", "x")
        self.assert_wait_on(a)
        self.control.call("SELECT", 3)
        self.call("RPUSH", "k", "y")
        self.assert_answers((a, [b"k", b"y"]))
        self.control.call("SELECT", 0)

    def test_a_key_that_is_emptied_meanwhile(self):
        a = self.waits("BLPOP", "k", 0)
        self.call("SET", "k", "x")
        self.call("FLUSHALL")
        self.call("SADD", "k", "x")
        self.call("UNLINK", "k")
        self.assert_wait_on(a)
        self.call("RPUSH", "k", "v")
        self.assert_answers((a, [b"k", b"v"]))

    # -- how a wait ends --------------------------------------------------------------------------

    def test_the_time_is_over(self):
        self.assertIsNone(self.call("BLPOP", "a", "b", 0.01))
        self.assertIsNone(self.call("BLMOVE", "a", "b", "LEFT", "LEFT", "0.001"))
        self.assertIsNone(self.call("BRPOPLPUSH", "a", "b", "1e-5"))
        self.assertIsNone(self.call("BZMPOP", 0.01, 2, "a", "b", "MIN"))
        self.assertEqual(self.call("RPUSH", "a", "stays"), 1)
        self.assertEqual(self.call("LLEN", "a"), 1)
        raw = self.connect(protocol=2)
        raw.write("BLPOP", "none", 0.01)
        self.assertEqual(raw.read_raw(), b"*-1\r\n")
        raw.write("BLMOVE", "none", "b", "LEFT", "LEFT", 0.01)
        self.assertEqual(raw.read_raw(), b"*-1\r\n")

    def test_deadlines_come_in_their_order(self):
        late = self.waits("BLPOP", "k", 0.3)
        soon = self.waits("BLPOP", "k", 0.1)
        self.assert_answers((soon, None))
        self.call("RPUSH", "k", "v")
        self.assert_answers((late, [b"k", b"v"]))

    def test_timeouts_that_are_refused(self):
        for timeout, text in (
            ("-1", "ERR timeout is negative"),
            ("x", "ERR timeout is not a float or out of range"),
            ("nan", "ERR timeout is not a float or out of range"),
        ):
            for words in (("BLPOP", "k", timeout), ("BZMPOP", timeout, 1, "k", "MIN")):
                self.assertEqual(self.call(*words), error(text))
        a = self.waits("BLPOP", "k", "9000000000000")
        self.call("RPUSH", "k", "v")
        self.assert_answers((a, [b"k", b"v"]))

    def test_requests_without_keys_are_refused(self):
        """Whose number of keys is wrong: nobody can tell which partitions would have to meet."""
        count, syntax = error("ERR numkeys should be greater than 0"), error("ERR syntax error")
        for name, where in (("BLMPOP", "LEFT"), ("BZMPOP", "MIN")):
            for number, why in ((0, count), (-1, count), ("x", count), (2, syntax), (9, syntax)):
                self.assertEqual(self.call(name, 0, number, "k", where), why)
            # The timeout is what is looked at last.
            self.assertEqual(self.call(name, "x", 0, "k", where), count)
            self.assertEqual(self.call(name, -1, 1, "k", "MIDDLE"), syntax)
        for words in (("XREAD", "BLOCK", 0), ("XREADGROUP", "GROUP", "g", "c", "BLOCK", 0)):
            self.assertIn("ERR", self.call(*words, "STREAMS"))
            self.assertIn("ERR Unbalanced", self.call(*words, "STREAMS", "s"))
        self.assertEqual(self.blocked(), 0)

    def test_client_unblock(self):
        a, b, c = (self.waits("BLPOP", "k", 0) for _ in range(3))
        self.assertEqual(self.call("CLIENT", "UNBLOCK", b.identity), 1)
        self.assertEqual(self.call("CLIENT", "UNBLOCK", c.identity, "ERROR"), 1)
        self.assert_answers((b, None), (c, UNBLOCKED))
        self.assertEqual(self.call("CLIENT", "UNBLOCK", b.identity), 0)
        self.assert_wait_on(a)
        self.call("RPUSH", "k", "v")
        self.assert_answers((a, [b"k", b"v"]))

    def test_client_kill_and_a_client_that_goes(self):
        a, b, c = (self.waits("BLPOP", "k1", "k2", 0) for _ in range(3))
        self.assertEqual(self.call("CLIENT", "KILL", "ID", a.identity), 1)
        self.assertTrue(wait_until(lambda: self.blocked() == 2))
        b.close()
        self.assertTrue(wait_until(lambda: self.blocked() == 1))
        self.call("RPUSH", "k2", "v")
        self.assert_answers((c, [b"k2", b"v"]))

    def test_the_next_wait_of_a_client_is_another_one(self):
        a = self.waits("BLPOP", "k1", "k2", "k3", 0)
        for n in range(50):
            self.call("RPUSH", f"k{n % 3 + 1}", n)
            self.assert_answers((a, [b"k%d" % (n % 3 + 1), b"%d" % n]))
            a.write("BLPOP", "k1", "k2", "k3", 0 if n % 2 else 100)
        self.assertTrue(wait_until(lambda: self.blocked() == 1))

    def test_wrong_types_at_once(self):
        self.call("SET", "s", "x")
        self.assertEqual(self.call("BLPOP", "none", "s", 0), WRONG_TYPE)
        self.assertEqual(self.call("BZPOPMIN", "s", 0), WRONG_TYPE)
        self.assertEqual(self.call("BLMOVE", "s", "d", "LEFT", "LEFT", 0), WRONG_TYPE)

    # -- many -------------------------------------------------------------------------------------

    def test_every_element_goes_to_one_client(self):
        """Producers and consumers over several keys: nothing is lost, nothing comes twice."""
        keys = [f"k{n}" for n in range(6)]
        per_producer, producers, consumers = 300, 3, 6
        got, lock = [], threading.Lock()

        def consume(number):
            client = self.server.connect(timeout=60)
            mine = keys[number % 3 :] + keys[: number % 3]
            while True:
                if number % 2:
                    reply = client.call("BLPOP", *mine, 0)
                    value = reply[1]
                else:
                    value = client.call("BLMOVE", mine[0], "moved", "LEFT", "RIGHT", 0)
                if value == b"end":
                    break
                with lock:
                    got.append(value)
            client.close()

        threads = [threading.Thread(target=consume, args=(n,)) for n in range(consumers)]
        for thread in threads:
            thread.start()

        def produce(number):
            client = self.server.connect(timeout=60)
            for n in range(per_producer):
                client.call("RPUSH", keys[(n + number) % 3], f"{number}:{n}")
            client.close()

        makers = [threading.Thread(target=produce, args=(n,)) for n in range(producers)]
        for thread in makers:
            thread.start()
        for thread in makers:
            thread.join()
        total = per_producer * producers
        self.assertTrue(wait_until(lambda: len(got) == total), f"{len(got)} of {total}")
        for thread in threads:
            while thread.is_alive():
                self.call("RPUSH", "k0", "end")
                self.call("RPUSH", "k1", "end")
                self.call("RPUSH", "k2", "end")
                thread.join(0.05)
        made = [b"%d:%d" % (p, n) for p in range(producers) for n in range(per_producer)]
        self.assertEqual(sorted(got), sorted(made))
        moved = [value for value in self.call("LRANGE", "moved", 0, -1) if value != b"end"]
        self.assertEqual(len(moved), len(set(moved)))


class OnePartition(Blocking, ServerTest):
    OPTIONS = {"threads": 1, "partitions": 1}


class FourPartitionsOnOneThread(Blocking, ServerTest):
    OPTIONS = {"threads": 1, "partitions": 4}


class EightPartitions(Blocking, ServerTest):
    OPTIONS = {"threads": 2, "partitions": 8}

    @thespis_only("redis-server says so since 7.2; before it called them negative")
    def test_timeouts_beyond_what_can_be_counted(self):
        for timeout in ("inf", "9223372036854775807", "1e300"):
            self.assertEqual(self.call("BLPOP", "k", timeout), error("ERR timeout is out of range"))

    @thespis_only("the figure of redis-server is another one")
    def test_nothing_stays_behind(self):
        for _ in range(20):
            a = self.waits("BLPOP", "k1", "k2", "k3", "k4", 0)
            self.call("RPUSH", "k3", "v")
            a.read()
        figures = lambda: self.info(self.control, "clients")["total_blocking_keys"]
        self.assertTrue(wait_until(lambda: figures() == "0"))

    def test_the_server_stops_while_clients_wait(self):
        for _ in range(5):
            self.waits("BLPOP", "k1", "k2", 0)


@unittest.skipUnless(oracle_binary(), "no redis-server is installed")
class Reference(Blocking, ServerTest):
    OPTIONS = {"binary": oracle_binary()}


if __name__ == "__main__":
    unittest.main()
