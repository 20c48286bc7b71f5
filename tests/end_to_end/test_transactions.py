"""MULTI, EXEC and DISCARD: what is queued, what runs, and what others see of it."""

import re
import unittest

import resp
from resp import wait_until
from suite import OK, ServerTest, error, oracle_binary, run_together
from test_atomicity import KEYS, same
from transactions import ABORTED, NO_MULTI, PONG, QUEUED, WRONG_TYPE, Scenarios, block, wrong_number


class Queueing(Scenarios):
    """What is answered between MULTI and EXEC, and by EXEC."""

    def test_nothing_runs_before_exec(self):
        client = self.connect()
        self.assert_calls(
            client, ("MULTI", OK), ("SET a 1", QUEUED), ("INCR a", QUEUED), ("GET b", QUEUED)
        )
        self.assertIsNone(self.call("GET", "a"))
        self.assertEqual(client.call("EXEC"), [OK, 2, None])
        self.assertEqual(self.call("GET", "a"), b"2")

    def test_discard_forgets_what_was_queued(self):
        self.assert_calls(
            self.control,
            ("MULTI", OK),
            ("SET a 1", QUEUED),
            ("DISCARD", OK),
            ("EXISTS a", 0),
            ("EXEC", NO_MULTI),
            ("MULTI", OK),
            ("NOSUCH", error("ERR unknown command 'NOSUCH', with args beginning with: ")),
            ("DISCARD", OK),
            ("PING", PONG),
        )
        self.assertEqual(self.transact(("PING",)), [PONG])

    def test_what_cannot_be_queued_aborts(self):
        unknown = "ERR unknown command 'NOSUCH', with args beginning with: 'x' "
        cases = [
            ("NOSUCH x", unknown),
            ("GET", wrong_number("get")),
            ("SET a", wrong_number("set")),
            ("MULTI x", wrong_number("multi")),
            ("DISCARD x", wrong_number("discard")),
            ("WATCH", wrong_number("watch")),
            ("RESET x", wrong_number("reset")),
            ("OBJECT", wrong_number("object")),
            ("OBJECT NOSUCH x", "ERR unknown subcommand 'NOSUCH'. Try OBJECT HELP."),
            ("CLIENT NOSUCH", "ERR unknown subcommand 'NOSUCH'. Try CLIENT HELP."),
            ("SHUTDOWN NOSAVE", "ERR Command not allowed inside a transaction"),
        ]
        for words, text in cases:
            with self.subTest(words):
                self.assert_calls(
                    self.control,
                    ("MULTI", OK),
                    ("SET a 1", QUEUED),
                    (words, error(text)),
                    ("SET b 1", QUEUED),
                    ("EXEC", ABORTED),
                    ("EXEC", NO_MULTI),
                    ("EXISTS a b", 0),
                )

    def test_exec_and_discard_without_multi(self):
        self.assert_calls(
            self.control,
            ("EXEC", NO_MULTI),
            ("DISCARD", error("ERR DISCARD without MULTI")),
            ("UNWATCH", OK),
            ("DISCARD x", wrong_number("discard")),
            ("MULTI x", wrong_number("multi")),
            ("UNWATCH x", wrong_number("unwatch")),
            ("WATCH", wrong_number("watch")),
        )

    def test_exec_with_a_wrong_number_of_words_ends_the_transaction(self):
        discarded = error(
            "EXECABORT Transaction discarded because of: wrong number of arguments for 'exec' "
            "command"
        )
        self.assert_calls(
            self.control,
            ("MULTI", OK),
            ("SET a 1", QUEUED),
            ("EXEC x", discarded),
            ("EXISTS a", 0),
            ("EXEC", NO_MULTI),
            ("EXEC x", discarded),
            ("PING", PONG),
        )

    def test_what_fails_does_not_undo_the_rest(self):
        reply = self.transact(
            ("SET", "a", "x"),
            ("INCR", "a"),
            ("LPUSH", "a", 1),
            ("MSET", "b", 1, "c"),
            ("SET", "b", 2, "NOSUCH"),
            ("RENAME", "none", "b"),
            ("SET", "b", 3),
        )
        self.assertEqual(
            reply,
            [
                OK,
                error("ERR value is not an integer or out of range"),
                WRONG_TYPE,
                wrong_number("mset"),
                error("ERR syntax error"),
                error("ERR no such key"),
                OK,
            ],
        )
        self.assertEqual(self.call("MGET", "a", "b"), [b"x", b"3"])

    def test_multi_and_watch_are_refused_without_harm(self):
        self.assert_calls(
            self.control,
            ("MULTI", OK),
            ("MULTI", error("ERR MULTI calls can not be nested")),
            ("WATCH a", error("ERR WATCH inside MULTI is not allowed")),
            ("UNWATCH", QUEUED),
            ("PING", QUEUED),
            ("EXEC", [OK, PONG]),
        )

    def test_nothing_queued(self):
        self.assertEqual(self.transact(), [])
        client = self.connect(protocol=3)
        client.send(resp.encode("MULTI") + resp.encode("EXEC"))
        self.assertEqual([client.read_raw(), client.read_raw()], [b"+OK\r\n", b"*0\r\n"])

    def test_replies_speak_the_protocol_of_the_client(self):
        self.call("HSET", "h", "f", "v")
        self.call("ZADD", "z", 1.5, "m")
        expected = {
            2: b"*5\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n*2\r\n$1\r\nm\r\n$3\r\n1.5\r\n$-1\r\n"
            b"*-1\r\n+PONG\r\n",
            3: b"*5\r\n%1\r\n$1\r\nf\r\n$1\r\nv\r\n*1\r\n*2\r\n$1\r\nm\r\n,1.5\r\n_\r\n"
            b"_\r\n+PONG\r\n",
        }
        for protocol, raw in expected.items():
            client = self.connect(protocol=protocol)
            for words in (
                "MULTI",
                "HGETALL h",
                "ZRANGE z 0 -1 WITHSCORES",
                "GET none",
                "LPOP none 1",
                "PING",
            ):
                client.call(*words.split())
            client.write("EXEC")
            self.assertEqual(client.read_raw(), raw)

    def test_a_broken_watch_is_a_null_array(self):
        for protocol, raw in ((2, b"*-1\r\n"), (3, b"_\r\n")):
            client = self.connect(protocol=protocol)
            client.pipeline([("WATCH", "a"), ("SET", "a", 1), ("MULTI",), ("PING",)])
            client.write("EXEC")
            self.assertEqual(client.read_raw(), raw)

    def test_select_holds_for_what_follows(self):
        out_of_range = error("ERR DB index is out of range")
        reply = self.transact(
            ("SET", "s", 0), ("SELECT", 1), ("SET", "s", 1), ("SELECT", 99), ("GET", "s")
        )
        self.assertEqual(reply, [OK, OK, OK, out_of_range, b"1"])
        self.assertEqual(self.call("GET", "s"), b"1")
        self.assertEqual(self.transact(("SELECT", 0), ("GET", "s")), [OK, b"0"])
        self.assert_calls(
            self.control, ("MULTI", OK), ("SELECT 1", QUEUED), ("DISCARD", OK), ("GET s", b"0")
        )

    def test_reset_leaves_the_transaction(self):
        client = self.connect(protocol=3)
        self.assert_calls(
            client,
            ("MULTI", OK),
            ("SET a 1", QUEUED),
            ("RESET", resp.Simple("RESET")),
            ("EXEC", NO_MULTI),
            ("EXISTS a", 0),
        )

    def test_quit_leaves_everything(self):
        client = self.connect()
        self.assert_calls(client, ("MULTI", OK), ("SET a 1", QUEUED), ("QUIT", OK))
        self.assertEqual(client.read_until_closed(), b"")
        self.assertEqual(self.call("EXISTS", "a"), 0)

    def test_a_client_that_goes_takes_its_transaction_along(self):
        client = self.connect()
        identity = client.call("CLIENT", "ID")
        self.assert_calls(client, ("MULTI", OK), ("SET a 1", QUEUED))
        client.close()
        listed = lambda: self.call("CLIENT", "LIST", "ID", identity)
        self.assertTrue(wait_until(lambda: listed() == b""))
        self.assertEqual(self.call("EXISTS", "a"), 0)

    # -- what blocks elsewhere --------------------------------------------------------------------

    def test_nothing_waits_inside(self):
        waits = [
            "BLPOP n 0",
            "BRPOP n m 0",
            "BLMOVE n m LEFT LEFT 0",
            "BRPOPLPUSH n m 0",
            "BLMPOP 0 2 n m LEFT",
            "BZPOPMIN n 0",
            "BZPOPMAX n m 0",
            "BZMPOP 0 1 n MIN",
            "XREAD BLOCK 0 STREAMS n $",
            "XREAD BLOCK 0 STREAMS n m $ $",
        ]
        for protocol in (2, 3):
            client = self.connect(protocol=protocol)
            reply = self.transact(*(words.split() for words in waits), client=client)
            self.assertEqual(reply, [None] * len(waits))
        client = self.connect()
        client.pipeline([("MULTI",), *(words.split() for words in waits[:3])])
        client.write("EXEC")
        self.assertEqual(client.read_raw(), b"*3\r\n*-1\r\n*-1\r\n$-1\r\n")

    def test_what_there_is_is_taken_at_once(self):
        reply = self.transact(
            ("RPUSH", "n", 1, 2, 3),
            ("BLPOP", "m", "n", 0),
            ("BLMOVE", "n", "m", "LEFT", "LEFT", 0),
            ("BRPOPLPUSH", "n", "m", 0),
            ("BLPOP", "n", "m", 0),
            ("BLPOP", "m", "x"),
            ("LLEN", "m"),
        )
        bad = error("ERR timeout is not a float or out of range")
        self.assertEqual(reply, [3, [b"n", b"1"], b"2", b"3", [b"m", b"3"], bad, 1])

    def test_who_waits_is_served_after_the_whole_transaction(self):
        a = self.waits("BLPOP", "q", 0)
        self.assertEqual(
            self.transact(("RPUSH", "q", 1, 2), ("LPOP", "q"), ("LLEN", "q")), [2, b"1", 1]
        )
        self.assert_answers((a, [b"q", b"2"]))
        self.assertEqual(self.call("EXISTS", "q"), 0)

    def test_what_has_gone_again_serves_nobody(self):
        a, b = self.waits("BLPOP", "q", 0), self.waits("BZPOPMIN", "z", "k0", "k1", 0)
        self.assertEqual(self.transact(("RPUSH", "q", 1), ("DEL", "q")), [1, 1])
        self.assertEqual(self.transact(("ZADD", "k1", 1, "m"), ("ZPOPMIN", "k1", 1))[0], 1)
        self.assert_wait_on(a, b)
        self.assertEqual(self.transact(("RPUSH", "q", 1), ("RENAME", "q", "r")), [1, OK])
        self.assert_wait_on(a, b)
        self.assertEqual(self.transact(("ZADD", "k1", 1, "m"), ("RPUSH", "q", "x")), [1, 1])
        self.assert_answers((a, [b"q", b"x"]), (b, [b"k1", b"m", b"1"]))

    def test_who_waits_in_different_places_is_served(self):
        waiting = [self.waits("BLPOP", key, 0) for key in KEYS]
        mover = self.waits("BLMOVE", "from", "to", "LEFT", "LEFT", 0)
        behind = self.waits("BLPOP", "to", 0)
        self.transact(*(("RPUSH", key, key) for key in KEYS), ("RPUSH", "from", "x"))
        self.assert_answers(*((a, [key.encode()] * 2) for a, key in zip(waiting, KEYS)))
        self.assert_answers((mover, b"x"), (behind, [b"to", b"x"]))
        self.assertEqual(self.call("DBSIZE"), 0)

    # -- what others see of it --------------------------------------------------------------------

    def test_the_list_of_clients_tells_how_many_are_queued(self):
        client = self.connect()
        identity = client.call("CLIENT", "ID")

        def shows(flags, count):
            line = self.call("CLIENT", "LIST", "ID", identity).decode()
            self.assertIn(f" flags={flags} ", line)
            self.assertIn(f" multi={count} ", line)

        shows("N", -1)
        client.call("MULTI")
        shows("x", 0)
        for number in range(1, 4):
            client.call("SET", KEYS[number], 1)
            shows("x", number)
        client.call("NOSUCH")
        shows("x", 3)
        client.call("DISCARD")
        shows("N", -1)
        client.pipeline([("MULTI",), ("PING",)])
        shows("x", 1)
        client.call("EXEC")
        shows("N", -1)

    def test_a_broken_watch_shows_in_the_list_of_clients(self):
        client = self.connect()
        identity = client.call("CLIENT", "ID")
        client.pipeline([("WATCH", "a"), ("MULTI",), ("PING",)])
        self.call("SET", "a", 1)
        self.assertEqual(client.call("PING"), QUEUED)
        listed = self.call("CLIENT", "LIST", "ID", identity).decode()
        self.assertIn(" flags=xd ", listed)
        self.assertIsNone(client.call("EXEC"))
        self.assertIn(" flags=N ", self.call("CLIENT", "LIST", "ID", identity).decode())

    def monitored(self, client, count):
        """The words of so many lines of MONITOR."""
        lines = [str(client.read()) for _ in range(count)]
        return [re.fullmatch(r"\d+\.\d{6} \[(\d+) [^]]+\] (.*)", line).groups() for line in lines]

    def test_monitor_shows_what_is_queued_when_it_runs(self):
        monitor = self.connect()
        monitor.call("MONITOR")
        client = self.connect()
        client.pipeline([("MULTI",), ("SET", "k0", 1), ("SELECT", 2), ("MSET", "k1", 1, "k2", 2)])
        self.assertEqual(self.monitored(monitor, 1), [("0", '"MULTI"')])
        client.pipeline([("GET", "k3"), ("EXEC",), ("PING",)])
        self.assertEqual(
            self.monitored(monitor, 6),
            [
                ("0", '"SET" "k0" "1"'),
                ("2", '"SELECT" "2"'),
                ("2", '"MSET" "k1" "1" "k2" "2"'),
                ("2", '"GET" "k3"'),
                ("2", '"EXEC"'),
                ("2", '"PING"'),
            ],
        )
        client.pipeline([("MULTI",), ("SET", "k0", 1), ("DISCARD",), ("PING",)])
        self.assertEqual(
            [words for _, words in self.monitored(monitor, 3)],
            ['"MULTI"', '"DISCARD"', '"PING"'],
        )

    def test_no_replies(self):
        client = self.connect()
        client.write("CLIENT", "REPLY", "OFF")
        for words in block(("SET", "k0", 1), ("SET", "k1", 1), ("MGET", "k0", "k1")):
            client.write(*words)
        self.assertEqual(client.call("CLIENT", "REPLY", "ON"), OK)
        self.assertEqual(client.call("MGET", "k0", "k1"), [b"1", b"1"])
        client.write("CLIENT", "REPLY", "SKIP")
        client.write("MULTI")
        self.assertEqual(client.call("SET", "k0", 2), QUEUED)
        self.assertEqual(client.call("SET", "k1", 2), QUEUED)
        self.assertEqual(client.call("EXEC"), [OK, OK])
        self.assertEqual(client.call("PING"), PONG)

    def test_a_pause_of_writes_holds_what_writes(self):
        writer, reader, late = self.connect(), self.connect(), self.connect()
        writer.pipeline([("MULTI",), ("GET", "k0"), ("SET", "k0", 1), ("SET", "k1", 1)])
        reader.pipeline([("MULTI",), ("GET", "k0"), ("MGET", "k1", "k2")])
        self.call("CLIENT", "PAUSE", 100_000, "WRITE")
        self.addCleanup(self.call, "CLIENT", "UNPAUSE")
        writer.write("EXEC")
        self.assertEqual(reader.call("EXEC"), [None, [None, None]])
        self.assertEqual(self.transact(("GET", "k0"), ("DBSIZE",), client=reader), [None, 0])
        self.assertEqual(late.call("MULTI"), OK)
        late.write("SET", "k2", 1)
        self.assertTrue(writer.is_silent(0.02))
        self.assertTrue(late.is_silent(0.01))
        self.call("CLIENT", "UNPAUSE")
        self.assertEqual(writer.read(), [None, OK, OK])
        self.assertEqual(late.read(), QUEUED)
        self.assertEqual(late.call("EXEC"), [OK])

    def test_a_pause_of_everything_holds_a_transaction(self):
        client = self.connect()
        client.pipeline([("MULTI",), ("GET", "a")])
        self.call("CLIENT", "PAUSE", 300, "ALL")
        client.write("EXEC")
        self.assertTrue(client.is_silent(0.02))
        self.assertEqual(client.read(), [None])

    def test_a_key_that_changes_during_a_pause_breaks_the_watch(self):
        client = self.connect()
        client.pipeline([("WATCH", "a"), ("MULTI",), ("SET", "b", 1)])
        self.call("SET", "a", 1)
        self.call("CLIENT", "PAUSE", 100_000, "WRITE")
        client.write("EXEC")
        self.call("CLIENT", "UNPAUSE")
        self.assertIsNone(client.read())
        self.assertEqual(self.call("EXISTS", "b"), 0)

    # -- events and tracking ----------------------------------------------------------------------

    def test_events_come_in_the_order_of_the_requests(self):
        self.call("CONFIG", "SET", "notify-keyspace-events", "EA")
        self.addCleanup(self.call, "CONFIG", "SET", "notify-keyspace-events", "")
        listener = self.connect()
        listener.call("PSUBSCRIBE", "__keyevent@*")
        for number in range(20):
            names = [f"{key}:{number}" for key in KEYS]
            self.transact(
                *(("SET", name, 1) for name in names),
                ("RENAME", names[0], names[1]),
                ("LPUSH", names[0], 1),
                ("DEL", *reversed(names)),
                ("SELECT", 3),
                ("SADD", "s", number),
                ("SELECT", 0),
            )
            told = [listener.read()[2:] for _ in range(len(KEYS) * 2 + 4)]
            self.assertEqual(
                [(channel.decode()[11:], key.decode()) for channel, key in told],
                [
                    *(("0__:set", name) for name in names),
                    ("0__:rename_from", names[0]),
                    ("0__:rename_to", names[1]),
                    ("0__:lpush", names[0]),
                    *(("0__:del", name) for name in reversed(names)),
                    ("3__:sadd", "s"),
                ],
            )

    def tracker(self, *options):
        client = self.connect(protocol=3)
        self.assertEqual(client.call("CLIENT", "TRACKING", "ON", *options), OK)
        return client

    def hears(self, client, *keys):
        """Exactly these keys are told, in any order."""
        self.call("SET", "fence", 0)
        client.write("GET", "fence")
        told = []
        while True:
            message = client.read()
            if not isinstance(message, resp.Push):
                break
            told += message[1]
        self.call("SET", "fence", 1)
        while b"fence" not in told:
            told += client.read()[1]
        told.remove(b"fence")
        self.assertEqual(sorted(told), sorted(keys))

    def test_trackers_hear_of_what_a_transaction_changed(self):
        client = self.tracker()
        client.call("MGET", "k0", "k1", "k2", "k3")
        self.transact(("SET", "k1", 1), ("GET", "k3"), ("MSET", "k0", 1, "k2", 2), ("DEL", "k4"))
        self.hears(client, b"k0", b"k1", b"k2")
        self.transact(("SET", "k1", 1), ("SET", "k3", 1))
        self.hears(client, b"k3")

    def test_what_a_transaction_reads_is_tracked(self):
        client = self.tracker()
        self.transact(("GET", "k0"), ("MGET", "k1", "k2"), ("SET", "k3", 1), client=client)
        self.call("MSET", "k0", 1, "k1", 1, "k2", 1, "k3", 1)
        self.hears(client, b"k0", b"k1", b"k2")

    def test_what_a_transaction_does_not_run_is_not_tracked(self):
        client = self.tracker()
        client.pipeline([("MULTI",), ("GET", "k0"), ("DISCARD",)])
        client.pipeline([("WATCH", "k2"), ("MULTI",), ("GET", "k1")])
        self.call("SET", "k2", 1)
        self.assertIsNone(client.call("EXEC"))
        self.call("MSET", "k0", 1, "k1", 1, "k2", 2)
        self.hears(client)

    def test_its_own_changes_come_behind_the_reply_of_exec(self):
        client = self.tracker()
        reply = self.transact(
            ("GET", "k0"), ("SET", "k0", 1), ("GET", "k1"), ("SET", "k1", 1), client=client
        )
        self.assertEqual(reply, [None, OK, None, OK])
        self.hears(client, b"k0", b"k1")

    def test_caching_yes_holds_for_the_whole_transaction(self):
        client = self.tracker("OPTIN")
        self.assertEqual(client.call("CLIENT", "CACHING", "YES"), OK)
        self.transact(("GET", "k0"), ("GET", "k1"), client=client)
        client.call("GET", "k2")
        self.transact(("GET", "k3"), client=client)
        self.call("MSET", "k0", 1, "k1", 1, "k2", 1, "k3", 1)
        told = []
        while len(told) < 2:
            told += client.read()[1]
        self.assertEqual(sorted(told), [b"k0", b"k1"])
        self.assertTrue(client.is_silent(0.05))

    def test_trackers_of_prefixes_hear_of_a_transaction(self):
        client = self.tracker("BCAST", "PREFIX", "k")
        self.transact(("SET", "k0", 1), ("SET", "x", 1), ("MSET", "k1", 1, "k2", 1))
        told = []
        while len(told) < 3:
            told += client.read()[1]
        self.assertEqual(sorted(told), [b"k0", b"k1", b"k2"])


class Piped(Scenarios):
    """Many transactions in one pipeline, long ones, and ones with large words."""

    def test_transactions_between_other_requests(self):
        requests, expected = [], []

        def add(words, reply):
            requests.append(words)
            expected.append(reply)

        def add_block(*pairs):
            add(("MULTI",), OK)
            for words, _ in pairs:
                add(words, QUEUED)
            add(("EXEC",), [reply for _, reply in pairs])

        for number in range(200):
            a, b = KEYS[number % 8], KEYS[(number + 3) % 8]
            value = b"%d" % number
            add(("SET", a, number), OK)
            add_block((("GET", a), value), (("SET", b, number), OK))
            add(("MGET", a, b), [value, value])
            add_block((("INCR", a), number + 1), (("MSET", a, 1, b, 2), OK))
            add_block()
            add(("PING",), PONG)
            add_block((("DEL", a, b), 2))
            add(("EXISTS", a, b), 0)
            add(("EXEC",), NO_MULTI)
        self.assertEqual(self.control.pipeline(requests), expected)

    def test_several_clients_with_long_pipelines(self):
        def worker(name):
            def run():
                keys = [f"{name}:{key}" for key in KEYS]
                requests = []
                for key in keys * 25:
                    requests += [("INCR", key), *block(("INCR", key), ("EXISTS", *keys))]
                with self.server.connect(timeout=60) as connection:
                    replies = connection.pipeline(requests)
                for at, key in enumerate(keys * 25):
                    value = at // 8 * 2 + 1
                    found = min(at + 1, 8)
                    self.assertEqual(
                        replies[at * 5 : at * 5 + 5],
                        [value, OK, QUEUED, QUEUED, [value + 1, found]],
                        key,
                    )

            return run

        run_together(*(worker(name) for name in "abcdef"))

    def test_a_request_a_piece(self):
        whole = b"".join(resp.encode(*words) for words in block(("SET", "k0", 1), ("GET", "k0")))
        for size in (1, 7, 30):
            for at in range(0, len(whole), size):
                self.control.send(whole[at : at + size])
            replies = [self.control.read() for _ in range(4)]
            self.assertEqual(replies, [OK, QUEUED, QUEUED, [OK, b"1"]])

    def test_ten_thousand_requests(self):
        for keys in (["k0"], KEYS):
            self.call("FLUSHALL")
            requests = [("INCR", keys[number % len(keys)]) for number in range(10_000)]
            reply = self.transact(*requests)
            self.assertEqual(reply, [number // len(keys) + 1 for number in range(10_000)])

    def test_ten_thousand_requests_and_a_broken_watch(self):
        client = self.connect()
        client.call("WATCH", "k1")
        self.call("SET", "k1", 1)
        self.assertIsNone(self.transact(*[("INCR", "k0")] * 10_000, client=client))
        self.assertEqual(self.transact(("GET", "k0"), client=client), [None])

    def test_large_values(self):
        values = [bytes([65 + number]) * (1 << 20) for number in range(len(KEYS))]
        sets = [("SET", key, value) for key, value in zip(KEYS, values)]
        gets = [("GET", key) for key in KEYS]
        self.assertEqual(self.transact(*sets, *gets), [OK] * 8 + values)
        reply = self.transact(("MGET", *KEYS), ("MSET", *same(b"z" * (1 << 20))), *gets)
        self.assertEqual(reply, [values, OK] + [b"z" * (1 << 20)] * 8)
        self.assertEqual(self.control.pipeline([*block(*sets)[:-1], ("DISCARD",)])[-1], OK)
        self.assertEqual(self.call("STRLEN", "k0"), 1 << 20)


class OnePartition(Queueing, Piped, ServerTest):
    OPTIONS = {"threads": 1, "partitions": 1}


class FourPartitions(Queueing, Piped, ServerTest):
    OPTIONS = {"threads": 2, "partitions": 4}


@unittest.skipUnless(oracle_binary(), "no redis-server is installed")
class Reference(Queueing, Piped, ServerTest):
    """What holds for us holds for redis-server."""

    OPTIONS = {"binary": oracle_binary()}


if __name__ == "__main__":
    unittest.main()
