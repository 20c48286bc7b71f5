"""What the scenarios about transactions share.

They run with one partition, with several (where the keys of one transaction are apart), and with
redis-server, where one is installed.
"""

import resp
from suite import OK, Waiting, error

QUEUED = resp.Simple("QUEUED")
PONG = resp.Simple("PONG")
WRONG_TYPE = error("WRONGTYPE Operation against a key holding the wrong kind of value")
ABORTED = error("EXECABORT Transaction discarded because of previous errors.")
NO_MULTI = error("ERR EXEC without MULTI")


def wrong_number(name):
    return error(f"ERR wrong number of arguments for '{name}' command")


def block(*commands):
    """The requests of one transaction."""
    return [("MULTI",), *commands, ("EXEC",)]


class Scenarios(Waiting):
    """What all of them use."""

    def transact(self, *commands, client=None):
        """Runs the commands as one transaction, in one pipeline; returns what EXEC replies."""
        replies = (client or self.control).pipeline(block(*commands))
        self.assertEqual(replies[:-1], [OK] + [QUEUED] * len(commands))
        return replies[-1]

    def assert_calls(self, client, *pairs):
        """Each request, and its reply."""
        for words, expected in pairs:
            self.assertEqual(client.call(*words.split()), expected, words)
