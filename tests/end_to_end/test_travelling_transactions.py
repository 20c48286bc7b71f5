"""Transactions with requests that belong to other actors than partitions: messages, subscriptions,
the server itself."""

import unittest

import resp
from suite import OK, ServerTest, error, oracle_binary, run_together
from test_atomicity import KEYS
from transactions import PONG, QUEUED, Scenarios

A, B, C = KEYS[:3]


class Travelling(Scenarios):
    def test_messages_come_in_the_order_of_the_requests(self):
        listener = self.connect()
        listener.call("SUBSCRIBE", "news")
        self.assertEqual(
            self.transact(
                ("PUBLISH", "news", 1),
                ("SET", A, 1),
                ("PUBLISH", "news", 2),
                ("GET", A),
                ("SPUBLISH", "news", "nobody"),
                ("PUBLISH", "other", "nobody"),
                ("PUBLISH", "news", 3),
            ),
            [1, OK, 1, b"1", 0, 0, 1],
        )
        heard = [listener.read()[2] for _ in range(3)]
        self.assertEqual(heard, [b"1", b"2", b"3"])

    def test_events_and_messages_come_in_one_order(self):
        self.call("CONFIG", "SET", "notify-keyspace-events", "EA")
        self.addCleanup(self.call, "CONFIG", "SET", "notify-keyspace-events", "")
        listener = self.connect()
        listener.call("PSUBSCRIBE", "*")
        for _ in range(20):
            self.transact(
                ("SET", A, 1),
                ("PUBLISH", "news", 1),
                ("INCR", B),
                ("LPUSH", C, 1),
                ("PUBLISH", "news", 2),
                ("PUBLISH", "news", 3),
                ("DEL", A, B, C),
            )
            told = [tuple(listener.read()[2:]) for _ in range(9)]
            event = b"__keyevent@0__:"
            self.assertEqual(
                told,
                [
                    (event + b"set", A.encode()),
                    (b"news", b"1"),
                    (event + b"incrby", B.encode()),
                    (event + b"lpush", C.encode()),
                    (b"news", b"2"),
                    (b"news", b"3"),
                    *((event + b"del", key.encode()) for key in (A, B, C)),
                ],
            )

    def test_messages_of_one_transaction_stay_together(self):
        listener = self.connect()
        listener.call("SUBSCRIBE", "news")

        def publish(writer):
            client = self.connect()
            for number in range(50):
                text = f"{writer} {number}"
                self.transact(
                    ("PUBLISH", "news", text),
                    ("INCR", KEYS[writer % len(KEYS)]),
                    ("PUBLISH", "news", text),
                    client=client,
                )

        run_together(*(lambda writer=writer: publish(writer) for writer in range(4)))
        for _ in range(200):
            self.assertEqual(listener.read(), listener.read())

    def test_the_server_answers_in_between(self):
        replies = self.transact(
            ("SET", A, 1),
            ("CONFIG", "GET", "databases"),
            ("INCR", A),
            ("CLIENT", "SETNAME", "me"),
            ("CLIENT", "GETNAME"),
            ("PUBSUB", "CHANNELS"),
            ("SLOWLOG", "GET", "x"),
            ("INFO", "server"),
            ("MGET", A, B),
        )
        self.assertEqual(replies[:6], [OK, [b"databases", b"16"], 2, OK, b"me", []])
        self.assertEqual(replies[6], error("ERR count should be greater than or equal to -1"))
        self.assertIn(b"redis_version", replies[7])
        self.assertEqual(replies[8], [b"2", None])

    def test_subscriptions_change_inside(self):
        client = self.connect(protocol=3)
        client.call("SUBSCRIBE", "before")
        self.call("PUBLISH", "before", 1)
        replies = client.pipeline(
            [
                ("MULTI",),
                ("UNSUBSCRIBE", "before"),
                ("PUBLISH", "before", "nobody"),
                ("SUBSCRIBE", "within"),
                ("SET", A, 1),
                ("EXEC",),
                ("PING",),
            ]
        )
        replies.append(client.read())
        message = resp.Push([b"message", b"before", b"1"])
        self.assertIn(message, replies)
        replies.remove(message)
        self.assertEqual(
            replies,
            [
                OK,
                *[QUEUED] * 4,
                [
                    resp.Push([b"unsubscribe", b"before", 0]),
                    0,
                    resp.Push([b"subscribe", b"within", 1]),
                    OK,
                ],
                PONG,
            ],
        )
        self.assertEqual(
            self.transact(("PUBLISH", "within", "x"), ("PUBLISH", "before", "y")), [1, 0]
        )
        self.assertEqual(client.read(), resp.Push([b"message", b"within", b"x"]))

    def test_messages_before_come_before_the_reply_of_exec(self):
        client = self.connect(protocol=3)
        client.call("SUBSCRIBE", "news")
        for number in range(200):
            client.write("MULTI")
            client.write("UNSUBSCRIBE", "news")
            client.write("SUBSCRIBE", "news")
            self.call("PUBLISH", "news", number)
            client.write("EXEC")
            told = [client.read() for _ in range(5)]
            self.assertIsInstance(told[4], list)
            self.assertEqual(len(told[4]), 2)
            self.assertIn(resp.Push([b"message", b"news", b"%d" % number]), told)

    def test_hello_and_auth_inside(self):
        replies = self.transact(("HELLO", 3), ("CONFIG", "GET", "port"), ("HGETALL", "none"))
        self.assertEqual(replies[0][b"proto"], 3)
        self.assertIsInstance(replies[1], dict)
        self.assertEqual(replies[2], {})
        self.assertTrue(self.transact(("AUTH", "x"))[0].startswith("ERR AUTH <password> called"))
        self.call("HELLO", 2)

    def test_what_may_not_be_inside(self):
        self.assertEqual(
            self.transact(("MONITOR",), ("SSUBSCRIBE", "s"), ("PING",)),
            [
                error("ERR MONITOR isn't allowed for DENY BLOCKING client"),
                error("ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client"),
                PONG,
            ],
        )

    def test_tracking_begins_inside(self):
        client = self.connect(protocol=3)
        self.assertEqual(
            client.pipeline([("MULTI",), ("CLIENT", "TRACKING", "ON"), ("GET", A), ("EXEC",)]),
            [OK, QUEUED, QUEUED, [OK, None]],
        )
        self.call("SET", A, 1)
        self.assertEqual(client.read(), resp.Push([b"invalidate", [A.encode()]]))

    def test_a_watch_breaks_what_would_travel(self):
        listener = self.connect()
        listener.call("SUBSCRIBE", "news")
        self.call("WATCH", A)
        self.connect().call("SET", A, 1)
        self.assertIsNone(self.transact(("PUBLISH", "news", "never")))
        self.assertEqual(self.transact(("PUBLISH", "news", "now")), [1])
        self.assertEqual(listener.read()[2], b"now")

    def test_clients_that_kill_and_are_killed_inside(self):
        other = self.connect()
        number = other.call("CLIENT", "ID")
        self.assertEqual(self.transact(("SET", A, 1), ("CLIENT", "KILL", "ID", number)), [OK, 1])
        with self.assertRaises((ConnectionError, resp.Closed)):
            other.call("PING")
        client = self.connect()
        number = client.call("CLIENT", "ID")
        client.write("MULTI")
        client.write("CLIENT", "KILL", "ID", number, "SKIPME", "no")
        client.write("SET", A, 2)
        client.write("EXEC")
        with self.assertRaises((ConnectionError, resp.Closed)):
            while True:
                client.read()
        self.assertEqual(self.call("GET", A), b"2")

    def test_many_that_travel_at_once(self):
        def work(writer):
            client = self.connect()
            for number in range(100):
                key = KEYS[(writer + number) % len(KEYS)]
                replies = self.transact(
                    ("PUBLISH", "news", number),
                    ("INCR", key),
                    ("CONFIG", "GET", "databases"),
                    ("INCR", "sum"),
                    ("UNSUBSCRIBE",),
                    ("PUBLISH", "news", number),
                    client=client,
                )
                self.assertEqual(len(replies), 6)

        run_together(*(lambda writer=writer: work(writer) for writer in range(6)))
        self.assertEqual(self.call("GET", "sum"), b"600")


class OnePartition(Travelling, ServerTest):
    OPTIONS = {"threads": 1, "partitions": 1}


class FourPartitions(Travelling, ServerTest):
    OPTIONS = {"threads": 2, "partitions": 4}


@unittest.skipUnless(oracle_binary(), "no redis-server is installed")
class Reference(Travelling, ServerTest):
    """What holds for us holds for redis-server."""

    OPTIONS = {"binary": oracle_binary()}


if __name__ == "__main__":
    unittest.main()
