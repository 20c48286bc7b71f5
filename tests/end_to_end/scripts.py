"""What the scenarios about scripts share."""

import hashlib

from suite import error
from transactions import Scenarios


def sha(source):
    return hashlib.sha1(source.encode()).hexdigest()


def raised(text, source, line=1):
    """The reply to an error that ended the script in that line of it."""
    return error(f"{text} script: {sha(source)}, on @user_script:{line}.")


class Scripts(Scenarios):
    def eval(self, source, keys=(), args=(), client=None, command="EVAL"):
        return (client or self.control).call(command, source, len(keys), *keys, *args)

    def assert_evals(self, *pairs, client=None):
        """Each script, and its reply."""
        for source, expected in pairs:
            with self.subTest(script=source):
                reply = self.eval(source, client=client)
                self.assertEqual(reply, expected)
                self.assertIs(type(reply), type(expected))

    def assert_raises_in(self, *pairs):
        """Each script, of one line, and the error that ends it there."""
        for source, text in pairs:
            with self.subTest(script=source):
                self.assertEqual(self.eval(source), raised(text, source))
