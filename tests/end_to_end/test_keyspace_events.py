"""Keyspace events: which, in which order, on which channels. Compared with redis-server."""

import unittest

from suite import OK, ServerTest, oracle_binary


class Events:
    def setUp(self):
        super().setUp()
        self.client = self.connect()
        self.listener = self.connect()
        self.listener.write("PSUBSCRIBE", "__key*__:*")
        self.listener.read()

    def ask_for(self, classes):
        self.assertEqual(self.client.call("CONFIG", "SET", "notify-keyspace-events", classes), OK)

    def tell(self, count):
        """So many messages: channel without its underscores, and message."""
        found = []
        for _ in range(count):
            _, _, channel, message = self.listener.read()
            found.append((channel.decode().strip("_").replace("__:", ":"), message.decode()))
        return found

    def test_both_channels(self):
        self.ask_for("KEA")
        self.client.call("SET", "k", "v")
        self.client.call("SELECT", 3)
        self.client.call("LPUSH", "l", 1)
        self.client.call("DEL", "l")
        self.assertEqual(
            self.tell(6),
            [
                ("keyspace@0:k", "set"),
                ("keyevent@0:set", "k"),
                ("keyspace@3:l", "lpush"),
                ("keyevent@3:lpush", "l"),
                ("keyspace@3:l", "del"),
                ("keyevent@3:del", "l"),
            ],
        )

    def test_only_what_is_asked_for(self):
        self.ask_for("El")
        self.client.call("SET", "k", "v")
        self.client.call("RPUSH", "l", 1)
        self.assertEqual(self.tell(1), [("keyevent@0:rpush", "l")])
        self.ask_for("")
        self.client.call("RPUSH", "l", 1)
        self.ask_for("Kg")
        self.client.call("RENAME", "{l}", "x")
        self.client.call("EXPIRE", "k", 100)
        self.assertEqual(self.tell(1), [("keyspace@0:k", "expire")])

    def test_over_several_keys(self):
        self.ask_for("E$g")
        self.client.call("MSET", "{a}1", 1, "{a}2", 2)
        self.client.call("RENAME", "{a}1", "b")
        self.client.call("COPY", "b", "c")
        self.assertEqual(
            self.tell(5),
            [
                ("keyevent@0:set", "{a}1"),
                ("keyevent@0:set", "{a}2"),
                ("keyevent@0:rename_from", "{a}1"),
                ("keyevent@0:rename_to", "b"),
                ("keyevent@0:copy_to", "c"),
            ],
        )

    def test_over_several_keys_in_their_order(self):
        self.ask_for("Eg")
        for number in range(20):
            first, second = "a%d" % number, "b%d" % number
            self.client.call("SET", first, 1)
            self.client.call("RENAME", first, second)
            self.client.call("RENAME", second, first)
            self.assertEqual(
                self.tell(4),
                [
                    ("keyevent@0:rename_from", first),
                    ("keyevent@0:rename_to", second),
                    ("keyevent@0:rename_from", second),
                    ("keyevent@0:rename_to", first),
                ],
            )

    def test_expired_keys_without_being_asked_for(self):
        self.ask_for("Ex")
        self.client.call("SET", "k", "v", "PX", 20)
        self.assertEqual(self.tell(1), [("keyevent@0:expired", "k")])

    def test_misses_and_new_keys(self):
        self.ask_for("Emn")
        self.client.call("GET", "none")
        self.client.call("SET", "k", "v")
        self.client.call("SET", "k", "w")
        for subcommand in ("ENCODING", "FREQ", "IDLETIME", "REFCOUNT"):
            self.client.call("OBJECT", subcommand, "none")
        self.client.call("GET", "none")
        self.assertEqual(
            self.tell(3),
            [
                ("keyevent@0:keymiss", "none"),
                ("keyevent@0:new", "k"),
                ("keyevent@0:keymiss", "none"),
            ],
        )

    def test_an_event_comes_before_what_its_client_publishes_then(self):
        self.ask_for("KE$")
        for number in range(100):
            self.client.call("SET", "{k%d}" % number, 1)
            self.client.call("PUBLISH", "__key__:done", number)
            found = self.tell(3)
            self.assertEqual(found[2], ("key:done", str(number)))

    def test_events_over_several_keys_come_before_what_their_client_publishes_then(self):
        self.ask_for("Eg")
        for number in range(60):
            first, second = "a%d" % number, "b%d" % number
            self.client.write("SET", first, 1)
            self.client.write("RENAME", first, second)
            self.client.write("PUBLISH", "__key__:done", number)
            for _ in range(3):
                self.client.read()
            self.assertEqual(self.tell(3)[2], ("key:done", str(number)))

    def test_the_event_of_a_client_that_waited_comes_before_what_it_publishes(self):
        self.ask_for("El")
        waiter = self.connect()
        for number in range(60):
            waiter.write("BLPOP", "list", 0)
            waiter.write("PUBLISH", "__key__:done", number)
            self.client.call("RPUSH", "list", number)
            self.assertEqual(
                self.tell(3),
                [
                    ("keyevent@0:rpush", "list"),
                    ("keyevent@0:lpop", "list"),
                    ("key:done", str(number)),
                ],
            )
            waiter.read()
            waiter.read()


class OnePartition(Events, ServerTest):
    OPTIONS = {"threads": 1, "partitions": 1}


class SeveralPartitions(Events, ServerTest):
    OPTIONS = {"threads": 2, "partitions": 5}


@unittest.skipUnless(oracle_binary(), "no redis-server is installed")
class Reference(Events, ServerTest):
    OPTIONS = {"binary": oracle_binary()}
