"""Figures that the server keeps while it works: of its clients, its event loops, its keys."""

import time

import resp
from resp import wait_until
from suite import OK, ServerTest, not_sanitized, parse_client, thespis_only

LIST = ("CLIENT", "LIST")


def row_of(asking, identity):
    return parse_client(asking.call("CLIENT", "LIST", "ID", identity))


class ClientBuffers(ServerTest):
    def row(self, asking, identity):
        return row_of(asking, identity)

    def test_the_own_row_shows_the_request_that_asks(self):
        connection = self.connect()
        own = parse_client(connection.call(*LIST))
        self.assertEqual(int(own["qbuf"]), len(resp.encode(*LIST)))
        self.assertGreater(int(own["qbuf-free"]), 0)
        self.assertEqual(int(own["argv-mem"]), len("CLIENTLIST"))
        self.assertGreater(int(own["tot-mem"]), 1000)
        self.assertEqual((own["obl"], own["oll"], own["omem"]), ("0", "0", "0"))
        self.assertEqual(own["events"], "r")

    def test_a_silent_client_has_its_memory_counted(self):
        asking, silent = self.connect(), self.connect()
        identity = silent.call("CLIENT", "ID")
        row = wait_until(lambda: self.row(asking, identity)["tot-mem"] != "0")
        self.assertTrue(row)

    @not_sanitized("it takes long, and says nothing of memory")
    @thespis_only("Redis shrinks at other moments")
    def test_an_idle_client_gives_back_what_it_had_grown(self):
        asking, idle = self.connect(), self.connect()
        identity = idle.call("CLIENT", "ID")
        self.assertEqual(len(idle.call("ECHO", "x" * 50_000)), 50_000)
        started = time.monotonic()
        self.assertTrue(wait_until(lambda: int(self.row(asking, identity)["qbuf-free"]) > 40_000))

        def is_small():
            row = self.row(asking, identity)
            return int(row["qbuf-free"]) <= 4096 and int(row["rbs"]) <= 4096 and row

        row = wait_until(is_small)
        self.assertTrue(row)
        self.assertGreaterEqual(int(row["idle"]) + 1.5, time.monotonic() - started)
        self.assertEqual(idle.call("PING"), "PONG")

    def test_half_a_request_stays_in_the_query_buffer(self):
        asking, half = self.connect(), self.connect()
        identity = half.call("CLIENT", "ID")
        half.send(b"*2\r\n$4\r\nECHO\r\n$10000\r\n" + b"x" * 5000)
        self.assertTrue(wait_until(lambda: int(self.row(asking, identity)["qbuf"]) >= 5000))
        half.send(b"x" * 5000 + b"\r\n")
        self.assertEqual(half.read(), b"x" * 10000)
        self.assertTrue(wait_until(lambda: self.row(asking, identity)["qbuf"] == "0"))

    @thespis_only("Redis asks for writability only when the loop comes around")
    def test_output_that_nobody_reads_is_seen_and_goes(self):
        asking, lazy = self.connect(), self.connect()
        identity = lazy.call("CLIENT", "ID")
        asking.call("SET", "k", "x" * 100_000)
        lazy.send(resp.encode("GET", "k") * 300)

        def waiting():
            row = self.row(asking, identity)
            return row if int(row["omem"]) > 0 else None

        row = wait_until(waiting)
        self.assertIsNotNone(row)
        self.assertEqual(row["events"], "rw")
        self.assertEqual((row["oll"], row["obl"]), ("1", "16384"))
        self.assertGreater(int(row["tot-mem"]), int(row["omem"]))
        self.assertGreaterEqual(int(row["rbp"]), int(row["omem"]))
        self.assertGreaterEqual(
            int(self.info(asking, "clients")["client_recent_max_output_buffer"]),
            int(row["omem"]),
        )
        early = 64 * 1024  # bytes of room for what comes meanwhile
        free = lambda: int(self.row(asking, identity)["qbuf-free"])
        self.assertTrue(wait_until(lambda: free() >= early))
        for _ in range(300):
            self.assertEqual(len(lazy.read()), 100_000)
        self.assertTrue(wait_until(lambda: self.row(asking, identity)["omem"] == "0"))
        self.assertTrue(wait_until(lambda: free() < early))
        self.assertEqual(self.row(asking, identity)["events"], "r")

    def test_a_client_that_never_reads_is_killed_at_once(self):
        asking, lazy = self.connect(), self.connect()
        identity = lazy.call("CLIENT", "ID")
        asking.call("SET", "k", "x" * 100_000)
        lazy.send(resp.encode("GET", "k") * 300)
        self.assertTrue(wait_until(lambda: int(self.row(asking, identity)["omem"]) > 0))
        started = time.monotonic()
        self.assertEqual(asking.call("CLIENT", "KILL", "ID", identity), 1)
        self.assertTrue(wait_until(lambda: not asking.call("CLIENT", "LIST", "ID", identity)))
        self.assertLess(time.monotonic() - started, 1)

    @thespis_only("Redis keeps large replies in a list")
    def test_no_client_keeps_memory_for_large_replies_that_it_has_taken(self):
        asking, *readers = self.connect(), self.connect(), self.connect(), self.connect()
        values = ["abc"[i] * (90_000 + 30_000 * i) for i in range(3)]
        for i, value in enumerate(values):
            asking.call("RPUSH", f"list:{i}", *[value[:30]] * (len(value) // 30))
            asking.call("SET", f"string:{i}", value)
        for _ in range(20):
            for i, reader in enumerate(readers):
                reader.send(resp.encode("LRANGE", f"list:{i}", 0, -1))
                reader.send(resp.encode("GET", f"string:{i}") + resp.encode("PING"))
            for reader, value in zip(readers, values):
                self.assertEqual(b"".join(reader.read()).decode(), value)
                self.assertEqual(reader.read().decode(), value)
                self.assertEqual(reader.read(), "PONG")

        def has_nothing(identity):
            row = self.row(asking, identity)
            return int(row["rbs"]) <= 65_536 and (row["obl"], row["omem"]) == ("0", "0")

        for reader in readers:
            identity = reader.call("CLIENT", "ID")
            self.assertTrue(wait_until(lambda: has_nothing(identity)))

    def test_flags_follow_no_evict_and_no_touch(self):
        connection = self.connect()
        self.assertEqual(parse_client(connection.call(*LIST))["flags"], "N")
        connection.call("CLIENT", "NO-EVICT", "on")
        self.assertEqual(parse_client(connection.call(*LIST))["flags"], "e")
        connection.call("CLIENT", "NO-EVICT", "off")
        self.assertEqual(parse_client(connection.call(*LIST))["flags"], "N")


class ReplyBuffers(ServerTest):
    OPTIONS = {"enable_debug_command": "yes"}

    def small_input_of(self, asking, idle):
        """The row of a client that had a large reply and was idle for long enough since."""
        identity = idle.call("CLIENT", "ID")
        self.assertEqual(len(idle.call("ECHO", "x" * 50_000)), 50_000)
        self.assertTrue(wait_until(lambda: int(row_of(asking, identity)["qbuf-free"]) > 40_000))

        def row_if_small():
            row = row_of(asking, identity)
            return row if int(row["qbuf-free"]) <= 4096 else None

        return wait_until(row_if_small)

    def set(self, asking, *words):
        self.assertEqual(asking.call("DEBUG", "REPLYBUFFER", *words), OK)

    def assert_shrinks(self, asking, idle):
        identity = idle.call("CLIENT", "ID")
        self.assertTrue(wait_until(lambda: int(row_of(asking, identity)["rbs"]) <= 4096))

    @not_sanitized("it takes long, and says nothing of memory")
    @thespis_only("Redis shrinks at other moments")
    def test_debug_replybuffer_resizing_keeps_reply_buffers_as_they_are(self):
        asking, idle = self.connect(), self.connect()
        self.set(asking, "PEAK-RESET-TIME", "0")
        self.set(asking, "RESIZING", "0")
        row = self.small_input_of(asking, idle)
        self.assertGreaterEqual(int(row["rbs"]), 50_000)
        self.set(asking, "RESIZING", "1")
        self.assert_shrinks(asking, idle)
        self.set(asking, "PEAK-RESET-TIME", "RESET")

    @not_sanitized("it takes long, and says nothing of memory")
    @thespis_only("Redis shrinks at other moments")
    def test_debug_replybuffer_peak_reset_time_keeps_them_as_large_as_their_peak(self):
        asking, idle = self.connect(), self.connect()
        self.set(asking, "PEAK-RESET-TIME", "NEVER")
        row = self.small_input_of(asking, idle)
        self.assertGreaterEqual(int(row["rbs"]), 50_000)
        self.assertGreaterEqual(int(row["rbp"]), 50_000)
        self.set(asking, "PEAK-RESET-TIME", "100")
        self.assert_shrinks(asking, idle)
        self.set(asking, "PEAK-RESET-TIME", "RESET")


class Loops(ServerTest):
    @thespis_only("older servers do not count these")
    def test_turns_and_time_at_work_are_counted(self):
        connection = self.connect()
        before = self.info(connection, "stats")
        for _ in range(300):
            connection.call("PING")

        def counted():
            after = self.info(connection, "stats")
            return int(after["eventloop_cycles"]) >= int(before["eventloop_cycles"]) + 100 and int(
                after["eventloop_duration_sum"]
            ) > int(before["eventloop_duration_sum"])

        self.assertTrue(wait_until(counted))
        self.assertGreater(
            int(self.info(connection, "stats")["instantaneous_eventloop_duration_usec"]) + 1, 0
        )

    def test_rates_follow_the_load_and_fall_back(self):
        connection = self.connect()

        def rates():
            stats = self.info(connection, "stats")
            return (
                int(stats["instantaneous_ops_per_sec"]),
                float(stats["instantaneous_input_kbps"]),
                float(stats["instantaneous_output_kbps"]),
            )

        def busy():
            connection.pipeline([("ECHO", "x" * 1000)] * 500)
            operations, incoming, outgoing = rates()
            return operations > 500 and incoming > 100 and outgoing > 100

        self.assertTrue(wait_until(busy))
        self.assertTrue(wait_until(lambda: rates()[0] < 100 and rates()[1] < 10, step=0.3))


class Keys(ServerTest):
    def average_ttl(self, connection):
        line = self.info(connection, "keyspace").get("db0", "")
        return dict(field.split("=") for field in line.split(",")) if line else {}

    @thespis_only("Redis samples it from time to time")
    def test_the_average_of_the_times_to_live(self):
        connection = self.connect()
        for n in range(50):
            connection.call("SET", f"short{n}", 1, "PX", 100_000)
            connection.call("SET", f"long{n}", 1, "PX", 300_000)
            connection.call("SET", f"ever{n}", 1)
        figures = self.average_ttl(connection)
        self.assertEqual((figures["keys"], figures["expires"]), ("150", "100"))
        self.assertLess(abs(int(figures["avg_ttl"]) - 200_000), 5_000)
        connection.call("DEL", *[f"long{n}" for n in range(50)])
        self.assertLess(abs(int(self.average_ttl(connection)["avg_ttl"]) - 100_000), 5_000)
        connection.call("DEL", *[f"short{n}" for n in range(50)])
        self.assertEqual(self.average_ttl(connection)["avg_ttl"], "0")
