"""What the server says about itself: INFO, SLOWLOG, LATENCY, MEMORY, CONFIG, COMMAND, DEBUG."""

import re
import time
import unittest

import server
from resp import wait_until
from suite import OK, ServerTest, error, oracle_binary, thespis_only

SECTIONS = (
    "Server",
    "Clients",
    "Memory",
    "Persistence",
    "Stats",
    "Replication",
    "CPU",
    "Modules",
    "Errorstats",
    "Cluster",
    "Keyspace",
)


class Info(ServerTest):
    def sections(self, text):
        """[(title, [line])] of an INFO reply."""
        found = []
        for line in text.decode().split("\r\n"):
            if line.startswith("# "):
                found.append((line[2:], []))
            elif line:
                found[-1][1].append(line)
        return found

    def test_every_line_is_a_title_or_a_field(self):
        text = self.connect().call("INFO", "everything").decode()
        self.assertTrue(text.endswith("\r\n"))
        for line in text.split("\r\n"):
            self.assertRegex(line, r"^($|# \w+$|[\w.|-]+:.*$)")

    def test_the_default_sections_in_their_order(self):
        titles = [title for title, _ in self.sections(self.connect().call("INFO"))]
        self.assertEqual([title for title in SECTIONS if title in titles], titles)
        for title in ("Server", "Clients", "Memory", "Stats", "CPU", "Keyspace"):
            self.assertIn(title, titles)

    def test_sections_can_be_chosen(self):
        connection = self.connect()
        titles = [title for title, _ in self.sections(connection.call("INFO", "cpu", "SERVER"))]
        self.assertEqual(sorted(titles), ["CPU", "Server"])
        self.assertEqual(connection.call("INFO", "nosuch"), b"")
        everything = [title for title, _ in self.sections(connection.call("INFO", "everything"))]
        self.assertIn("Commandstats", everything)

    def test_in_resp3_it_is_a_verbatim_string(self):
        reply = self.connect(protocol=3).call("INFO", "server")
        self.assertEqual(reply.format, "txt")

    @unittest.skipUnless(oracle_binary(), "redis-server is not installed")
    def test_the_fields_of_redis_in_redis_order(self):
        with server.Server(binary=oracle_binary()) as oracle, oracle.connect() as reference:
            connection = self.connect()
            for section in (
                "server",
                "clients",
                "memory",
                "stats",
                "cpu",
                "persistence",
                "replication",
                "cluster",
            ):
                with self.subTest(section):
                    theirs, ours = (
                        [
                            line.split(":")[0]
                            for line in c.call("INFO", section).decode().split()
                            if ":" in line
                        ]
                        for c in (reference, connection)
                    )
                    self.assertEqual([field for field in theirs if field not in ours], [])
                    self.assertEqual([field for field in ours if field in theirs], theirs)

    def test_numbers_follow_what_happens(self):
        connection = self.alone()
        connection.call("CONFIG", "RESETSTAT")
        connection.pipeline(
            [
                ("SET", "k", 1),
                ("GET", "k"),
                ("GET", "missing"),
                ("INCR", "k"),
                ("nosuch",),
                ("SET", "k", "text"),
                ("INCR", "k"),
                ("GET",),
            ]
        )
        info = self.info(connection)
        self.assertEqual((info["keyspace_hits"], info["keyspace_misses"]), ("1", "1"))
        self.assertEqual(info["connected_clients"], "1")
        self.assertGreaterEqual(int(info["total_commands_processed"]), 6)
        self.assertRegex(
            info["cmdstat_set"],
            r"^calls=2,usec=\d+,usec_per_call=\d+\.\d\d," r"rejected_calls=0,failed_calls=0$",
        )
        self.assertRegex(info["cmdstat_incr"], r"^calls=2,.*,rejected_calls=0,failed_calls=1$")
        self.assertRegex(info["cmdstat_get"], r"^calls=2,.*,rejected_calls=1,failed_calls=0$")
        self.assertEqual(info["errorstat_ERR"], "count=3")
        self.assertRegex(info["db0"], r"^keys=1,expires=0,avg_ttl=0")
        self.assertRegex(
            info["latency_percentiles_usec_set"], r"^p50=[\d.]+,p99=[\d.]+,p99\.9=[\d.]+$"
        )
        connection.call("CONFIG", "RESETSTAT")
        self.assertNotIn("cmdstat_set", self.info(connection))

    def test_memory_grows_and_shrinks_with_the_data(self):
        connection = self.connect(timeout=60)
        before = int(self.info(connection)["used_memory"])
        connection.call("SET", "big", "x" * 20_000_000)
        during = int(self.info(connection)["used_memory"])
        connection.call("DEL", "big")
        self.assertGreater(during - before, 19_000_000)
        # Large values are freed in the background.
        used = lambda: int(self.info(connection)["used_memory"])
        self.assertTrue(wait_until(lambda: used() < during - 19_000_000))

    def test_keyspace_counts_every_database(self):
        connection = self.connect()
        connection.call("MSET", "a", 1, "b", 2, "c", 3)
        connection.call("EXPIRE", "a", 1000)
        connection.call("SELECT", 9)
        connection.call("SET", "x", 1)
        info = self.info(connection, "keyspace")
        self.assertRegex(info["db0"], r"^keys=3,expires=1,avg_ttl=\d+")
        self.assertRegex(info["db9"], r"^keys=1,expires=0,avg_ttl=0")
        self.assertEqual(set(info), {"db0", "db9"})

    @thespis_only("the stand-in is another server")
    def test_it_says_who_it_is(self):
        info = self.info(self.connect())
        self.assertEqual((info["redis_version"], info["server_name"]), ("7.2.4", "thespis"))
        self.assertEqual(
            (info["tcp_port"], info["process_id"]), (str(self.server.port), str(self.server.pid))
        )


class Slowlog(ServerTest):
    def setUp(self):
        super().setUp()
        self.connection = self.connect()
        self.connection.call("CONFIG", "SET", "slowlog-log-slower-than", 0, "slowlog-max-len", 128)
        self.connection.call("SLOWLOG", "RESET")
        self.addCleanup(self.connection.call, "CONFIG", "SET", "slowlog-log-slower-than", 10_000)

    def test_an_entry_tells_what_who_and_how_long(self):
        self.connection.call("CLIENT", "SETNAME", "slow")
        self.connection.call("SET", "k", "v")
        entries = self.connection.call("SLOWLOG", "GET", -1)
        number, at, duration, words, address, name = next(e for e in entries if e[3][0] == b"SET")
        self.assertEqual((words, name), ([b"SET", b"k", b"v"], b"slow"))
        self.assertEqual(address.decode(), "%s:%d" % self.connection.socket.getsockname())
        self.assertLess(abs(at - time.time()), 100)
        self.assertGreaterEqual(duration, 0)
        self.assertGreaterEqual(number, 0)

    def test_newest_first_and_numbers_fall(self):
        self.connection.pipeline([("GET", f"k{n}") for n in range(20)])
        entries = self.connection.call("SLOWLOG", "GET", 10)
        self.assertEqual(len(entries), 10)
        numbers = [entry[0] for entry in entries]
        self.assertEqual(numbers, sorted(numbers, reverse=True))

    def test_long_requests_are_abridged(self):
        self.connection.call("MGET", *["k"] * 100)
        self.connection.call("ECHO", "x" * 200)
        entries = {entry[3][0]: entry[3] for entry in self.connection.call("SLOWLOG", "GET")}
        self.assertEqual(
            (len(entries[b"MGET"]), entries[b"MGET"][31]), (32, b"... (70 more arguments)")
        )
        self.assertEqual(entries[b"ECHO"][1], b"x" * 128 + b"... (72 more bytes)")

    def test_length_and_limits(self):
        self.connection.call("CONFIG", "SET", "slowlog-max-len", 5)
        self.connection.pipeline([("GET", f"k{n}") for n in range(20)])
        self.assertEqual(self.connection.call("SLOWLOG", "LEN"), 5)
        self.connection.call("CONFIG", "SET", "slowlog-log-slower-than", -1)
        self.assertEqual(self.connection.call("SLOWLOG", "RESET"), OK)
        self.connection.call("GET", "k")
        self.assertEqual(self.connection.call("SLOWLOG", "LEN"), 0)
        self.assertEqual(
            self.connection.call("SLOWLOG", "GET", -2),
            error("ERR count should be greater than or equal to -1"),
        )


class Latency(ServerTest):
    OPTIONS = {"enable-debug-command": "yes", "latency-monitor-threshold": 1}

    def setUp(self):
        super().setUp()
        self.connection = self.connect()
        self.connection.call("LATENCY", "RESET")
        self.connection.call("DEBUG", "SLEEP", "0.01")

    def test_a_slow_command_becomes_an_event(self):
        events = {event[0]: event for event in self.connection.call("LATENCY", "LATEST")}
        _, at, last, most = events[b"command"]
        self.assertLess(abs(at - time.time()), 100)
        self.assertGreaterEqual(min(last, most), 10)
        (history,) = self.connection.call("LATENCY", "HISTORY", "command")
        self.assertEqual(history, [at, last])
        self.assertEqual(self.connection.call("LATENCY", "HISTORY", "nosuch"), [])

    def test_reset_counts_the_events_it_forgets(self):
        self.assertEqual(self.connection.call("LATENCY", "RESET", "nosuch"), 0)
        self.assertEqual(self.connection.call("LATENCY", "RESET", "command"), 1)
        self.assertNotIn(b"command", [e[0] for e in self.connection.call("LATENCY", "LATEST")])

    def test_doctor_and_graph_speak(self):
        self.assertIn(b"command", self.connection.call("LATENCY", "DOCTOR"))
        self.assertIn(b"command - high", self.connection.call("LATENCY", "GRAPH", "command"))
        self.assertEqual(
            self.connection.call("LATENCY", "GRAPH", "nosuch"),
            error("ERR No samples available for event 'nosuch'"),
        )

    def test_histograms_count_calls(self):
        self.connection.call("CONFIG", "RESETSTAT")
        self.connection.pipeline([("SET", "k", 1)] * 10)
        connection = self.connect(protocol=3)
        histogram = connection.call("LATENCY", "HISTOGRAM", "set", "get")
        self.assertEqual(list(histogram), [b"set"])
        self.assertEqual(histogram[b"set"][b"calls"], 10)
        buckets = histogram[b"set"][b"histogram_usec"]
        self.assertEqual(max(buckets.values()), 10)
        self.assertEqual(sorted(buckets), list(buckets))


class Memory(ServerTest):
    def test_usage_grows_with_the_value(self):
        connection = self.connect()
        connection.call("MSET", "small", "x", "large", "x" * 10_000)
        small, large = connection.call("MEMORY", "USAGE", "small"), connection.call(
            "MEMORY", "USAGE", "large"
        )
        self.assertGreater(small, 0)
        self.assertGreater(large, 10_000)
        self.assertLess(large, 25_000)
        self.assertIsNone(connection.call("MEMORY", "USAGE", "missing"))

    def test_stats_doctor_and_purge(self):
        connection = self.connect(protocol=3)
        stats = connection.call("MEMORY", "STATS")
        for name in (
            b"peak.allocated",
            b"total.allocated",
            b"startup.allocated",
            b"clients.normal",
            b"overhead.total",
            b"keys.count",
            b"keys.bytes-per-key",
            b"dataset.bytes",
            b"allocator.allocated",
            b"fragmentation",
        ):
            self.assertIn(name, stats)
        self.assertEqual(connection.call("MEMORY", "DOCTOR").format, "txt")
        self.assertEqual(connection.call("MEMORY", "PURGE"), OK)


class Config(ServerTest):
    OWN = {"port", "dir", "logfile", "pidfile", "save", "unixsocket", "bind", "io-threads"}
    OWN |= {"client-output-buffer-limit"}  # not without limit for normal clients

    @unittest.skipUnless(oracle_binary(), "redis-server is not installed")
    def test_every_name_of_redis_with_its_default(self):
        with server.Server(binary=oracle_binary()) as oracle, oracle.connect(
            protocol=3
        ) as reference:
            theirs = reference.call("CONFIG", "GET", "*")
        ours = self.connect(protocol=3).call("CONFIG", "GET", "*")
        self.assertEqual(sorted(name.decode() for name in theirs if name not in ours), [])
        different = {
            name.decode(): (value, ours[name])
            for name, value in theirs.items()
            if ours[name] != value and name.decode() not in self.OWN
        }
        self.assertEqual(different, {})

    def test_a_bad_value_changes_nothing_of_the_same_request(self):
        connection = self.connect()
        reply = connection.call("CONFIG", "SET", "maxmemory", "5mb", "hz", "x")
        self.assertRegex(reply, "^ERR CONFIG SET failed .possibly related to argument 'hz'. - ")
        self.assertEqual(connection.call("CONFIG", "GET", "maxmemory"), [b"maxmemory", b"0"])

    def test_patterns(self):
        connection = self.connect(protocol=3)
        self.assertIn(b"maxmemory-policy", connection.call("CONFIG", "GET", "maxm*"))
        self.assertEqual(
            set(connection.call("CONFIG", "GET", "hz", "tim[e]out")), {b"hz", b"timeout"}
        )


class Commands(ServerTest):
    @unittest.skipUnless(oracle_binary(), "redis-server is not installed")
    def test_every_row_agrees_with_redis(self):
        newer = {b"getkeys", b"getkeysandflags"}  # 7.2 lowered the arity of these subcommands
        # What 7.2 changed of a row: ZRANK WITHSCORE, PFCOUNT writes its cache, PUBLISH and scripts
        # go to replicas, and scripts may call what blocks elsewhere.
        changed = {(b"zrank", 1), (b"zrevrank", 1), (b"pfcount", 2)}
        changed |= {(name, 2) for name in (b"publish", b"spublish", b"eval", b"evalsha", b"fcall")}
        blocking = "blpop brpop blmove blmpop brpoplpush bzpopmin bzpopmax bzmpop".split()
        changed |= {(name.encode(), 2) for name in blocking}
        with server.Server(binary=oracle_binary()) as oracle, oracle.connect() as reference:
            theirs = {row[0]: row for row in reference.call("COMMAND")}
        ours = {row[0]: row for row in self.connect().call("COMMAND")}
        self.assertIn(b"get", ours)
        for name in sorted(set(theirs) & set(ours)):
            with self.subTest(name.decode()):
                for at in {1, 3, 4, 5} - {at for row, at in changed if row == name}:
                    self.assertEqual(ours[name][at], theirs[name][at])
                for at in {2, 6} - {at for row, at in changed if row == name}:
                    self.assertEqual(sorted(ours[name][at]), sorted(theirs[name][at]))
                subcommands = {row[0]: row[1] for row in theirs[name][9]}
                for row in ours[name][9]:
                    if row[0] in subcommands and row[0].split(b"|")[1] not in newer:
                        self.assertEqual(row[1], subcommands[row[0]], row[0])

    def test_docs_have_the_parts_that_clients_use(self):
        docs = self.connect(protocol=3).call("COMMAND", "DOCS", "set", "config|get")
        self.assertEqual(set(docs), {b"set", b"config|get"})
        for part in (b"summary", b"since", b"group", b"complexity", b"arguments"):
            self.assertIn(part, docs[b"set"])

    def test_count_list_and_commands_agree(self):
        connection = self.connect()
        names = [name for name in connection.call("COMMAND", "LIST") if b"|" not in name]
        self.assertEqual(len(names), connection.call("COMMAND", "COUNT"))
        self.assertEqual(sorted(names), sorted(row[0] for row in connection.call("COMMAND")))


class Debug(ServerTest):
    def test_it_is_off_unless_it_was_switched_on(self):
        connection = self.connect()
        self.assertRegex(connection.call("DEBUG", "SLEEP", 0), "^ERR DEBUG command not allowed. ")
        self.assertRegex(
            connection.call("CONFIG", "SET", "enable-debug-command", "yes"),
            "can't set immutable config",
        )

    def test_local_allows_the_loopback(self):
        with server.Server(
            enable_debug_command="local"
        ) as running, running.connect() as connection:
            self.assertEqual(connection.call("DEBUG", "SLEEP", 0), OK)

    def test_populate_makes_keys_and_digest_sees_changes(self):
        with server.Server(
            enable_debug_command="yes", threads=2, partitions=3
        ) as running, running.connect() as connection:
            empty = connection.call("DEBUG", "DIGEST")
            self.assertEqual(connection.call("DEBUG", "POPULATE", 1000, "pre", 20), OK)
            self.assertEqual(connection.call("DBSIZE"), 1000)
            self.assertEqual(connection.call("STRLEN", "pre:7"), 20)
            full = connection.call("DEBUG", "DIGEST")
            self.assertNotEqual(full, empty)
            connection.pipeline([("SET", "x", 1), ("DEL", "x")])
            self.assertEqual(connection.call("DEBUG", "DIGEST"), full)
            connection.call("APPEND", "pre:7", "!")
            self.assertNotEqual(connection.call("DEBUG", "DIGEST"), full)


class Time(ServerTest):
    def test_time_is_the_time(self):
        seconds, microseconds = self.connect().call("TIME")
        self.assertLess(abs(int(seconds) - time.time()), 5)
        self.assertTrue(re.fullmatch(rb"\d{1,6}", microseconds))
