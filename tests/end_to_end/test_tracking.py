"""Client-side caching and MONITOR over real sockets: who hears of which key, and when.

The same scenarios with one partition, with several, and with redis-server, where one is installed.
"""

import re
import unittest

from resp import wait_until
from suite import OK, ServerTest, error, oracle_binary


def changed(*keys):
    return [b"invalidate", list(keys)]


FLUSHED = [b"invalidate", None]


class Tracking:
    """The scenarios; the classes below give them a server."""

    def setUp(self):
        super().setUp()
        self.writer = self.connect()
        self.writer.call("FLUSHALL")

    def tracker(self, *options):
        client = self.connect(protocol=3)
        self.assertEqual(client.call("CLIENT", "TRACKING", "ON", *options), OK)
        return client

    def hears_nothing(self, client):
        """Whatever is on its way comes before the reply to a message of the same writer."""
        client.call("SUBSCRIBE", "fence")
        self.writer.call("PUBLISH", "fence", "x")
        self.assertEqual(client.read(), [b"message", b"fence", b"x"])
        client.call("UNSUBSCRIBE", "fence")

    def test_a_key_that_was_read_is_told_once(self):
        client = self.tracker()
        self.writer.call("SET", "a", 1)
        self.assertEqual(client.call("GET", "a"), b"1")
        self.writer.call("SET", "a", 2)
        self.assertEqual(client.read(), changed(b"a"))
        self.writer.call("SET", "a", 3)
        self.hears_nothing(client)
        client.call("GET", "a")
        self.writer.call("DEL", "a")
        self.assertEqual(client.read(), changed(b"a"))

    def test_every_command_that_reads_counts(self):
        client = self.tracker()
        reads = [
            ["MGET", "a", "b"],
            ["EXISTS", "a", "b"],
            ["STRLEN", "b"],
            ["SINTER", "x", "b"],
            ["LCS", "none", "b"],
            ["TTL", "b"],
            ["GET", "b"],
            ["XREAD", "STREAMS", "b", "0"],
            ["OBJECT", "ENCODING", "b"],
        ]
        for words in reads:
            client.call(*words)
            self.writer.call("DEL", "b")
            self.writer.call("SET", "b", 1)
            self.assertEqual(client.read(), changed(b"b"), words)
            self.writer.call("DEL", "b")

    def test_writes_do_not_count(self):
        client = self.tracker()
        client.call("SET", "a", 1)
        client.call("GETSET", "a", 2)
        client.call("INCR", "a")
        self.writer.call("SET", "a", 2)
        self.hears_nothing(client)

    def test_its_own_change_comes_behind_the_reply(self):
        client = self.tracker()
        client.call("GET", "a")
        self.assertEqual(client.call("SET", "a", 1), OK)
        self.assertEqual(client.read(), changed(b"a"))

    def test_noloop(self):
        client = self.tracker("NOLOOP")
        client.call("GET", "a")
        client.call("SET", "a", 1)
        self.hears_nothing(client)
        client.call("GET", "a")
        self.writer.call("SET", "a", 1)
        self.assertEqual(client.read(), changed(b"a"))

    def test_databases_share_names(self):
        client = self.tracker()
        client.call("GET", "a")
        self.writer.call("SELECT", 3)
        self.writer.call("SET", "a", 1)
        self.assertEqual(client.read(), changed(b"a"))

    def test_expiry(self):
        client = self.tracker()
        self.writer.call("SET", "a", 1, "PX", 30)
        client.call("GET", "a")
        self.assertEqual(client.read(), changed(b"a"))

    def test_a_flush_is_told_to_who_wants_nothing_of_its_own(self):
        for options in (["NOLOOP"], ["BCAST", "NOLOOP"]):
            client = self.tracker(*options)
            client.call("GET", "a")
            client.call("SET", "a", 1)
            client.call("FLUSHALL")
            self.assertEqual(client.read(), FLUSHED)
            self.hears_nothing(client)
            client.close()

    def test_groups_are_no_change_to_readers_of_a_stream(self):
        self.writer.call("XADD", "s", "1-1", "f", "v")
        for options in ([], ["BCAST"]):
            client = self.tracker(*options)
            client.call("XRANGE", "s", "-", "+")
            for words in (
                ["XGROUP", "CREATE", "s", "g", "0"],
                ["XREADGROUP", "GROUP", "g", "alice", "STREAMS", "s", ">"],
                ["XACK", "s", "g", "1-1"],
                ["XGROUP", "CREATECONSUMER", "s", "g", "bob"],
                ["XGROUP", "DELCONSUMER", "s", "g", "bob"],
                ["XGROUP", "SETID", "s", "g", "0"],
                ["XGROUP", "DESTROY", "s", "g"],
                ["XSETID", "s", "5-0"],
            ):
                self.writer.call(*words)
            self.hears_nothing(client)
            self.writer.call("XTRIM", "s", "MAXLEN", 0)
            self.assertEqual(client.read(), changed(b"s"))
            self.writer.call("DEL", "s")
            client.close()
            self.writer.call("XADD", "s", "1-1", "f", "v")

    def test_flush(self):
        for words in (["FLUSHALL"], ["FLUSHDB"]):
            client = self.tracker()
            client.call("MGET", *["k%d" % number for number in range(50)])
            self.writer.call(*words)
            self.assertEqual(client.read(), FLUSHED)
            self.assertEqual(self.info(self.writer, "stats")["tracking_total_keys"], "0")
            self.hears_nothing(client)
            client.close()

    def test_opt_in(self):
        client = self.tracker("OPTIN")
        client.call("GET", "a")
        self.assertEqual(client.call("CLIENT", "CACHING", "YES"), OK)
        client.call("GET", "b")
        client.call("GET", "c")
        self.writer.call("MSET", "a", 1, "c", 1)
        self.writer.call("SET", "b", 1)
        self.assertEqual(client.read(), changed(b"b"))
        self.hears_nothing(client)

    def test_opt_in_within_a_pipeline(self):
        client = self.tracker("OPTIN")
        for _ in range(3):
            client.write("GET", "a")
            client.write("CLIENT", "CACHING", "YES")
            client.write("GET", "b")
            client.write("GET", "c")
            for _ in range(4):
                client.read()
            self.writer.call("SET", "a", 1)
            self.writer.call("SET", "c", 1)
            self.writer.call("SET", "b", 1)
            self.assertEqual(client.read(), changed(b"b"))

    def test_opt_out(self):
        client = self.tracker("OPTOUT")
        self.assertEqual(client.call("CLIENT", "CACHING", "NO"), OK)
        client.call("GET", "a")
        client.call("GET", "b")
        self.writer.call("SET", "a", 1)
        self.writer.call("SET", "b", 1)
        self.assertEqual(client.read(), changed(b"b"))
        self.hears_nothing(client)

    def test_prefixes(self):
        client = self.tracker("BCAST", "PREFIX", "user:", "PREFIX", "game:")
        self.writer.call("SET", "user:1", 1)
        self.assertEqual(client.read(), changed(b"user:1"))
        self.writer.call("SET", "use", 1)
        self.writer.call("SET", "game:1", 1)
        self.assertEqual(client.read(), changed(b"game:1"))
        self.writer.call("SET", "user:1", 2)
        self.assertEqual(client.read(), changed(b"user:1"))
        self.hears_nothing(client)

    def test_all_keys(self):
        client = self.tracker("BCAST")
        self.writer.call("LPUSH", "list", 1)
        self.assertEqual(client.read(), changed(b"list"))
        self.writer.call("FLUSHALL")
        self.assertEqual(client.read(), FLUSHED)
        self.writer.call("SET", "gone", 1, "PX", 20)
        self.assertEqual(client.read(), changed(b"gone"))
        self.assertEqual(client.read(), changed(b"gone"))

    def test_all_keys_but_its_own(self):
        client = self.tracker("BCAST", "NOLOOP")
        client.call("SET", "a", 1)
        self.writer.call("SET", "b", 1)
        self.assertEqual(client.read(), changed(b"b"))

    def test_another_client_hears_in_resp2(self):
        target = self.connect()
        number = target.call("CLIENT", "ID")
        reader = self.connect()
        self.assertEqual(reader.call("CLIENT", "TRACKING", "ON", "REDIRECT", number), OK)
        self.assertEqual(reader.call("CLIENT", "GETREDIR"), number)
        target.call("SUBSCRIBE", "__redis__:invalidate")
        reader.call("GET", "a")
        self.writer.call("SET", "a", 1)
        self.assertEqual(target.read(), [b"message", b"__redis__:invalidate", [b"a"]])
        reader.call("GET", "a")
        self.writer.call("FLUSHALL")
        self.assertEqual(target.read(), [b"message", b"__redis__:invalidate", None])

    def test_another_client_hears_in_resp3(self):
        target = self.connect(protocol=3)
        reader = self.tracker("REDIRECT", target.call("CLIENT", "ID"))
        reader.call("GET", "a")
        self.writer.call("SET", "a", 1)
        self.assertEqual(target.read(), changed(b"a"))

    def test_the_other_client_goes(self):
        target = self.connect(protocol=3)
        number = target.call("CLIENT", "ID")
        reader = self.tracker("REDIRECT", number)
        self.assertEqual(reader.call("CLIENT", "TRACKINGINFO")[b"redirect"], number)
        target.close()
        listed = b"id=%d " % number
        self.assertTrue(wait_until(lambda: listed not in self.writer.call("CLIENT", "LIST")))
        reader.call("GET", "a")
        self.writer.call("SET", "a", 1)
        self.assertEqual(reader.read(), [b"tracking-redir-broken", number])
        self.assertIn(b"broken_redirect", reader.call("CLIENT", "TRACKINGINFO")[b"flags"])
        self.assertIn(b"flags=tR ", reader.call("CLIENT", "INFO"))

    def test_nobody_hears_in_resp2(self):
        client = self.connect()
        self.assertEqual(client.call("CLIENT", "TRACKING", "ON"), OK)
        client.call("GET", "a")
        self.writer.call("SET", "a", 1)
        self.assertEqual(client.call("PING"), "PONG")

    def test_ending_it(self):
        for end in (["CLIENT", "TRACKING", "OFF"], ["RESET"]):
            client = self.tracker()
            client.call("GET", "a")
            client.call(*end)
            client.call("HELLO", 3)
            self.assertEqual(client.call("CLIENT", "GETREDIR"), -1)
            self.writer.call("SET", "a", 1)
            self.hears_nothing(client)

    def test_what_it_says_of_itself(self):
        client = self.connect(protocol=3)
        info = client.call("CLIENT", "TRACKINGINFO")
        self.assertEqual(info, {b"flags": {b"off"}, b"redirect": -1, b"prefixes": []})
        client.call("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "b", "PREFIX", "a", "NOLOOP")
        client.call("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "c", "NOLOOP")
        info = client.call("CLIENT", "TRACKINGINFO")
        self.assertEqual(
            info,
            {
                b"flags": {b"on", b"bcast", b"noloop"},
                b"redirect": 0,
                b"prefixes": [b"a", b"b", b"c"],
            },
        )
        self.assertIn(b"flags=tB ", client.call("CLIENT", "INFO"))
        self.assertEqual(self.info(self.writer, "clients")["tracking_clients"], "1")
        self.assertTrue(
            wait_until(lambda: self.info(self.writer, "stats")["tracking_total_prefixes"] == "3")
        )
        client.call("CLIENT", "TRACKING", "OFF")
        client.call("CLIENT", "TRACKING", "ON", "OPTIN")
        client.call("CLIENT", "CACHING", "YES")
        info = client.call("CLIENT", "TRACKINGINFO")
        self.assertEqual(info[b"flags"], {b"on", b"optin", b"caching-yes"})
        client.call("PING")
        info = client.call("CLIENT", "TRACKINGINFO")
        self.assertEqual(info[b"flags"], {b"on", b"optin"})

    def test_keys_and_copies_are_counted(self):
        first, second = self.tracker(), self.tracker()
        first.call("MGET", "a", "b", "c")
        second.call("GET", "a")
        stats = self.info(self.writer, "stats")
        self.assertEqual(stats["tracking_total_keys"], "3")
        self.assertEqual(stats["tracking_total_items"], "4")
        self.writer.call("SET", "a", 1)
        stats = self.info(self.writer, "stats")
        self.assertEqual(stats["tracking_total_keys"], "2")
        self.assertEqual(stats["tracking_total_items"], "2")

    def test_copies_of_those_who_have_gone_go_as_keys_change(self):
        client = self.tracker()
        client.call("GET", "a")
        number = client.call("CLIENT", "ID")
        client.close()
        listed = b"id=%d " % number
        self.assertTrue(wait_until(lambda: listed not in self.writer.call("CLIENT", "LIST")))
        self.writer.call("SET", "a", 1)
        self.assertEqual(self.info(self.writer, "stats")["tracking_total_keys"], "0")

    def test_errors(self):
        cases = [
            ["ON", "PREFIX", "a"],
            ["ON", "BCAST", "OPTIN"],
            ["ON", "OPTIN", "OPTOUT"],
            ["ON", "REDIRECT", "x"],
            ["ON", "REDIRECT", "123456789"],
            ["ON", "REDIRECT"],
            ["ON", "BCAST", "PREFIX", "ab", "PREFIX", "a"],
            ["ON", "WHAT"],
            ["MAYBE"],
        ]
        client = self.connect()
        told = [str(client.call("CLIENT", "TRACKING", *words)) for words in cases]
        self.assertEqual(
            told,
            [
                "ERR PREFIX option requires BCAST mode to be enabled",
                "ERR OPTIN and OPTOUT are not compatible with BCAST",
                "ERR You can't specify both OPTIN mode and OPTOUT mode",
                "ERR value is not an integer or out of range",
                "ERR The client ID you want redirect to does not exist",
                "ERR syntax error",
                "ERR Prefix 'ab' overlaps with another provided prefix 'a'. "
                "Prefixes for a single client must not overlap.",
                "ERR syntax error",
                "ERR syntax error",
            ],
        )
        self.assertEqual(client.call("CLIENT", "GETREDIR"), -1)
        without = "CLIENT CACHING can be called only when the client is in tracking mode with "
        self.assertEqual(
            client.call("CLIENT", "CACHING", "YES"),
            error("ERR " + without + "OPTIN or OPTOUT mode enabled"),
        )
        client.call("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "abc")
        again = [
            str(client.call("CLIENT", "TRACKING", "ON", *words))
            for words in ([], ["BCAST", "PREFIX", "ab"])
        ]
        self.assertEqual(
            again,
            [
                "ERR You can't switch BCAST mode on/off before disabling tracking for this client,"
                " and then re-enabling it with a different mode.",
                "ERR Prefix 'ab' overlaps with an existing prefix 'abc'. "
                "Prefixes for a single client must not overlap.",
            ],
        )
        client.call("CLIENT", "TRACKING", "OFF")
        client.call("CLIENT", "TRACKING", "ON", "OPTOUT")
        said = [
            str(client.call(*words))
            for words in (
                ["CLIENT", "TRACKING", "ON", "OPTIN"],
                ["CLIENT", "CACHING", "YES"],
                ["CLIENT", "CACHING", "PERHAPS"],
            )
        ]
        self.assertEqual(
            said,
            [
                "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client,"
                " and then re-enabling it with a different mode.",
                "ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.",
                "ERR syntax error",
            ],
        )

    def test_no_copy_stays_wrong(self):
        """Reads and changes at once: after the last message a client's copy is what the key is."""
        client = self.tracker()
        copies = {}
        for number in range(400):
            self.writer.write("SET", "k%d" % (number % 7), number)
            client.write("GET", "k%d" % (number % 5))
            value = self.answer_of(client, copies)
            copies["k%d" % (number % 5)] = value
            self.writer.read()
        client.write("PING")
        self.answer_of(client, copies)
        self.hears_all(client, copies)
        for key, copy in copies.items():
            self.assertEqual(self.writer.call("GET", key), copy)

    def answer_of(self, client, copies):
        while True:
            got = client.read()
            if not (isinstance(got, list) and got and got[0] == b"invalidate"):
                return got
            for key in got[1]:
                copies.pop(key.decode(), None)

    def hears_all(self, client, copies):
        client.write("SUBSCRIBE", "fence")
        self.assertEqual(self.answer_of(client, copies)[0], b"subscribe")
        self.writer.call("PUBLISH", "fence", "x")
        self.assertEqual(self.answer_of(client, copies), [b"message", b"fence", b"x"])

    # -- MONITOR ----------------------------------------------------------------------------------

    LINE = re.compile(r"^\d+\.\d{6} \[(\d+) ([^]]+)\] (.*)$")

    def monitored(self, client):
        return self.LINE.match(str(client.read())).groups()

    def test_monitor_shows_requests_of_all_clients(self):
        client = self.connect()
        self.assertEqual(client.call("MONITOR"), OK)
        about = self.writer.call("CLIENT", "INFO").decode()
        _, address, words = self.monitored(client)
        self.assertIn(f" addr={address} ", about)
        self.assertEqual(words, '"CLIENT" "INFO"')
        self.writer.call("SELECT", 2)
        self.writer.call("set", "k", b'a "quoted"\x00 \xff line\n')
        self.assertEqual(self.monitored(client)[2], '"SELECT" "2"')
        number, _, words = self.monitored(client)
        self.assertEqual(number, "2")
        self.assertEqual(words, r'"set" "k" "a \"quoted\"\x00 \xff line\n"')
        self.writer.call("AUTH", "secret")
        self.assertEqual(self.monitored(client)[2], '"AUTH" "(redacted)"')
        self.writer.call("NOSUCH")
        self.writer.call("GET")
        self.writer.call("CONFIG", "GET", "port")
        self.writer.call("PING")
        self.assertEqual(self.monitored(client)[2], '"PING"')
        self.assertIn(b"flags=O ", self.writer.call("CLIENT", "LIST"))

    def test_monitor_shows_a_pipeline_in_order(self):
        client = self.connect()
        client.call("MONITOR")
        for number in range(200):
            self.writer.write("SET", "k%d" % number, number)
        for _ in range(200):
            self.writer.read()
        for number in range(200):
            self.assertEqual(self.monitored(client)[2], '"SET" "k%d" "%d"' % (number, number))

    def test_who_monitors_leaves_keys_alone(self):
        client = self.connect()
        client.call("MONITOR")
        refused = error("ERR Replica can't interact with the keyspace")
        for words in (["GET", "a"], ["SET", "a", 1], ["PUBLISH", "c", "x"], ["BLPOP", "a", 0]):
            self.assertEqual(client.call(*words), refused)
        client.write("MONITOR")
        self.assertEqual(client.call("ECHO", "once"), b"once")

    def test_monitor_ends(self):
        client = self.connect()
        client.call("MONITOR")
        self.assertEqual(str(client.call("RESET")), "RESET")
        self.writer.call("SET", "a", 1)
        self.assertEqual(client.call("PING"), "PONG")


class OnePartition(Tracking, ServerTest):
    OPTIONS = {"partitions": 1, "threads": 1}

    def test_the_table_has_a_limit(self):
        self.writer.call("CONFIG", "SET", "tracking-table-max-keys", 10)
        client = self.tracker()
        copies = {}
        for number in range(100):
            client.write("GET", "k%d" % number)
            self.answer_of(client, copies)
            copies["k%d" % number] = None
        stats = self.info(self.writer, "stats")
        self.assertEqual(stats["tracking_total_keys"], "10")
        self.hears_all(client, copies)
        self.assertEqual(len(copies), 10)
        self.writer.call("CONFIG", "SET", "tracking-table-max-keys", 3)
        self.assertTrue(
            wait_until(lambda: self.info(self.writer, "stats")["tracking_total_keys"] == "3")
        )
        self.hears_all(client, copies)
        self.assertEqual(len(copies), 3)
        self.writer.call("CONFIG", "SET", "tracking-table-max-keys", 1000000)


class SeveralPartitions(Tracking, ServerTest):
    OPTIONS = {"partitions": 3, "threads": 2}


@unittest.skipUnless(oracle_binary(), "no redis-server is installed")
class Reference(Tracking, ServerTest):
    """What holds for us holds for redis-server."""

    OPTIONS = {"binary": oracle_binary()}


if __name__ == "__main__":
    unittest.main()
