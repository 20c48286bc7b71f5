"""Expiry, SCAN's guarantee, and the 16 databases, as several clients see them."""

import threading
import time

from resp import wait_until
from suite import OK, ServerTest, error, run_together


class Expiry(ServerTest):
    OPTIONS = {"enable-debug-command": "yes"}

    def test_a_key_is_never_gone_early_and_soon_gone(self):
        connection = self.connect()
        for _ in range(5):
            set_at = time.monotonic()
            connection.call("SET", "k", "v", "PX", 60)
            while connection.call("GET", "k") is not None:
                self.assertLess(time.monotonic() - set_at, 5)
            self.assertGreater(time.monotonic() - set_at, 0.057)

    def test_keys_that_nobody_asks_for_disappear_by_themselves(self):
        connection = self.connect()
        connection.call("CONFIG", "RESETSTAT")
        connection.pipeline([("SET", f"k{n}", n, "PX", 50 + n % 100) for n in range(2000)])
        connection.call("SET", "stays", 1, "EX", 1000)
        self.assertTrue(wait_until(lambda: connection.call("DBSIZE") == 1, seconds=15))
        self.assertEqual(self.info(connection)["expired_keys"], "2000")
        self.assertRegex(self.info(connection)["db0"], r"^keys=1,expires=1,")

    def test_100000_keys_that_end_together_are_gone_soon(self):
        connection = self.connect(timeout=60)

        def fill(start, end):
            keys = range(start, start + 2000)
            connection.pipeline([("SET", f"key:{n}", n, "PXAT", end) for n in keys])

        started = time.time()
        fill(0, int(started * 1000) + 100_000)
        took = time.time() - started
        end = int((time.time() + 0.3 + 4 * 50 * took) * 1000)
        for start in range(0, 100_000, 2000):
            fill(start, end)
        self.assertLess(time.time() * 1000, end, "this machine was too slow to prepare the test")
        self.assertEqual(connection.call("DBSIZE"), 100_000)
        self.assertTrue(wait_until(lambda: connection.call("DBSIZE") == 0, seconds=20))
        self.assertGreaterEqual(time.time() * 1000, end)

    def test_other_databases_expire_too(self):
        connection = self.connect()
        for database in (3, 15):
            connection.call("SELECT", database)
            connection.pipeline([("SET", f"k{n}", n, "PX", 30) for n in range(100)])
        self.assertTrue(wait_until(lambda: self.info(connection, "keyspace") == {}, seconds=15))

    def test_without_active_expiry_a_key_waits_for_its_reader(self):
        connection = self.connect()
        self.assertEqual(connection.call("DEBUG", "SET-ACTIVE-EXPIRE", 0), OK)
        self.addCleanup(connection.call, "DEBUG", "SET-ACTIVE-EXPIRE", 1)
        connection.call("SET", "k", "v", "PX", 10)
        time.sleep(0.3)
        self.assertEqual(connection.call("DBSIZE"), 1)
        self.assertEqual(connection.call("KEYS", "*"), [])
        self.assertEqual(connection.call("SCAN", 0)[1], [])
        self.assertIsNone(connection.call("GET", "k"))
        self.assertEqual(connection.call("DBSIZE"), 0)

    def test_a_new_value_a_rename_and_persist_change_the_deadline(self):
        connection = self.connect()
        connection.pipeline(
            [
                ("SET", "a", 1, "PX", 50),
                ("SET", "a", 2),
                ("SET", "b", 1, "PX", 50),
                ("PERSIST", "b"),
                ("SET", "c", 1, "PX", 50),
                ("RENAME", "c", "d"),
                ("SET", "e", 1),
                ("SET", "f", 1, "PX", 50),
                ("RENAME", "e", "f"),
                ("SET", "g", 1, "PX", 50),
                ("PEXPIRE", "g", 100_000),
                ("SET", "h", 1, "PX", 50),
                ("COPY", "h", "i"),
                ("SET", "j", 1, "PX", 50),
                ("INCR", "j"),
                ("SET", "l", 1, "PX", 50),
                ("GETSET", "l", 2),
            ]
        )
        time.sleep(0.1)
        self.assertEqual(
            connection.call("MGET", *"abcdefghijl"),
            [b"2", b"1", None, None, None, b"1", b"1", None, None, None, b"2"],
        )

    def test_clients_that_race_for_an_expiring_key_agree(self):
        """SET NX as a lock: at any time at most one holder."""
        holders = []

        def contender(name):
            with self.server.connect() as connection:
                until = time.monotonic() + 0.7
                while time.monotonic() < until:
                    asked_at = time.time()
                    if connection.call("SET", "lock", name, "NX", "PX", 20) == OK:
                        holders.append((asked_at, time.time()))

        run_together(*[lambda n=n: contender(n) for n in range(6)])
        holders.sort(key=lambda span: span[1])
        self.assertGreater(len(holders), 5)
        for earlier, later in zip(holders, holders[1:]):
            # the later was granted after the earlier one's 20 ms, which began after it was asked
            self.assertGreater(later[1] - earlier[0], 0.0185)


class Scan(ServerTest):
    STABLE = 10_000

    def setUp(self):
        super().setUp()
        connection = self.connect()
        self.stable = {b"stable:%d" % n for n in range(self.STABLE)}
        connection.call("MSET", *[word for key in self.stable for word in (key, "v")])

    def scan(self, connection, *options):
        found, cursor = [], b"0"
        for _ in range(1_000_000):
            cursor, page = connection.call("SCAN", cursor, *options)
            found += page
            if cursor == b"0":
                return found
        raise AssertionError("the iteration does not end")

    def test_a_quiet_database_is_seen_whole(self):
        for count in (1, 10, 1000, 100_000):
            found = self.scan(self.connect(), "COUNT", count)
            self.assertEqual(set(found), self.stable)

    def test_filters_hide_only_what_does_not_match(self):
        connection = self.connect()
        self.assertEqual(
            set(self.scan(connection, "MATCH", "*77*")), {k for k in self.stable if b"77" in k}
        )
        self.assertEqual(set(self.scan(connection, "TYPE", "string", "COUNT", 500)), self.stable)
        self.assertEqual(self.scan(connection, "TYPE", "zset", "COUNT", 500), [])

    def test_keys_that_stay_are_returned_while_others_come_and_go(self):
        stop = threading.Event()

        def churn(name):
            with self.server.connect(timeout=60) as connection:
                while not stop.is_set():
                    keys = [
                        f"{name}:{n}" for n in range(20_000)
                    ]  # grows the tables and shrinks them
                    for start in range(0, len(keys), 1000):
                        connection.call(
                            "MSET", *[w for k in keys[start : start + 1000] for w in (k, 1)]
                        )
                    for start in range(0, len(keys), 1000):
                        connection.call("DEL", *keys[start : start + 1000])

        def observe(count):
            try:
                with self.server.connect(timeout=60) as connection:
                    for _ in range(3):
                        missing = self.stable - set(self.scan(connection, "COUNT", count))
                        self.assertEqual(missing, set())
            finally:
                if count == 100:
                    stop.set()

        run_together(
            lambda: churn("a"), lambda: churn("b"), lambda: observe(100), lambda: observe(999)
        )

    def test_keys_that_stay_are_returned_while_the_table_grows(self):
        connection, writer = self.connect(), self.connect()
        found, cursor, added = set(), b"0", 0
        while True:
            cursor, page = connection.call("SCAN", cursor, "COUNT", 50)
            found.update(page)
            if added < 200_000:
                writer.call(
                    "MSET", *[w for n in range(added, added + 1000) for w in (f"new:{n}", 1)]
                )
                added += 1000
            if cursor == b"0":
                break
        self.assertEqual(self.stable - found, set())

    def test_keys_that_stay_are_returned_while_the_table_shrinks(self):
        connection, writer = self.connect(), self.connect()
        for start in range(0, 100_000, 5000):
            writer.call("MSET", *[w for n in range(start, start + 5000) for w in (f"old:{n}", 1)])
        found, cursor, removed = set(), b"0", 0
        while True:
            cursor, page = connection.call("SCAN", cursor, "COUNT", 200)
            found.update(page)
            if removed < 100_000:
                writer.call("DEL", *[f"old:{n}" for n in range(removed, removed + 1000)])
                removed += 1000
            if cursor == b"0":
                break
        self.assertEqual(self.stable - found, set())

    def test_random_keys_are_spread_over_all(self):
        replies = self.connect().pipeline([("RANDOMKEY",)] * 3000)
        self.assertTrue(set(replies) <= self.stable)
        self.assertGreater(len(set(replies)), 1500)


class Databases(ServerTest):
    def test_there_are_sixteen_and_they_are_separate(self):
        connection = self.connect()
        for database in range(16):
            self.assertEqual(connection.call("SELECT", database), OK)
            self.assertIsNone(connection.call("GET", "k"))
            connection.call("SET", "k", database)
        self.assertEqual(connection.call("SELECT", 16), error("ERR DB index is out of range"))
        self.assertEqual(connection.call("SELECT", -1), error("ERR DB index is out of range"))
        self.assertEqual(
            connection.call("SELECT", "x"), error("ERR value is not an integer or out of range")
        )
        self.assertEqual(connection.call("GET", "k"), b"15")

    def test_select_belongs_to_the_connection(self):
        one, two = self.connect(), self.connect()
        one.call("SELECT", 7)
        one.call("SET", "k", "seven")
        self.assertIsNone(two.call("GET", "k"))
        self.assertEqual(
            two.pipeline([("SELECT", 7), ("GET", "k"), ("SELECT", 0), ("GET", "k")]),
            [OK, b"seven", OK, None],
        )

    def test_move_and_copy_reach_other_databases(self):
        connection = self.connect()
        connection.call("SET", "k", "v", "EX", 1000)
        self.assertEqual(connection.call("COPY", "k", "copy", "DB", 4), 1)
        self.assertEqual(connection.call("MOVE", "k", 4), 1)
        self.assertEqual(connection.call("MOVE", "k", 4), 0)
        connection.call("SELECT", 4)
        self.assertEqual(connection.call("MGET", "k", "copy"), [b"v", b"v"])
        self.assertGreater(connection.call("TTL", "k"), 900)
        self.assertEqual(
            connection.call("MOVE", "k", 4),
            error("ERR source and destination objects are the same"),
        )

    def test_swapdb_is_seen_by_connections_that_stay_where_they_are(self):
        one, two = self.connect(), self.connect()
        two.call("SELECT", 1)
        one.call("MSET", "a", "zero", "b", "zero")
        two.call("SET", "a", "one")
        self.assertEqual(one.call("SWAPDB", 0, 1), OK)
        self.assertEqual((one.call("GET", "a"), two.call("GET", "a")), (b"one", b"zero"))
        self.assertEqual((one.call("DBSIZE"), two.call("DBSIZE")), (1, 2))
        self.assertEqual(one.call("SWAPDB", 0, 0), OK)
        self.assertEqual(one.call("SWAPDB", 0, 16), error("ERR DB index is out of range"))

    def test_flushdb_empties_one_and_flushall_all(self):
        connection = self.connect()
        for database in (0, 3, 15):
            connection.call("SELECT", database)
            connection.call("MSET", "a", 1, "b", 2)
        self.assertEqual(connection.call("FLUSHDB"), OK)
        self.assertEqual(sorted(self.info(connection, "keyspace")), ["db0", "db3"])
        self.assertEqual(connection.call("FLUSHALL", "ASYNC"), OK)
        self.assertEqual(self.info(connection, "keyspace"), {})
