"""Large values and whole databases that go: the answer at once, the memory in its own time."""

import re

from resp import wait_until
from suite import OK, OperatingTest, ServerTest, not_sanitized, thespis_only

MEMBERS = 100_000
MEMBERS_PER_COMMAND = 1000


def figure(connection, name):
    info = connection.call("INFO", "memory")
    return int(re.search(rb"^%b:(\d+)\r$" % name.encode(), info, re.M)[1])


def fill(connection, command, key, members=MEMBERS):
    for first in range(0, members, MEMBERS_PER_COMMAND):
        numbers = range(first, first + MEMBERS_PER_COMMAND)
        words = [
            (n, f"member{n:032}") if command in ("ZADD", "HSET") else (f"member{n:032}",)
            for n in numbers
        ]
        connection.call(command, key, *(word for pair in words for word in pair))


@thespis_only("Redis frees what DEL takes before it answers")
class BigValues(ServerTest):
    OPTIONS = {"enable-debug-command": "yes"}

    def settle(self, connection):
        self.assertTrue(wait_until(lambda: figure(connection, "lazyfree_pending_objects") == 0))

    def test_they_go_and_are_counted(self):
        connection = self.connect()
        for command in ("SADD", "HSET", "ZADD", "RPUSH"):
            connection.call("CONFIG", "RESETSTAT")
            for key in ("deleted", "unlinked", "overwritten", "target"):
                fill(connection, command, key, 10_000)
            self.assertEqual(connection.call("DEL", "deleted"), 1)
            self.assertEqual(connection.call("UNLINK", "unlinked"), 1)
            self.assertEqual(connection.call("SET", "overwritten", "x"), OK)
            self.assertEqual(connection.call("RENAME", "overwritten", "target"), OK)
            self.assertEqual(connection.call("DBSIZE"), 1)
            self.settle(connection)
            self.assertEqual(figure(connection, "lazyfreed_objects"), 4)
            self.assertEqual(connection.call("DEL", "target"), 1)

    def test_one_that_expires_goes_without_being_asked_for(self):
        connection = self.connect()
        connection.call("CONFIG", "RESETSTAT")
        fill(connection, "SADD", "s", 10_000)
        self.assertEqual(connection.call("PEXPIRE", "s", 10), 1)
        self.assertTrue(wait_until(lambda: connection.call("DBSIZE") == 0))
        self.assertTrue(wait_until(lambda: figure(connection, "lazyfreed_objects") == 1))

    @not_sanitized("a sanitizer keeps what is freed")
    def test_the_memory_comes_back(self):
        connection = self.connect()
        before = figure(connection, "used_memory")
        for command in ("SADD", "HSET", "ZADD", "RPUSH"):
            fill(connection, command, "big")
            grown = figure(connection, "used_memory") - before
            self.assertGreater(grown, MEMBERS * 32)
            self.assertEqual(connection.call("DEL", "big"), 1)
            self.settle(connection)
            self.assertLess(figure(connection, "used_memory") - before, grown / 4)
        for command in (("FLUSHALL",), ("FLUSHALL", "ASYNC"), ("FLUSHDB", "SYNC")):
            self.assertEqual(connection.call("DEBUG", "POPULATE", MEMBERS), OK)
            grown = figure(connection, "used_memory") - before
            self.assertEqual(connection.call(*command), OK)
            self.assertEqual(connection.call("DBSIZE"), 0)
            self.settle(connection)
            self.assertLess(figure(connection, "used_memory") - before, grown / 4)
        self.assertEqual(connection.call("MEMORY", "PURGE"), OK)


class TheEnd(OperatingTest):
    def test_a_server_that_has_just_been_flushed_ends_in_order(self):
        running = self.start(enable_debug_command="yes")
        with running.connect() as connection:
            connection.call("DEBUG", "POPULATE", 300_000)
            self.assertEqual(connection.call("FLUSHALL"), OK)
        self.assertEqual(running.stop(), 0)
