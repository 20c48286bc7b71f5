"""Clients that read slowly, or are made to wait: their requests have the time of day, and `timeout`
is not for them."""

import time
import unittest

import resp
from resp import wait_until
from suite import OK, ServerTest, thespis_only

BIG = 4 * 1024 * 1024
TIMES = 12


class SlowClients(ServerTest):
    OPTIONS = {"timeout": 1, "partitions": 1}

    def test_a_client_that_reads_slowly_is_not_idle_and_lives_in_the_present(self):
        slow = self.connect(timeout=30)
        paused = self.connect(timeout=30)
        slow.call("SET", "big", b"x" * BIG)
        requests = [("GET", "big")] * TIMES + [("TIME",), ("PING",)]
        slow.send(b"".join(resp.encode(*words) for words in requests))
        self.connect().call("CLIENT", "PAUSE", 2500, "WRITE")
        paused.send(resp.encode("SET", "k", "v"))
        for _ in range(TIMES):
            self.assertEqual(len(slow.read()), BIG)
            time.sleep(0.2)
        seconds, _ = slow.read()
        self.assertLess(time.time() - int(seconds), 2)
        self.assertEqual(slow.read(), resp.Simple("PONG"))
        self.assertEqual(paused.read(), OK)

    def test_a_client_that_does_not_read_at_all_is(self):
        deaf = self.connect(timeout=30)
        deaf.call("SET", "big", b"x" * BIG)
        deaf.send(resp.encode("GET", "big") * 4)
        control = self.connect()
        self.assertTrue(wait_until(lambda: b"\n" not in control.call("CLIENT", "LIST").strip()))


class Trust(ServerTest):
    OPTIONS = {"requirepass": "secret"}

    def test_who_came_before_the_password_was_taken_away_may_send_as_much_as_others(self):
        client, control = self.connect(), self.connect()
        client.call("AUTH", "secret"), control.call("AUTH", "secret")
        newcomer = self.server.connect()
        self.addCleanup(newcomer.close)
        newcomer.call("PING")
        control.call("CONFIG", "SET", "requirepass", "")
        self.assertEqual(newcomer.call("SET", "k", b"x" * 20_000), OK)
        self.assertEqual(control.call("CONFIG", "SET", "requirepass", "secret"), OK)

    def setUp(self):
        pass


class Kept(ServerTest):
    OPTIONS = {"partitions": 16}

    @thespis_only("redis-server has no batches")
    def test_the_memory_of_a_large_request_is_counted_and_goes_back(self):
        client, control = self.connect(), self.connect()
        client.call("CLIENT", "SETNAME", "large")
        client.call("MSET", *(str(i) for i in range(16_000)))

        def kept():
            rows = control.call("CLIENT", "LIST").decode().splitlines()
            row = next(row for row in rows if "name=large" in row)
            return int(row.split("tot-mem=")[1].split()[0])

        self.assertTrue(wait_until(lambda: kept() > 200_000))
        self.assertTrue(wait_until(lambda: kept() < 20_000))


if __name__ == "__main__":
    unittest.main()
