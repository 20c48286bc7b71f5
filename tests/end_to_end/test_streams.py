"""Clients that wait for entries of streams: who is served, with what, and how a wait ends.

The same scenarios with one partition, with many (where the keys of one request are apart), and
with redis-server, where one is installed. What 7.2 does in another way than it is not asked there.
"""

import threading
import unittest

from resp import wait_until
from suite import OK, ServerTest, Waiting, error, oracle_binary, thespis_only

UNBLOCKED = error("UNBLOCKED client unblocked via CLIENT UNBLOCK")
WRONG_TYPE = error("WRONGTYPE Operation against a key holding the wrong kind of value")


def no_group(key, group="g"):
    return error(
        f"NOGROUP No such key '{key}' or consumer group '{group}' in XREADGROUP with GROUP option"
    )


def entry(key, number, *fields):
    """The reply of a read that gets one entry."""
    return [[key.encode(), [[b"%d-0" % number, [field.encode() for field in fields]]]]]


class Streams(Waiting):
    """The scenarios; the classes below give them a server."""

    def reads(self, *streams, consumer="c", options=()):
        """A consumer of group g that waits for what was never delivered."""
        ids = [">"] * len(streams)
        head = ("XREADGROUP", "GROUP", "g", consumer, "BLOCK", 0, *options)
        return self.waits(*head, "STREAMS", *streams, *ids)

    # -- XREAD ------------------------------------------------------------------------------------

    def test_one_entry_serves_all_who_read(self):
        readers = [self.waits("XREAD", "BLOCK", 0, "STREAMS", "s", "$") for _ in range(5)]
        self.call("XADD", "s", "5", "a", "1")
        self.assert_answers(*((reader, entry("s", 5, "a", "1")) for reader in readers))
        self.assertEqual(self.blocked(), 0)

    def test_the_end_of_a_stream_is_where_it_was_when_the_wait_began(self):
        self.call("XADD", "s", "1", "a", "1")
        a = self.waits("XREAD", "BLOCK", 0, "STREAMS", "s", "none", "$", "$")
        b = self.waits("XREAD", "BLOCK", 0, "STREAMS", "none", "s", "$", "$")
        self.call("XADD", "s", "2", "a", "2")
        self.assert_answers((a, entry("s", 2, "a", "2")), (b, entry("s", 2, "a", "2")))

    def test_any_of_the_streams_serves(self):
        for number, key in enumerate(("k1", "k2", "k3", "k4"), 1):
            a = self.waits(
                "XREAD", "COUNT", 1, "BLOCK", 0, "STREAMS", "k1", "k2", "k3", "k4", *["$"] * 4
            )
            self.call("XADD", key, number, "f", "v")
            self.assert_answers((a, entry(key, number, "f", "v")))

    def test_entries_below_the_wanted_id_do_not_serve(self):
        a = self.waits("XREAD", "BLOCK", 0, "STREAMS", "s", "10-5")
        self.call("XADD", "s", "10-5", "a", "1")
        self.assert_wait_on(a)
        self.call("XADD", "s", "11", "a", "2")
        self.assert_answers((a, entry("s", 11, "a", "2")))

    def test_reading_goes_on_over_deletion_and_other_types(self):
        a = self.waits("XREAD", "BLOCK", 0, "STREAMS", "s", "$")
        self.call("SET", "s", "x")
        self.call("DEL", "s")
        self.call("XGROUP", "CREATE", "s", "g", "0", "MKSTREAM")
        self.call("DEL", "s")
        self.assert_wait_on(a)
        self.call("XADD", "s", "1", "a", "1")
        self.assert_answers((a, entry("s", 1, "a", "1")))

    def test_other_commands_that_make_the_stream(self):
        a = self.waits("XREAD", "BLOCK", 0, "STREAMS", "s", 0)
        self.call("XADD", "from", "1", "a", "1")
        self.call("RENAME", "from", "s")
        self.assert_answers((a, entry("s", 1, "a", "1")))

    def test_a_map_in_resp3(self):
        a = self.waits("XREAD", "BLOCK", 0, "STREAMS", "s", "$", protocol=3)
        self.call("XADD", "s", "1", "a", "1")
        self.assert_answers((a, {b"s": [[b"1-0", [b"a", b"1"]]]}))

    def test_the_time_is_over(self):
        self.assertIsNone(self.call("XREAD", "BLOCK", 5, "STREAMS", "s", "t", "$", 0))
        self.call("XGROUP", "CREATE", "s", "g", "0", "MKSTREAM")
        self.assertIsNone(
            self.call("XREADGROUP", "GROUP", "g", "c", "BLOCK", 5, "STREAMS", "s", ">")
        )

    def test_somebody_ends_the_wait(self):
        a = self.waits("XREAD", "BLOCK", 0, "STREAMS", "s", "$")
        self.assertEqual(self.call("CLIENT", "UNBLOCK", a.identity, "ERROR"), 1)
        self.assert_answers((a, UNBLOCKED))

    # -- XREADGROUP -------------------------------------------------------------------------------

    def test_an_entry_goes_to_the_consumer_who_came_first(self):
        self.call("XGROUP", "CREATE", "s", "g", "$", "MKSTREAM")
        a, b, c = (self.reads("s", consumer=name, options=("COUNT", 1)) for name in "abc")
        self.call("XADD", "s", "1", "n", "1")
        self.assert_answers((a, entry("s", 1, "n", "1")))
        self.assert_wait_on(b, c)
        self.call("XADD", "s", "2", "n", "2")
        self.call("XADD", "s", "3", "n", "3")
        self.assert_answers((b, entry("s", 2, "n", "2")), (c, entry("s", 3, "n", "3")))
        self.assertEqual(self.call("XPENDING", "s", "g")[0], 3)

    def test_a_consumer_that_is_removed_while_it_waits_stays_away(self):
        self.call("XGROUP", "CREATE", "s", "g", "$", "MKSTREAM")
        a = self.reads("s", consumer="a")
        self.call("XGROUP", "DELCONSUMER", "s", "g", "a")
        self.assertEqual(self.call("XINFO", "CONSUMERS", "s", "g"), [])
        self.call("XADD", "s", "1", "n", "1")
        self.assert_answers((a, entry("s", 1, "n", "1")))
        self.assertEqual([each[1] for each in self.call("XINFO", "CONSUMERS", "s", "g")], [b"a"])

    def test_what_is_no_new_entry_wakes_nobody(self):
        self.call("XADD", "s", "1", "n", "1")
        self.call("XGROUP", "CREATE", "s", "g", "$")
        a = self.reads("s", consumer="a")
        self.call("XGROUP", "SETID", "s", "g", "0")
        self.call("XGROUP", "CREATECONSUMER", "s", "g", "b")
        self.call("XSETID", "s", "7")
        self.assert_wait_on(a)
        self.call("XADD", "s", "8", "n", "8")
        both = [[b"1-0", [b"n", b"1"]], [b"8-0", [b"n", b"8"]]]
        self.assert_answers((a, [[b"s", both]]))

    def test_every_group_gets_an_entry(self):
        for group in ("g", "h"):
            self.call("XGROUP", "CREATE", "s", group, "$", "MKSTREAM")
        a = self.reads("s")
        b = self.waits("XREADGROUP", "GROUP", "h", "c", "BLOCK", 0, "STREAMS", "s", ">")
        c = self.waits("XREAD", "BLOCK", 0, "STREAMS", "s", "$")
        self.call("XADD", "s", "1", "a", "1")
        self.assert_answers(*((each, entry("s", 1, "a", "1")) for each in (a, b, c)))

    def test_groups_of_several_streams(self):
        for key in ("k1", "k2", "k3", "k4"):
            self.call("XGROUP", "CREATE", key, "g", "$", "MKSTREAM")
        for number, key in enumerate(("k1", "k2", "k3", "k4"), 1):
            a = self.reads("k1", "k2", "k3", "k4")
            self.call("XADD", key, number, "a", "1")
            self.assert_answers((a, entry(key, number, "a", "1")))
            self.assertEqual(self.call("XACK", key, "g", number), 1)

    def test_history_does_not_wait(self):
        self.call("XGROUP", "CREATE", "s", "g", "$", "MKSTREAM")
        self.assertEqual(
            self.call("XREADGROUP", "GROUP", "g", "c", "BLOCK", 0, "STREAMS", "s", "0"),
            [[b"s", []]],
        )

    def test_what_was_added_while_nobody_waited_is_there_at_once(self):
        self.call("XGROUP", "CREATE", "s", "g", "$", "MKSTREAM")
        self.call("XADD", "s", "1", "a", "1")
        self.assertEqual(
            self.call("XREADGROUP", "GROUP", "g", "c", "BLOCK", 0, "STREAMS", "s", ">"),
            entry("s", 1, "a", "1"),
        )

    def test_consumers_share_the_jobs_of_several_producers(self):
        producers, consumers, jobs_each = 3, 4, 200
        keys = ["j0", "j1", "j2"]
        for key in keys:
            self.call("XGROUP", "CREATE", key, "g", "$", "MKSTREAM")
        got = [[] for _ in range(consumers)]

        def consume(number):
            with self.server.connect(timeout=60) as client:
                words = ("XREADGROUP", "GROUP", "g", f"c{number}", "COUNT", 3, "BLOCK", 300)
                while reply := client.call(*words, "STREAMS", *keys, ">", ">", ">"):
                    for key, entries in reply:
                        got[number] += [fields[1] for _, fields in entries]
                        client.call("XACK", key, "g", *(entry[0] for entry in entries))

        def produce(number):
            with self.server.connect(timeout=60) as client:
                for n in range(jobs_each):
                    client.call("XADD", keys[(n + number) % 3], "*", "job", f"{number}:{n}")

        threads = [threading.Thread(target=consume, args=(n,)) for n in range(consumers)]
        threads += [threading.Thread(target=produce, args=(n,)) for n in range(producers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        made = [b"%d:%d" % (p, n) for p in range(producers) for n in range(jobs_each)]
        self.assertEqual(sorted(sum(got, [])), sorted(made))
        for key in keys:
            self.assertEqual(self.call("XPENDING", key, "g")[0], 0)

    def test_a_job_that_is_not_acknowledged_finds_another_consumer(self):
        self.call("XGROUP", "CREATE", "jobs", "g", "$", "MKSTREAM")
        a = self.reads("jobs", consumer="a")
        self.call("XADD", "jobs", "1", "job", "x")
        self.assert_answers((a, entry("jobs", 1, "job", "x")))
        a.close()
        claimed = self.call("XAUTOCLAIM", "jobs", "g", "b", 0, "0")
        self.assertEqual(claimed[:2], [b"0-0", [[b"1-0", [b"job", b"x"]]]])
        self.assertEqual(self.call("XACK", "jobs", "g", "1"), 1)
        self.assertEqual(self.call("XPENDING", "jobs", "g"), [0, None, None, None])


class Losses(Streams):
    """What ends the wait of a group's consumer; 7.0 has other texts for it than 7.2."""

    def test_a_group_that_goes_ends_the_wait(self):
        self.call("XGROUP", "CREATE", "s", "g", "$", "MKSTREAM")
        self.call("XGROUP", "CREATE", "s", "h", "$")
        self.call("XGROUP", "CREATE", "t", "g", "$", "MKSTREAM")
        a, b = self.reads("s", consumer="a"), self.reads("t", "s", consumer="b")
        c = self.waits("XREADGROUP", "GROUP", "h", "c", "BLOCK", 0, "STREAMS", "s", ">")
        self.call("XGROUP", "DESTROY", "s", "g")
        self.assert_answers((a, no_group("s")), (b, no_group("s")))
        self.assert_wait_on(c)

    def test_a_stream_that_goes_ends_the_wait_of_groups(self):
        enders = [
            (("DEL", "s"), no_group("s")),
            (("UNLINK", "s"), no_group("s")),
            (("SET", "s", "x"), WRONG_TYPE),
            (("RENAME", "s", "other"), no_group("s")),
            (("FLUSHALL",), no_group("s")),
            (("FLUSHDB",), no_group("s")),
            (("SWAPDB", 0, 1), no_group("s")),
            (("PEXPIRE", "s", 5), no_group("s")),
            (("MOVE", "s", 2), no_group("s")),
        ]
        for words, expected in enders:
            with self.subTest(words[0]):
                self.call("FLUSHALL")
                self.call("XGROUP", "CREATE", "s", "g", "$", "MKSTREAM")
                a = self.reads("s")
                b = self.waits("XREAD", "BLOCK", 0, "STREAMS", "s", "$")
                self.call(*words)
                self.assert_answers((a, expected))
                self.assert_wait_on(b)
                b.close()
                self.assertTrue(wait_until(lambda: self.blocked() == 0))


class OnePartition(Losses, ServerTest):
    OPTIONS = {"threads": 1, "partitions": 1}


class EightPartitions(Losses, ServerTest):
    OPTIONS = {"threads": 2, "partitions": 8}

    @thespis_only("the figure of redis-server is another one")
    def test_nothing_stays_behind(self):
        for number in range(1, 20):
            a = self.waits("XREAD", "BLOCK", 0, "STREAMS", "k1", "k2", "k3", "$", "$", "$")
            self.call("XADD", "k3", number, "a", "1")
            a.read()
        figures = lambda: self.info(self.control, "clients")["total_blocking_keys"]
        self.assertTrue(wait_until(lambda: figures() == "0"))

    @thespis_only("consumers that wait exist since 7.2")
    def test_a_consumer_exists_as_soon_as_it_waits(self):
        self.assertEqual(self.call("XGROUP", "CREATE", "s", "g", "$", "MKSTREAM"), OK)
        self.reads("s", consumer="a")
        consumers = self.call("XINFO", "CONSUMERS", "s", "g")
        self.assertEqual([each[1] for each in consumers], [b"a"])
        self.assertEqual(consumers[0][7], -1)


@unittest.skipUnless(oracle_binary(), "no redis-server is installed")
class Reference(Streams, ServerTest):
    OPTIONS = {"binary": oracle_binary()}


if __name__ == "__main__":
    unittest.main()
