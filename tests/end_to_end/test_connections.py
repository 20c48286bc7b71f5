"""Many connections, and how little they cost."""

import resource
import socket
import unittest

import resp
import server
from resp import wait_until
from suite import ServerTest, not_sanitized, run_together, thespis_only

MANY = 10_000
SPARE = 200
IDLE_BYTES_MAX = 8192


def raise_limit():
    """The number of files that this process, and a server that it starts, may open."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


FILES_MAX = raise_limit()


@unittest.skipIf(
    FILES_MAX < MANY + SPARE, f"only {FILES_MAX} open files are allowed here (ulimit -n)"
)
class TenThousand(ServerTest):
    OPTIONS = {"maxclients": MANY + 10}

    @not_sanitized("the sanitizer's own memory hides the server's")
    def test_they_are_opened_used_and_closed_twice(self):
        control = self.connect(timeout=60)
        control.call("PING")
        before = self.server.resident_bytes()
        per_connection = []
        for _ in range(2):
            connections = [self.server.connect(timeout=60) for _ in range(MANY)]
            self.use(connections)
            self.assertEqual(self.clients(control), MANY + 1)
            self.assertTrue(
                wait_until(
                    lambda: self.per_connection(before) <= IDLE_BYTES_MAX, seconds=8, step=0.25
                ),
                f"{self.per_connection(before):.0f} bytes each",
            )
            per_connection.append(self.per_connection(before))
            for connection in connections:
                connection.close()
            self.assertTrue(wait_until(lambda: self.clients(control) == 1))
        print(
            f"{per_connection[0]:.0f} and {per_connection[1]:.0f} bytes per idle connection, ",
            end="",
        )
        self.assertEqual(control.call("INCR", "n"), 2 * MANY + 1)

    def use(self, connections):
        for connection in connections:
            connection.write("INCR", "n")
        for connection in connections:
            self.assertIsInstance(connection.read(), int)

    def clients(self, control):
        return int(self.info(control, "clients")["connected_clients"])

    def per_connection(self, before):
        return (self.server.resident_bytes() - before) / MANY


class Churn(ServerTest):
    def test_connections_that_come_and_go_leave_nothing_behind(self):
        def come_and_go():
            for number in range(400):
                connection = self.server.connect()
                connection.send(
                    resp.encode("INCR", "n") + (b"*2\r\n$4\r\nEC" if number % 3 == 0 else b"")
                )
                connection.read()
                connection.close()

        control = self.connect()
        run_together(*[come_and_go] * 5)
        self.assertEqual(control.call("GET", "n"), b"2000")
        self.assertTrue(
            wait_until(lambda: self.info(control, "clients")["connected_clients"] == "1")
        )
        self.assertGreaterEqual(
            int(self.info(control, "stats")["total_connections_received"]), 2001
        )

    def test_an_end_that_comes_along_with_the_last_bytes_is_seen(self):
        asking = self.connect()
        for last in (b"PING\r\n", b"*1\r\n$4\r\nPI", b""):
            for _ in range(50):
                with self.server.connect() as leaving:
                    leaving.send(last)
                    leaving.socket.shutdown(socket.SHUT_WR)
                    expected = b"+PONG\r\n" if last.endswith(b"PING\r\n") else b""
                    self.assertEqual(leaving.read_until_closed(), expected)
        self.assertTrue(wait_until(lambda: len(asking.call("CLIENT", "LIST").splitlines()) == 1))

    def test_connections_that_are_reset_do_no_harm(self):
        for number in range(300):
            connection = self.server.connect()
            connection.socket.setsockopt(*RESET_ON_CLOSE)
            connection.send(
                resp.encode("MSET", "a", 1, "b", 2, "c", "x" * 1000) * (number % 50 + 1)
            )
            connection.close()
        self.assertEqual(self.connect().call("PING"), "PONG")

    @not_sanitized("the sanitizer's own memory hides the server's")
    @thespis_only("redis-server takes its time")
    def test_large_requests_do_not_leave_large_buffers(self):
        connections = [self.connect(timeout=60) for _ in range(50)]
        for connection in connections:
            connection.call("PING")
        before = self.server.resident_bytes()
        for connection in connections:
            connection.call("ECHO", "x" * 2_000_000)
        grown = lambda: (self.server.resident_bytes() - before) / len(connections)  # noqa: E731
        self.assertTrue(
            wait_until(lambda: grown() < 500_000, seconds=10, step=0.25), f"{grown():.0f}"
        )


RESET_ON_CLOSE = (server.socket.SOL_SOCKET, server.socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
