"""Publishing and subscribing over real sockets: who gets what, in which order, in RESP2 and RESP3.

The same scenarios with one event loop, with several, and with redis-server, where one is installed.
"""

import unittest

import resp
from resp import wait_until
from suite import OK, ServerTest, error, oracle_binary


def confirmed(what, name, count):
    return [what, name, count]


class Publishing:
    """The scenarios; the classes below give them a server."""

    def setUp(self):
        super().setUp()
        self.publisher = self.connect()

    def subscriber(self, *words, protocol=2):
        client = self.connect(protocol=protocol)
        client.write(*words)
        for number, name in enumerate(words[1:], 1):
            self.assertEqual(
                client.read(), confirmed(words[0].lower().encode(), name.encode(), number)
            )
        return client

    def publish(self, channel, message):
        return self.publisher.call("PUBLISH", channel, message)

    def test_messages_arrive_in_order(self):
        for protocol in (2, 3):
            client = self.subscriber("SUBSCRIBE", "news", protocol=protocol)
            for number in range(100):
                self.assertGreaterEqual(self.publish("news", number), 1)
            for number in range(100):
                self.assertEqual(client.read(), [b"message", b"news", b"%d" % number])

    def test_a_pipeline_of_messages(self):
        clients = [self.subscriber("SUBSCRIBE", "news") for _ in range(5)]
        self.publisher.send(b"".join(resp.encode("PUBLISH", "news", n) for n in range(3000)))
        self.assertEqual({self.publisher.read() for _ in range(3000)}, {5})
        for client in clients:
            for number in range(3000):
                self.assertEqual(client.read()[2], b"%d" % number)

    def test_patterns_and_channels(self):
        client = self.subscriber("PSUBSCRIBE", "n?ws", "*.today")
        client.write("SUBSCRIBE", "news")
        self.assertEqual(client.read(), confirmed(b"subscribe", b"news", 3))
        self.assertEqual(self.publish("news", "x"), 2)
        self.assertEqual(client.read(), [b"message", b"news", b"x"])
        self.assertEqual(client.read(), [b"pmessage", b"n?ws", b"news", b"x"])
        self.assertEqual(self.publish("weather.today", ""), 1)
        self.assertEqual(client.read(), [b"pmessage", b"*.today", b"weather.today", b""])
        self.assertEqual(self.publish("weather", "x"), 0)
        self.assertEqual(self.publisher.call("PUBSUB", "NUMPAT"), 2)

    def test_binary_names_and_messages(self):
        name, message = bytes(range(256)), bytes(reversed(range(256))) * 300
        client = self.connect()
        client.write("SUBSCRIBE", name)
        self.assertEqual(client.read(), [b"subscribe", name, 1])
        for _ in range(3):
            self.assertEqual(self.publish(name, message), 1)
        for _ in range(3):
            self.assertEqual(client.read(), [b"message", name, message])

    def test_long_and_short_messages_keep_their_order(self):
        clients = [self.subscriber("SUBSCRIBE", "c", protocol=p) for p in (2, 3)]
        messages = [b"x" * size for size in (1, 20_000, 2, 3_000_000, 3, 16_350, 16_400, 0)]
        for message in messages:
            self.publish("c", message)
        for client in clients:
            for message in messages:
                self.assertEqual(client.read(), [b"message", b"c", message])

    def test_what_a_resp2_subscriber_may_say(self):
        client = self.subscriber("SUBSCRIBE", "news")
        self.assertEqual(
            client.call("GET", "k"),
            error(
                "ERR Can't execute 'get': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / "
                "RESET are allowed in this context"
            ),
        )
        self.assertEqual(client.call("PING"), [b"pong", b""])
        self.assertEqual(client.call("PING", "x"), [b"pong", b"x"])
        self.assertEqual(client.call("UNSUBSCRIBE", "none"), confirmed(b"unsubscribe", b"none", 1))
        self.assertEqual(client.call("UNSUBSCRIBE", "news"), confirmed(b"unsubscribe", b"news", 0))
        self.assertEqual(client.call("PING"), "PONG")
        self.assertIsNone(client.call("GET", "k"))

    def test_a_resp3_subscriber_may_say_anything(self):
        client = self.subscriber("SUBSCRIBE", "news", protocol=3)
        self.assertEqual(client.call("SET", "k", "v"), OK)
        self.publish("news", "x")
        self.assertEqual(client.read(), [b"message", b"news", b"x"])
        self.assertEqual(client.call("GET", "k"), b"v")
        self.assertEqual(client.call("PING"), "PONG")

    def test_a_resp3_subscriber_gets_messages_while_it_waits_for_a_key(self):
        client = self.subscriber("SUBSCRIBE", "news", protocol=3)
        client.write("BLPOP", "list", 0)
        self.assertTrue(
            wait_until(lambda: self.info(self.publisher, "clients")["blocked_clients"] == "1")
        )
        self.publish("news", "x")
        self.assertEqual(client.read(), [b"message", b"news", b"x"])
        self.publisher.call("RPUSH", "list", "element")
        self.assertEqual(client.read(), [b"list", b"element"])
        self.publish("news", "y")
        self.assertEqual(client.read(), [b"message", b"news", b"y"])

    def test_no_message_stays_behind_when_a_wait_begins(self):
        """Whichever comes first, the message or the wait: it is not kept until the wait ends."""
        client = self.subscriber("SUBSCRIBE", "news", protocol=3)
        for number in range(300):
            client.write("BLPOP", "list", 0)
            self.publish("news", number)
            self.assertEqual(client.read(), [b"message", b"news", b"%d" % number])
            self.publisher.call("RPUSH", "list", number)
            self.assertEqual(client.read(), [b"list", b"%d" % number])

    def test_nothing_comes_behind_the_end_of_a_subscription(self):
        client = self.connect()
        for _ in range(200):
            client.write("SUBSCRIBE", "news")
            self.assertEqual(client.read(), confirmed(b"subscribe", b"news", 1))
            for number in range(20):
                self.publisher.write("PUBLISH", "news", number)
            client.write("UNSUBSCRIBE", "news")
            expected = 0
            while (got := client.read()) != confirmed(b"unsubscribe", b"news", 0):
                self.assertEqual(got, [b"message", b"news", b"%d" % expected])
                expected += 1
            for _ in range(20):
                self.publisher.read()
            self.assertEqual(client.call("PING"), "PONG")

    def test_messages_before_a_change_of_protocol_are_in_the_one_before(self):
        for _ in range(60):
            client = self.subscriber("SUBSCRIBE", "news", protocol=3)
            for number in range(10):
                self.publisher.write("PUBLISH", "news", number)
            client.write("HELLO", 2)
            seen = 0
            while isinstance(got := client.read(), resp.Push):
                seen += 1
            self.assertEqual(got[0], b"server")
            for number in range(seen, 10):
                got = client.read()
                self.assertNotIsInstance(got, resp.Push)
                self.assertEqual(got, [b"message", b"news", b"%d" % number])
            for _ in range(10):
                self.publisher.read()
            client.close()

    def test_reply_skip_is_over_after_a_subscription(self):
        client = self.connect(protocol=3)
        client.write("CLIENT", "REPLY", "SKIP")
        client.write("SUBSCRIBE", "news")
        self.assertEqual(client.read(), confirmed(b"subscribe", b"news", 1))
        self.assertEqual(client.call("PING"), "PONG")

    def test_a_client_that_publishes_to_itself(self):
        client = self.subscriber("SUBSCRIBE", "news", protocol=3)
        client.write("PUBLISH", "news", "x")
        self.assertEqual(
            sorted([str(client.read()), str(client.read())]),
            sorted(["1", str([b"message", b"news", b"x"])]),
        )

    def test_leaving_in_all_ways(self):
        for leave in (("UNSUBSCRIBE",), ("RESET",), ("QUIT",), None):
            client = self.subscriber("SUBSCRIBE", "a", "b")
            self.assertEqual(self.publish("a", "x"), 1)
            self.assertEqual(client.read(), [b"message", b"a", b"x"])
            if leave is None:
                client.close()
            else:
                client.write(*leave)
                client.read()
            self.assertTrue(
                wait_until(
                    lambda: self.publisher.call("PUBSUB", "NUMSUB", "a", "b") == [b"a", 0, b"b", 0]
                )
            )
            self.assertEqual(self.publish("a", "y"), 0)
            if leave == ("RESET",):
                self.assertEqual(client.call("PING"), "PONG")

    def test_unsubscribing_from_everything(self):
        client = self.subscriber("SUBSCRIBE", "a", "b", "c")
        client.write("UNSUBSCRIBE")
        left = [client.read() for _ in range(3)]
        self.assertEqual(sorted(each[1] for each in left), [b"a", b"b", b"c"])
        self.assertEqual([each[2] for each in left], [2, 1, 0])
        self.assertEqual(client.call("UNSUBSCRIBE"), [b"unsubscribe", None, 0])
        self.assertEqual(client.call("PUNSUBSCRIBE"), [b"punsubscribe", None, 0])
        self.assertEqual(client.call("SUNSUBSCRIBE"), [b"sunsubscribe", None, 0])

    def test_shard_channels(self):
        client = self.subscriber("SSUBSCRIBE", "c")
        self.assertEqual(self.publish("c", "x"), 0)
        self.assertEqual(self.publisher.call("SPUBLISH", "c", "x"), 1)
        self.assertEqual(client.read(), [b"smessage", b"c", b"x"])
        self.assertEqual(self.publisher.call("PUBSUB", "SHARDCHANNELS"), [b"c"])
        self.assertEqual(self.publisher.call("PUBSUB", "SHARDNUMSUB", "c", "d"), [b"c", 1, b"d", 0])
        self.assertEqual(self.publisher.call("PUBSUB", "CHANNELS"), [])

    def test_what_was_set_before_is_seen_by_who_gets_the_message(self):
        client = self.subscriber("SUBSCRIBE", "news")
        reader = self.connect()
        for number in range(300):
            self.publisher.send(
                resp.encode("SET", "{k%d}" % number, number)
                + resp.encode("PUBLISH", "news", number)
            )
            self.assertEqual(client.read()[2], b"%d" % number)
            self.assertEqual(reader.call("GET", "{k%d}" % number), b"%d" % number)
            self.assertEqual([self.publisher.read(), self.publisher.read()], [OK, 1])

    def test_replies_off_is_not_for_messages(self):
        client = self.connect()
        client.write("CLIENT", "REPLY", "OFF")
        client.write("SUBSCRIBE", "news")
        self.assertEqual(client.read(), confirmed(b"subscribe", b"news", 1))
        self.publish("news", "x")
        self.assertEqual(client.read(), [b"message", b"news", b"x"])

    def test_figures(self):
        first = self.subscriber("SUBSCRIBE", "a", "b")
        self.subscriber("PSUBSCRIBE", "p*")
        statistics = self.info(self.publisher, "stats")
        self.assertEqual(statistics["pubsub_channels"], "2")
        self.assertEqual(statistics["pubsub_patterns"], "1")
        line = self.publisher.call("CLIENT", "LIST", "TYPE", "pubsub").decode()
        self.assertEqual(line.count("\n"), 2)
        self.assertIn(" flags=P db=0 sub=2 psub=0 ", line)
        self.assertIn(" sub=0 psub=1 ", line)
        self.assertEqual(self.publisher.call("CLIENT", "KILL", "TYPE", "pubsub"), 2)
        self.assertEqual(first.read_until_closed(), b"")
        self.assertTrue(wait_until(lambda: self.publisher.call("PUBSUB", "CHANNELS") == []))

    def test_errors(self):
        for words, text in (
            (("SUBSCRIBE",), "ERR wrong number of arguments for 'subscribe' command"),
            (("PUBLISH", "a"), "ERR wrong number of arguments for 'publish' command"),
            (("PUBSUB", "X"), "ERR unknown subcommand 'X'. Try PUBSUB HELP."),
            (
                ("PUBSUB", "NUMPAT", "x"),
                "ERR wrong number of arguments for 'pubsub|numpat' command",
            ),
        ):
            self.assertEqual(self.publisher.call(*words), error(text))

    def test_many_channels_and_patterns(self):
        client = self.connect()
        count = 20_000
        client.send(b"".join(resp.encode("SUBSCRIBE", "channel:%d" % n) for n in range(count)))
        for number in range(1, count + 1):
            self.assertEqual(client.read()[2], number)
        client.send(b"".join(resp.encode("PSUBSCRIBE", "user:%d:*" % n) for n in range(count)))
        for number in range(count + 1, 2 * count + 1):
            self.assertEqual(client.read()[2], number)
        self.assertEqual(self.publish("channel:777", "x"), 1)
        self.assertEqual(self.publish("user:777:login", "x"), 1)
        self.assertEqual(client.read(), [b"message", b"channel:777", b"x"])
        self.assertEqual(client.read(), [b"pmessage", b"user:777:*", b"user:777:login", b"x"])


class SlowSubscribers(ServerTest):
    """They are closed when too much waits for them, and nobody else notices."""

    OPTIONS = {"client-output-buffer-limit": ("pubsub", "8mb", "2mb", "3600")}
    MESSAGE = b"x" * 100_000

    def disconnections(self, client):
        return int(self.info(client, "stats")["client_output_buffer_limit_disconnections"])

    def subscribe(self):
        client = self.connect()
        client.write("SUBSCRIBE", "news")
        client.read()
        return client

    def test_beyond_the_hard_limit_at_once(self):
        publisher, slow, fast = self.connect(), self.subscribe(), self.subscribe()
        before = self.disconnections(publisher)
        for number in range(1000):
            self.assertIn(publisher.call("PUBLISH", "news", self.MESSAGE), (1, 2))
            self.assertEqual(fast.read(), [b"message", b"news", self.MESSAGE])
            if publisher.call("PUBSUB", "NUMSUB", "news") == [b"news", 1]:
                break
        self.assertLess(number, 999)
        self.assertTrue(wait_until(lambda: self.disconnections(publisher) == before + 1))
        self.assertEqual(publisher.call("PUBLISH", "news", "x"), 1)
        self.assertEqual(fast.read(), [b"message", b"news", b"x"])
        slow.close()

    def test_beyond_the_soft_limit_after_a_while(self):
        publisher, slow = self.connect(), self.subscribe()
        before = self.disconnections(publisher)

        def waiting():
            line = publisher.call("CLIENT", "LIST", "TYPE", "pubsub").decode()
            return int(line.split(" omem=")[1].split(" ")[0])

        while waiting() < 4 << 20:
            publisher.call("PUBLISH", "news", self.MESSAGE)
        self.assertEqual(self.disconnections(publisher), before)
        publisher.call("CONFIG", "SET", "client-output-buffer-limit", "pubsub 8mb 2mb 1")
        self.assertTrue(wait_until(lambda: self.disconnections(publisher) == before + 1, 5))
        slow.close()


class OneLoop(Publishing, ServerTest):
    OPTIONS = {"threads": 1, "partitions": 1}


class SeveralLoops(Publishing, ServerTest):
    OPTIONS = {"threads": 3, "partitions": 4}


@unittest.skipUnless(oracle_binary(), "no redis-server is installed")
class Reference(Publishing, ServerTest):
    OPTIONS = {"binary": oracle_binary()}
