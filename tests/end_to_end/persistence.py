"""What tests of snapshots, of the journal and of thespis-check have in common."""

import datasets
import resp
import server
from suite import OperatingTest

LIBRARY = "#!lua name=lib\nredis.register_function('seven', function() return 7 end)"
SLOW = server.is_sanitized(server.thespis_binary())


def info(connection):
    text = connection.call("INFO", "persistence").decode()
    return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)


class PersistenceTest(OperatingTest):
    def start(self, **options):
        return super().start(**{"dir": self.directory, "enable-debug-command": "yes", **options})

    def send(self, connection, requests):
        """Returns the replies."""
        connection.send(b"".join(resp.encode(*words) for words in requests))
        return [connection.read() for _ in requests]

    def fill(self, connection):
        """All types, a library of functions, another database. Returns the digest."""
        datasets.fill(connection)
        connection.call("FUNCTION", "LOAD", LIBRARY)
        connection.call("SELECT", 9)
        connection.call("SET", "far", "away", "EX", 100_000)
        connection.call("SELECT", 0)
        return connection.call("DEBUG", "DIGEST")

    def assert_loads(self, digest, **options):
        with self.start(**options) as running, running.connect() as connection:
            self.assertEqual(connection.call("DEBUG", "DIGEST"), digest)
            self.assertEqual(connection.call("FCALL", "seven", 0), 7)
            connection.call("SELECT", 9)
            self.assertGreater(connection.call("TTL", "far"), 99_000)
