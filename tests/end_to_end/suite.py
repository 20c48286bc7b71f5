"""What the test files share: a server per class, connections that close by themselves."""

import os
import pathlib
import re
import shutil
import socket
import tempfile
import threading
import unittest

import resp
import server

OK = resp.Simple("OK")


def error(text):
    return resp.Error(text)


def thespis_only(reason):
    """For what an older redis-server, as a stand-in, cannot pass."""
    return unittest.skipUnless(server.is_thespis(server.thespis_binary()), reason)


def not_sanitized(reason):
    return unittest.skipIf(server.is_sanitized(server.thespis_binary()), reason)


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


def parse_client(row):
    """{field: value} of a line of CLIENT LIST."""
    return dict(field.split("=", 1) for field in row.decode().strip().split(" "))


def oracle_binary():
    """A real redis-server to compare with, or None."""
    return shutil.which(os.environ.get("REDIS_SERVER", "redis-server"))


class ServerTest(unittest.TestCase):
    """One server for all tests of a class, emptied before each. `OPTIONS` are its options."""

    OPTIONS = {}

    @classmethod
    def setUpClass(cls):
        cls.server = server.Server(**{"threads": 2, "partitions": 4, **cls.OPTIONS})

    @classmethod
    def tearDownClass(cls):
        code = cls.server.process.poll()
        log = cls.server.log()
        stopped = cls.server.stop()
        if code is not None or stopped != 0:
            raise AssertionError(
                f"the server ended with {code if code is not None else stopped}, "
                f"its log:\n{log[-5000:]}"
            )

    def setUp(self):
        with self.alone() as connection:
            connection.call("FLUSHALL")

    def connect(self, **how):
        connection = self.server.connect(**how)
        self.addCleanup(connection.close)
        return connection

    def alone(self):
        """A new connection, once it is the only one: those of the test before have gone."""
        connection = self.connect()
        counted = lambda: self.info(connection, "clients")["connected_clients"]
        self.assertTrue(resp.wait_until(lambda: counted() == "1"))
        return connection

    def info(self, connection, section="everything"):
        """{field: value} of INFO, all as text."""
        text = connection.call("INFO", section).decode()
        return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)


class Waiting:
    """Clients that wait for keys, for scenarios of which each server has a class of its own; these
    are a ServerTest too."""

    def setUp(self):
        super().setUp()
        self.control = self.connect()

    def call(self, *words):
        return self.control.call(*words)

    def blocked(self):
        return int(self.info(self.control, "clients")["blocked_clients"])

    def waits(self, *words, protocol=2, database=0):
        """A new client that waits by now."""
        client = self.connect(protocol=protocol)
        client.call("SELECT", database)
        client.identity = client.call("CLIENT", "ID")
        before = self.blocked()
        client.write(*words)
        self.assertTrue(resp.wait_until(lambda: self.blocked() == before + 1), "it does not wait")
        return client

    def assert_answers(self, *pairs):
        for client, expected in pairs:
            self.assertEqual(client.read(), expected)

    def assert_wait_on(self, *clients):
        self.assertEqual(self.blocked(), len(clients))
        for client in clients:
            self.assertTrue(client.is_silent(0.01))


_NOTICE = re.compile(r"\d+:[A-Z] .{24} \* ")


class OperatingTest(unittest.TestCase):
    """A directory for the test's files, and servers that end with it."""

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="thespis-test-")
        self.addCleanup(lambda: os.system(f"rm -rf '{self.directory}'"))

    def file(self, name, text=""):
        path = pathlib.Path(self.directory, name)
        if text:
            path.write_text(text)
        return str(path)

    def start(self, **options):
        running = server.Server(**options)
        self.addCleanup(running.kill)
        return running

    def assert_refused(self, words, *parts, stdin=None):
        """It ends at once with an error code, and says why: Thespis in one line, after which
        comes nothing; the notices before it (marked *) do not count.
        """
        code, text = server.run_to_end(words, stdin=stdin)
        self.assertNotEqual(code, 0, text)
        for part in parts:
            self.assertIn(part, text)
        if server.is_thespis(server.thespis_binary()):
            lines = [line for line in text.strip().splitlines() if not _NOTICE.match(line)]
            self.assertEqual(len(lines), 1, text)


def run_together(*jobs):
    """Runs the functions in threads; the first exception of any of them is raised here."""
    failures = []

    def guarded(job):
        try:
            job()
        except BaseException as failure:  # pylint: disable=broad-except
            failures.append(failure)

    threads = [threading.Thread(target=guarded, args=(job,), daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
        if thread.is_alive():
            raise AssertionError(
                "a client hangs" + (f", after {failures[0]!r}" if failures else "")
            )
    if failures:
        raise failures[0]
