"""The wire: frames in pieces, long pipelines, limits with their exact texts, RESP2 and RESP3."""

import os
import pathlib
import re
import time
import unittest

import resp
import server
from suite import OK, ServerTest, error, not_sanitized, parse_client, thespis_only

MEGABYTE = 1 << 20


class Frames(ServerTest):
    def test_a_command_may_arrive_byte_by_byte(self):
        connection = self.connect()
        for byte in resp.encode("SET", "k", "a\r\nb") + b"GET k\r\n":
            connection.send(bytes((byte,)))
        self.assertEqual([connection.read(), connection.read()], [OK, b"a\r\nb"])

    def test_a_pipeline_may_be_split_anywhere(self):
        data = resp.encode("SET", "k", "v\r\n$") + b"PING\r\n" + resp.encode("GET", "k")
        connection = self.connect()
        for at in range(1, len(data)):
            connection.send(data[:at])
            if at % 7 == 0:
                time.sleep(0.001)  # now and then the server sees the first part alone
            connection.send(data[at:])
            self.assertEqual([connection.read() for _ in range(3)], [OK, "PONG", b"v\r\n$"], at)

    def test_100000_commands_may_be_written_before_a_reply_is_read(self):
        connection = self.connect(timeout=60)
        connection.send(resp.encode("INCR", "n") * 100_000)
        self.assertEqual([connection.read() for _ in range(100_000)], list(range(1, 100_001)))

    def test_replies_of_20_megabytes_wait_for_a_client_that_writes_first(self):
        connection = self.connect(timeout=60)
        connection.call("SET", "k", "x" * 200)
        connection.send(resp.encode("GET", "k") * 100_000)
        for _ in range(100_000):
            self.assertEqual(len(connection.read()), 200)

    def test_all_of_a_pipeline_of_30_megabytes_may_be_written_before_a_reply_is_read(self):
        connection = self.connect(timeout=60)
        words = [b"%05d" % number + b"x" * 995 for number in range(30_000)]
        connection.send(b"".join(resp.encode("ECHO", word) for word in words))
        for word in words:
            self.assertEqual(connection.read(), word)
        self.assertEqual(connection.call("PING"), "PONG")

    @thespis_only("Redis collects the replies")
    def test_who_does_not_read_may_send_as_much_as_the_query_buffer_holds(self):
        control = self.connect()
        control.call("CONFIG", "SET", "client-query-buffer-limit", 2 * MEGABYTE)
        self.addCleanup(control.call, "CONFIG", "SET", "client-query-buffer-limit", "1gb")
        silent = self.connect(timeout=60)
        identity = silent.call("CLIENT", "ID")
        sent, request = 0, resp.encode("ECHO", "x" * 989)  # of 1011 bytes, its reply has 998
        silent.socket.settimeout(3)  # also long enough for the server to trim who is idle
        with self.assertRaises(TimeoutError):
            while sent < 64 * MEGABYTE:
                sent += silent.socket.send(request[sent % len(request) :] + request * 1000)
        silent.socket.settimeout(60)
        held = int(parse_client(control.call("CLIENT", "LIST", "ID", identity))["qbuf"])
        self.assertGreater(held, MEGABYTE)
        self.assertLessEqual(held, 2 * MEGABYTE)
        for _ in range(sent // len(request)):
            self.assertEqual(len(silent.read()), 989)
        silent.send(request[sent % len(request) :])
        self.assertEqual(len(silent.read()), 989)

    def test_a_pipeline_over_all_partitions_answers_in_order(self):
        connection = self.connect()
        commands = []
        for n in range(3000):
            commands += [
                ("SET", f"k{n}", n),
                ("PING", str(n)),
                ("GET", f"k{n}"),
                ("EXISTS", f"k{n}", "x"),
            ]
        replies = connection.pipeline(commands)
        expected = [x for n in range(3000) for x in (OK, b"%d" % n, b"%d" % n, 1)]
        self.assertEqual(replies, expected)

    def test_64_megabytes_go_in_and_come_out(self):
        connection = self.connect(timeout=60)
        value = os.urandom(MEGABYTE) * 64
        self.assertEqual(connection.call("SET", "big", value), OK)
        self.assertEqual(connection.call("STRLEN", "big"), len(value))
        self.assertTrue(connection.call("GET", "big") == value)
        self.assertEqual(connection.call("APPEND", "big", "tail"), len(value) + 4)
        self.assertEqual(connection.call("GETRANGE", "big", -6, -1), value[-2:] + b"tail")
        connection.call("DEL", "big")

    def test_a_large_value_in_the_middle_of_a_pipeline(self):
        connection = self.connect(timeout=60)
        value = os.urandom(MEGABYTE) * 3
        replies = connection.pipeline(
            [("SET", "a", 1), ("SET", "b", value), ("INCR", "a"), ("GET", "b"), ("PING", "end")]
        )
        self.assertEqual([replies[0], replies[1], replies[2], replies[4]], [OK, OK, 2, b"end"])
        self.assertTrue(replies[3] == value)

    def test_a_client_that_leaves_in_the_middle_of_a_command_changes_nothing(self):
        for rest in (b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nab", b"*3\r\n$3\r\nSET\r\n", b"SET k v"):
            connection = self.connect()
            connection.send(rest)
            connection.close()
        self.assertEqual(self.connect().call("EXISTS", "k"), 0)

    def test_what_a_leaving_client_has_sent_whole_is_done(self):
        connection = self.connect()
        connection.send(resp.encode("SET", "left", "behind") + resp.encode("QUIT"))
        self.assertEqual(connection.read_until_closed(), b"+OK\r\n+OK\r\n")
        self.assertEqual(self.connect().call("GET", "left"), b"behind")


class Inline(ServerTest):
    def raw(self, data):
        connection = self.connect()
        connection.send(data)
        return connection.read()

    def test_words_are_separated_by_blanks(self):
        self.assertEqual(self.raw(b"PING\r\n"), "PONG")
        self.assertEqual(self.raw(b"  ECHO   hello  \n"), b"hello")

    def test_quotes_and_escapes(self):
        self.assertEqual(self.raw(b'ECHO "a b"\r\n'), b"a b")
        self.assertEqual(self.raw(b'ECHO "\\x41\\n\\t\\"\\\\"\r\n'), b'A\n\t"\\')
        self.assertEqual(self.raw(b"ECHO 'it\\'s \\n'\r\n"), b"it's \\n")

    def test_unbalanced_quotes_end_the_connection(self):
        for line in (b'GET "a\r\n', b"GET 'a\r\n", b'GET "a"b\r\n'):
            connection = self.connect()
            connection.send(line)
            self.assertEqual(
                connection.read_until_closed(),
                b"-ERR Protocol error: unbalanced quotes in request\r\n",
            )

    def test_empty_lines_are_nothing(self):
        connection = self.connect()
        connection.send(b"\r\n\n\r\nPING\r\n")
        self.assertEqual(connection.read(), "PONG")
        self.assertTrue(connection.is_silent(0.05))


class Limits(ServerTest):
    def assert_ends(self, data, text):
        connection = self.connect()
        connection.send(data)
        self.assertEqual(connection.read_until_closed(), b"-ERR Protocol error: " + text + b"\r\n")

    def test_multibulk_lengths(self):
        for length in (
            b"2147483648",
            b"-2147483649x",
            b"99999999999999999999",
            b"x",
            b"",
            b"1.0",
            b"+1",
            b" 1",
            b"01",
        ):
            self.assert_ends(b"*" + length + b"\r\n", b"invalid multibulk length")

    def test_multibulk_of_nothing_is_nothing(self):
        connection = self.connect()
        connection.send(b"*0\r\n*-1\r\n*-5\r\n" + resp.encode("PING"))
        self.assertEqual(connection.read(), "PONG")
        self.assertTrue(connection.is_silent(0.05))

    def test_bulk_lengths(self):
        for length in (
            b"-1",
            b"-2",
            b"536870913",
            b"99999999999999999999",
            b"x",
            b"",
            b" 1",
            b"1 ",
            b"01",
        ):
            self.assert_ends(b"*1\r\n$" + length + b"\r\n", b"invalid bulk length")

    def test_a_bulk_must_start_with_a_dollar(self):
        self.assert_ends(b"*1\r\n+PING\r\n", b"expected '$', got '+'")
        self.assert_ends(b"*2\r\n$4\r\nPING\r\n:5\r\n", b"expected '$', got ':'")
        self.assert_ends(b"*1\r\n*1\r\n", b"expected '$', got '*'")

    def test_lines_longer_than_64_kib(self):
        self.assert_ends(b"x" * 65_537, b"too big inline request")
        self.assert_ends(b"*" + b"1" * 65_537, b"too big mbulk count string")
        self.assert_ends(b"*1\r\n$" + b"1" * 65_537, b"too big bulk count string")

    def test_an_error_comes_after_the_replies_to_what_was_before_it(self):
        connection = self.connect()
        connection.send(resp.encode("SET", "a", 1) + resp.encode("GET", "a") + b"*1\r\n+x\r\n")
        self.assertEqual(
            connection.read_until_closed(),
            b"+OK\r\n$1\r\n1\r\n-ERR Protocol error: expected '$', got '+'\r\n",
        )

    def test_a_web_request_is_cut_off_without_an_answer(self):
        post = b"POST / HTTP/1.1\r\nHost: localhost\r\n\r\n"
        for data in (post, b"Host: localhost\r\n", *[post] * 20):
            connection = self.connect()
            connection.send(data + b"SET pwned 1\r\n")
            self.assertEqual(connection.read_until_closed(), b"")
        self.assertEqual(self.connect().call("EXISTS", "pwned"), 0)
        # Once a minute.
        warnings = self.server.log().count("Possible SECURITY ATTACK detected")
        self.assertTrue(1 <= warnings <= 3, warnings)

    def test_proto_max_bulk_len_moves_the_limit(self):
        connection = self.connect()
        connection.call("CONFIG", "SET", "proto-max-bulk-len", 2 * MEGABYTE)
        self.addCleanup(connection.call, "CONFIG", "SET", "proto-max-bulk-len", 512 * MEGABYTE)
        self.assert_ends(b"*1\r\n$%d\r\n" % (2 * MEGABYTE + 1), b"invalid bulk length")
        self.assertEqual(connection.call("SET", "k", "x" * MEGABYTE), OK)
        self.assertEqual(connection.call("APPEND", "k", "x" * MEGABYTE), 2 * MEGABYTE)
        too_long = error("ERR string exceeds maximum allowed size (proto-max-bulk-len)")
        self.assertEqual(connection.call("APPEND", "k", "x"), too_long)
        self.assertEqual(connection.call("SETRANGE", "k", 2 * MEGABYTE, "x"), too_long)
        self.assertEqual(connection.call("STRLEN", "k"), 2 * MEGABYTE)

    def test_query_buffer_limit_ends_the_connection(self):
        connection = self.connect()
        connection.call("CONFIG", "SET", "client-query-buffer-limit", 2 * MEGABYTE)
        self.addCleanup(
            connection.call, "CONFIG", "SET", "client-query-buffer-limit", 1024 * MEGABYTE
        )
        greedy = self.connect()
        try:
            greedy.send(b"*10\r\n" + (b"$%d\r\n" % (900 * 1024) + b"x" * 900 * 1024 + b"\r\n") * 3)
            greedy.send(b"$5000000\r\n" + b"x" * 4 * MEGABYTE)
            self.assertEqual(greedy.read_until_closed(), b"")
        except ConnectionError:
            pass  # closed while we were still writing
        self.assertEqual(connection.call("PING"), "PONG")


class LimitsOfMemory(ServerTest):
    """What a promise of data costs before the data is there."""

    CONNECTIONS = 100

    def growth(self, data):
        with self.server.connect() as connection:
            connection.call("PING")
        before = self.server.resident_bytes(), self.virtual_bytes()
        connections = [self.connect() for _ in range(self.CONNECTIONS)]
        for connection in connections:
            connection.send(data)
        time.sleep(0.3)
        self.assertEqual(self.connect().call("PING"), "PONG")
        after = self.server.resident_bytes(), self.virtual_bytes()
        return [(b - a) / self.CONNECTIONS for a, b in zip(before, after)]

    def virtual_bytes(self):
        status = pathlib.Path(f"/proc/{self.server.pid}/status").read_text()
        return int(re.search(r"VmSize:\s+(\d+) kB", status).group(1)) * 1024

    @not_sanitized("the sanitizer's own memory hides the server's")
    def test_a_promise_of_many_arguments(self):
        resident, virtual = self.growth(b"*2147483647\r\n$1\r\nx\r\n")
        self.assertLess(resident, 65536 + 1024)
        self.assertLess(virtual, 1 * MEGABYTE)

    @not_sanitized("the sanitizer's own memory hides the server's")
    @thespis_only("redis-server reserves the whole length in its address space")
    def test_a_promise_of_a_large_argument(self):
        resident, virtual = self.growth(b"*2\r\n$4\r\nECHO\r\n$536870912\r\nstart")
        self.assertLess(resident, 65536 + 1024)
        self.assertLess(virtual, 1 * MEGABYTE)

    @not_sanitized("the sanitizer's own memory hides the server's")
    def test_a_large_argument_that_has_come_in_part(self):
        resident, _ = self.growth(b"*2\r\n$4\r\nECHO\r\n$536870912\r\n" + b"x" * 200_000)
        self.assertLess(resident, 2 * 200_000 + 65536 + 8192)


class BeforeAuthentication(ServerTest):
    OPTIONS = {"requirepass": "secret"}

    def setUp(self):
        pass

    def test_ten_arguments_are_the_limit(self):
        connection = self.connect()
        self.assertEqual(
            connection.call("MGET", *"abcdefghi"), error("NOAUTH Authentication required.")
        )
        connection.write("MGET", *"abcdefghij")
        self.assertEqual(
            connection.read_until_closed(),
            b"-ERR Protocol error: unauthenticated multibulk length\r\n",
        )

    def test_16_kib_are_the_limit_of_an_argument(self):
        connection = self.connect()
        self.assertEqual(
            connection.call("ECHO", "x" * 16_384), error("NOAUTH Authentication required.")
        )
        connection.write("ECHO", "x" * 16_385)
        self.assertEqual(
            connection.read_until_closed(), b"-ERR Protocol error: unauthenticated bulk length\r\n"
        )

    def test_after_it_the_limits_are_the_usual_ones(self):
        connection = self.connect()
        self.assertEqual(connection.call("AUTH", "secret"), OK)
        self.assertEqual(connection.call("ECHO", "x" * 20_000), b"x" * 20_000)
        self.assertEqual(len(connection.call("MGET", *map(str, range(50)))), 50)

    def test_the_pipeline_that_brings_the_password_may_go_on(self):
        connection = self.connect()
        connection.send(resp.encode("AUTH", "secret") + resp.encode("MGET", *map(str, range(20))))
        self.assertEqual([connection.read(), len(connection.read())], [OK, 20])


class Hello(ServerTest):
    def test_the_complete_map(self):
        connection = self.connect()
        reply = connection.call("HELLO", 3)
        self.assertEqual(
            list(reply), [b"server", b"version", b"proto", b"id", b"mode", b"role", b"modules"]
        )
        self.assertEqual(
            (reply[b"server"], reply[b"proto"], reply[b"mode"], reply[b"role"], reply[b"modules"]),
            (b"redis", 3, b"standalone", b"master", []),
        )
        self.assertEqual(reply[b"id"], connection.call("CLIENT", "ID"))
        flat = connection.call("HELLO", 2)
        self.assertEqual(flat[0::2], list(reply))

    @thespis_only("the stand-in is older")
    def test_the_version_is_what_clients_gate_on(self):
        self.assertEqual(self.connect().call("HELLO", 3)[b"version"], b"7.2.4")

    def test_without_a_version_nothing_changes(self):
        connection = self.connect(protocol=3)
        self.assertEqual(connection.call("HELLO")[b"proto"], 3)

    def test_errors(self):
        connection = self.connect()
        self.assertEqual(connection.call("HELLO", 4), error("NOPROTO unsupported protocol version"))
        self.assertEqual(connection.call("HELLO", 1), error("NOPROTO unsupported protocol version"))
        self.assertEqual(
            connection.call("HELLO", "x"),
            error("ERR Protocol version is not an integer or out of range"),
        )
        self.assertEqual(
            connection.call("HELLO", 3, "FOO"), error("ERR Syntax error in HELLO option 'FOO'")
        )
        self.assertEqual(
            connection.call("HELLO", 3, "AUTH", "nobody", "x"),
            error("WRONGPASS invalid username-password pair or user is disabled."),
        )
        self.assertIsInstance(connection.call("HELLO", 2), list)

    def test_name_and_protocol_together(self):
        connection = self.connect()
        self.assertEqual(connection.call("HELLO", 3, "SETNAME", "me")[b"proto"], 3)
        self.assertEqual(connection.call("CLIENT", "GETNAME"), b"me")
        self.assertEqual(connection.call("RESET"), "RESET")
        self.assertIsNone(connection.call("CLIENT", "GETNAME"))
        connection.write("GET", "missing")
        self.assertEqual(connection.read_raw(), b"$-1\r\n")

    def test_both_shapes_of_every_type(self):
        one, two = self.connect(protocol=3), self.connect()
        self.assertEqual([one.call("MGET", "x"), two.call("MGET", "x")], [[None], [None]])
        one.write("GET", "x")
        self.assertEqual(one.read_raw(), b"_\r\n")
        self.assertEqual(one.call("CONFIG", "GET", "databases"), {b"databases": b"16"})
        self.assertEqual(two.call("CONFIG", "GET", "databases"), [b"databases", b"16"])


class ProtocolOfDebug(ServerTest):
    OPTIONS = {"enable-debug-command": "yes"}

    def test_resp3_types(self):
        connection = self.connect(protocol=3)
        for name, raw in (
            ("string", b"$11\r\nHello World\r\n"),
            ("integer", b":12345\r\n"),
            ("double", b",3.141\r\n"),
            ("null", b"_\r\n"),
            ("true", b"#t\r\n"),
            ("array", b"*3\r\n:0\r\n:1\r\n:2\r\n"),
            ("set", b"~3\r\n:0\r\n:1\r\n:2\r\n"),
            ("map", b"%3\r\n:0\r\n#f\r\n:1\r\n#t\r\n:2\r\n#f\r\n"),
            ("verbatim", b"=29\r\ntxt:This is a verbatim\nstring\r\n"),
            ("bignum", b"(1234567999999999999999999999999999999\r\n"),
        ):
            with self.subTest(name):
                connection.write("DEBUG", "PROTOCOL", name)
                self.assertEqual(connection.read_raw(), raw)


class Bytes(unittest.TestCase):
    """The reader that all these tests rely on."""

    def test_the_reader_keeps_replies_apart(self):
        with server.Server() as running, running.connect() as connection:
            connection.send(b"PING\r\nECHO x\r\n")
            self.assertEqual(
                [connection.read_raw(), connection.read_raw()], [b"+PONG\r\n", b"$1\r\nx\r\n"]
            )
