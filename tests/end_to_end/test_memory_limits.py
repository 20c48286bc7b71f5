"""A server that may have little memory: what does not fit is refused, and everybody goes on."""

import resp
from resp import wait_until
from suite import OperatingTest, not_sanitized, thespis_only

LIMIT_BYTES = 320 << 20
NO_MEMORY = resp.Error("OOM the server has not enough memory for this command")


@not_sanitized("a sanitizer wants more address space than there is")
@thespis_only("Redis ends when it gets no memory")
class LittleMemory(OperatingTest):
    def setUp(self):
        super().setUp()
        words = ("sh", "-c", f'ulimit -v {LIMIT_BYTES >> 10}; exec "$@"', "sh")
        self.server = self.start(wrap=words, threads=2, partitions=4)
        self.other = self.connect()
        self.assertEqual(self.other.call("SET", "other", "client"), resp.Simple("OK"))

    def connect(self):
        connection = self.server.connect()
        self.addCleanup(connection.close)
        return connection

    def assert_all_goes_on(self, connection=None):
        for one in (connection, self.other, self.connect()):
            if one is not None:
                self.assertEqual(one.call("GET", "other"), b"client")
        self.assertEqual(self.other.call("SET", "small", "value"), resp.Simple("OK"))
        self.assertIsNone(self.server.process.poll())

    def test_a_value_that_does_not_fit_is_refused_and_nothing_changes(self):
        client = self.connect()
        self.assertEqual(client.call("SETRANGE", "large", 400 << 20, "x"), NO_MEMORY)
        self.assertEqual(client.call("EXISTS", "large"), 0)
        self.assertEqual(client.call("SETRANGE", "other", 400 << 20, "x"), NO_MEMORY)
        self.assert_all_goes_on(client)

    def test_a_value_that_grows_too_long_keeps_what_it_had(self):
        client = self.connect()
        piece = "x" * (4 << 20)
        size = 0
        while (reply := client.call("APPEND", "growing", piece)) != NO_MEMORY:
            size += len(piece)
            self.assertEqual(reply, size)
        self.assertEqual(client.call("STRLEN", "growing"), size)
        self.assert_all_goes_on(client)

    def test_a_reply_that_does_not_fit_is_an_error_in_its_place(self):
        client = self.connect()
        self.assertEqual(client.call("SETRANGE", "large", (110 << 20) - 1, "x"), 110 << 20)
        replies = client.pipeline(
            [("STRLEN", "large"), ("GET", "large"), ("GET", "other"), ("MGET", "other", "large")]
        )
        self.assertEqual(replies, [110 << 20, NO_MEMORY, b"client", NO_MEMORY])
        self.assertEqual(client.call("COPY", "large", "again"), NO_MEMORY)
        self.assertEqual(client.call("EXISTS", "again"), 0)
        self.assertEqual(client.call("DEL", "large"), 1)
        self.assert_all_goes_on(client)

    def test_a_request_that_does_not_fit_costs_its_client_the_connection(self):
        for request in (
            b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$500000000\r\n" + b"x" * 1000,
            b"PING\r\n*2\r\n$3\r\nDEL\r\n$536870912\r\n" + b"x" * 100_000,
        ):
            client = self.connect()
            client.send(request)
            got = self.all_that_comes(client)
            error = f"-{NO_MEMORY}\r\n".encode()
            self.assertIn(got, (b"", error, b"+PONG\r\n", b"+PONG\r\n" + error))
            self.assertTrue(
                wait_until(lambda: "there is no memory for its request" in self.server.log())
            )
            self.assertEqual(self.other.call("EXISTS", "k"), 0)
            self.assert_all_goes_on()

    def all_that_comes(self, client):
        """Until the end of the connection; a reset may swallow some of it."""
        got = b""
        try:
            while piece := client.socket.recv(65536):
                got += piece
        except ConnectionResetError:
            pass
        return got

    def test_keys_that_fill_all_memory_are_refused_from_then_on(self):
        clients = [self.connect() for _ in range(4)]
        value = "v" * 2000
        stored, number, refused = 0, 0, 0
        while refused < 2000 and clients:
            for client in list(clients):
                keys = [f"key:{number + i}" for i in range(100)]
                number += len(keys)
                done, failed = self.set_all(client, keys, value)
                stored += done
                refused += failed
                if done + failed < len(keys):
                    clients.remove(client)
            # One whose buffers are there already can be served without new memory.
            self.assertEqual(self.other.call("GET", "other"), b"client")
            self.assertLess(number, 1_000_000)
        self.assertGreaterEqual(self.other.call("DBSIZE"), stored)
        self.assertEqual(self.other.call("FLUSHALL"), resp.Simple("OK"))
        self.assertEqual(self.other.call("SET", "other", "client"), resp.Simple("OK"))
        self.assert_all_goes_on()

    def set_all(self, client, keys, value):
        """How many were set and how many refused; fewer than there are if the connection ended."""
        done = failed = 0
        try:
            client.send(b"".join(resp.encode("SET", key, value) for key in keys))
            for _ in keys:
                reply = client.read()
                self.assertIn(reply, (resp.Simple("OK"), NO_MEMORY))
                done += reply != NO_MEMORY
                failed += reply == NO_MEMORY
        except (ConnectionError, resp.Closed):
            pass
        return done, failed
