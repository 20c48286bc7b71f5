"""CLIENT: what one connection can see of the others and do to them."""

import time

import resp
from resp import wait_until
from suite import OK, ServerTest, error, parse_client, thespis_only


class ClientTest(ServerTest):
    def setUp(self):
        super().setUp()
        self.own = self.alone()
        self.own.call("CLIENT", "SETNAME", "own")

    def named(self, name, **how):
        connection = self.connect(**how)
        connection.call("CLIENT", "SETNAME", name)
        connection.id = connection.call("CLIENT", "ID")
        return connection

    def rows(self, *filters):
        return [parse_client(row) for row in self.own.call("CLIENT", "LIST", *filters).splitlines()]

    def names(self, *filters):
        return sorted(row["name"] for row in self.rows(*filters) if row["name"])

    def assert_closed(self, *connections):
        for connection in connections:
            self.assertEqual(connection.read_until_closed(), b"")

    def assert_alive(self, *connections):
        for connection in connections:
            self.assertEqual(connection.call("PING"), "PONG")


class ListTest(ClientTest):
    def test_every_connection_has_a_row_with_these_fields(self):
        self.named("other").call("SELECT", 5)
        rows = {row["name"]: row for row in self.rows()}
        self.assertEqual(rows["other"]["db"], "5")
        self.assertEqual(rows["other"]["cmd"], "select")
        self.assertEqual(rows["own"]["cmd"], "client|list")
        for field, value in (
            ("flags", "N"),
            ("sub", "0"),
            ("psub", "0"),
            ("ssub", "0"),
            ("multi", "-1"),
            ("user", "default"),
            ("redir", "-1"),
            ("resp", "2"),
            ("oll", "0"),
            ("omem", "0"),
            ("watch", None),
            ("laddr", None),
        ):
            if value is not None:
                self.assertEqual(rows["other"][field], value, field)
        self.assertRegex(rows["own"]["addr"], r"^127\.0\.0\.1:\d+$")
        self.assertEqual(rows["own"]["laddr"], f"127.0.0.1:{self.server.port}")
        for field in (
            "fd",
            "age",
            "idle",
            "qbuf",
            "qbuf-free",
            "argv-mem",
            "multi-mem",
            "rbs",
            "rbp",
            "obl",
            "tot-mem",
        ):
            self.assertGreaterEqual(int(rows["own"][field]), 0, field)

    def test_the_fields_come_in_redis_order(self):
        row = self.own.call("CLIENT", "INFO").decode()
        fields = [word.split("=")[0] for word in row.split()]
        known = (
            "id addr laddr fd name age idle flags db sub psub ssub multi qbuf qbuf-free argv-mem "
            "multi-mem rbs rbp obl oll omem tot-mem events cmd user redir resp"
        ).split()
        self.assertEqual([field for field in fields if field in known], known)

    def test_ids_grow_and_are_never_used_twice(self):
        ids = []
        for _ in range(5):
            with self.server.connect() as connection:
                ids.append(connection.call("CLIENT", "ID"))
        self.assertEqual(ids, sorted(set(ids)))

    def test_filters(self):
        one, two = self.named("one"), self.named("two")
        self.assertEqual(self.names("ID", one.id, two.id), ["one", "two"])
        self.assertEqual(self.names("TYPE", "normal"), ["one", "own", "two"])
        self.assertEqual(self.rows("TYPE", "pubsub"), [])
        self.assertEqual(
            self.own.call("CLIENT", "LIST", "TYPE", "foo"), error("ERR Unknown client type 'foo'")
        )
        self.assertEqual(self.own.call("CLIENT", "LIST", "ID", "x"), error("ERR Invalid client ID"))

    def test_info_is_the_own_row(self):
        row = parse_client(self.own.call("CLIENT", "INFO"))
        self.assertEqual((row["name"], row["cmd"]), ("own", "client|info"))

    def test_flags_tell_about_a_unix_socket_protocol_and_eviction(self):
        self.own.call("CLIENT", "NO-EVICT", "ON")
        self.own.call("HELLO", 3)
        row = parse_client(self.own.call("CLIENT", "INFO"))
        self.assertEqual((row["flags"], row["resp"]), ("e", "3"))

    @thespis_only("the stand-in is older")
    def test_libraries_introduce_themselves(self):
        self.assertEqual(self.own.call("CLIENT", "SETINFO", "LIB-NAME", "py"), OK)
        self.assertEqual(self.own.call("CLIENT", "SETINFO", "lib-ver", "1.2"), OK)
        row = parse_client(self.own.call("CLIENT", "INFO"))
        self.assertEqual((row["lib-name"], row["lib-ver"]), ("py", "1.2"))
        self.assertEqual(
            self.own.call("CLIENT", "SETINFO", "LIB-NAME", "a b"),
            error("ERR LIB-NAME cannot contain spaces, newlines or special characters."),
        )
        self.assertEqual(
            self.own.call("CLIENT", "SETINFO", "foo", "x"), error("ERR Unrecognized option 'foo'")
        )

    def test_a_closed_connection_disappears(self):
        other = self.named("other")
        other.close()
        self.assertTrue(wait_until(lambda: "other" not in self.names()))


class KillTest(ClientTest):
    def test_by_id(self):
        one, two = self.named("one"), self.named("two")
        self.assertEqual(self.own.call("CLIENT", "KILL", "ID", one.id), 1)
        self.assert_closed(one)
        self.assert_alive(two, self.own)
        self.assertEqual(self.own.call("CLIENT", "KILL", "ID", one.id), 0)

    def test_by_address_in_both_forms(self):
        one, two = self.named("one"), self.named("two")
        addresses = ["%s:%d" % c.socket.getsockname() for c in (one, two)]
        self.assertEqual(self.own.call("CLIENT", "KILL", addresses[0]), OK)
        self.assertEqual(self.own.call("CLIENT", "KILL", "ADDR", addresses[1]), 1)
        self.assert_closed(one, two)
        self.assertEqual(self.own.call("CLIENT", "KILL", addresses[0]), error("ERR No such client"))

    def test_everybody_else_of_a_type_or_at_an_address(self):
        for filters in (
            ("TYPE", "normal"),
            ("LADDR", f"127.0.0.1:{self.server.port}"),
            ("USER", "default"),
            ("TYPE", "normal", "SKIPME", "yes"),
        ):
            others = [self.named(f"c{n}") for n in range(5)]
            self.assertEqual(self.own.call("CLIENT", "KILL", *filters), 5)
            self.assert_closed(*others)
            self.assert_alive(self.own)

    def test_filters_are_combined(self):
        one, two = self.named("one"), self.named("two")
        self.assertEqual(self.own.call("CLIENT", "KILL", "ID", one.id, "TYPE", "pubsub"), 0)
        self.assertEqual(
            self.own.call("CLIENT", "KILL", "ID", one.id, "TYPE", "normal", "USER", "default"), 1
        )
        self.assert_closed(one)
        self.assert_alive(two)

    def test_itself_after_the_reply(self):
        connection = self.named("suicide")
        connection.write("CLIENT", "KILL", "ID", connection.id, "SKIPME", "no")
        self.assertEqual(connection.read_until_closed(), b":1\r\n")

    def test_a_client_that_does_not_read(self):
        lazy = self.named("lazy")
        self.own.call("SET", "k", "x" * 100_000)
        lazy.send(resp.encode("GET", "k") * 500)
        wait_until(lambda: int(self.rows("ID", lazy.id)[0]["omem"]) > 0, seconds=2)
        self.assertEqual(self.own.call("CLIENT", "KILL", "ID", lazy.id), 1)
        self.assertTrue(wait_until(lambda: not self.rows("ID", lazy.id)))

    def test_many_at_once(self):
        others = [self.named(f"c{n}") for n in range(300)]
        self.assertEqual(self.own.call("CLIENT", "KILL", "TYPE", "normal"), 300)
        self.assert_closed(*others)
        self.assertEqual(self.names(), ["own"])


class PauseTest(ClientTest):
    def setUp(self):
        super().setUp()
        self.addCleanup(lambda: self.server.connect().call("CLIENT", "UNPAUSE"))

    def test_write_holds_writes_back_and_lets_reads_through(self):
        other = self.named("other")
        self.assertEqual(self.own.call("CLIENT", "PAUSE", 60_000, "WRITE"), OK)
        self.assertIsNone(other.call("GET", "k"))
        other.write("SET", "k", 1)
        self.assertTrue(other.is_silent(0.15))
        self.assertIsNone(self.own.call("GET", "k"))
        self.assertEqual(self.own.call("CLIENT", "UNPAUSE"), OK)
        self.assertEqual(other.read(), OK)

    def test_all_holds_everything_back_even_the_end_of_it(self):
        other = self.named("other")
        started = time.monotonic()
        self.assertEqual(self.own.call("CLIENT", "PAUSE", 400), OK)
        self.own.write("CLIENT", "UNPAUSE")
        other.send(resp.encode("GET", "k") + resp.encode("PING"))
        self.assertTrue(other.is_silent(0.15))
        self.assertEqual([other.read(), other.read(), self.own.read()], [None, "PONG", OK])
        self.assertGreater(time.monotonic() - started, 0.39)

    def test_it_ends_by_itself(self):
        other = self.named("other")
        started = time.monotonic()
        self.assertEqual(self.own.call("CLIENT", "PAUSE", 200, "WRITE"), OK)
        self.assertEqual(other.call("SET", "k", 1), OK)
        self.assertGreater(time.monotonic() - started, 0.19)

    def test_many_paused_clients_all_go_on(self):
        others = [self.named(f"c{n}") for n in range(50)]
        self.own.call("CLIENT", "PAUSE", 60_000, "WRITE")
        for other in others:
            other.write("INCR", "n")
        self.assertTrue(others[0].is_silent(0.1))
        self.own.call("CLIENT", "UNPAUSE")
        self.assertEqual(sorted(other.read() for other in others), list(range(1, 51)))

    def test_a_paused_client_counts_as_blocked(self):
        other = self.named("other")
        self.own.call("CLIENT", "PAUSE", 60_000, "WRITE")
        other.write("SET", "k", 1)
        blocked = lambda: int(self.info(self.own, "clients")["blocked_clients"])
        resp.wait_until(lambda: blocked() == 1)
        self.assertEqual([row["flags"] for row in self.rows() if row["name"] == "other"], ["b"])
        self.own.call("CLIENT", "UNPAUSE")
        self.assertEqual(other.read(), OK)
        resp.wait_until(lambda: blocked() == 0)

    def test_who_leaves_while_paused_takes_the_requests_along(self):
        self.own.call("CLIENT", "PAUSE", 60_000, "WRITE")
        for round in range(3):
            for name, more in (("one", b""), ("more", resp.encode("PING") * 10)):
                other = self.named(name)
                other.send(resp.encode("SET", "left", round) + more)
                if round != 0:
                    time.sleep(0.02)
                other.close()
        resp.wait_until(lambda: self.names() == ["own"])
        self.own.call("CLIENT", "UNPAUSE")
        self.assertEqual(self.own.call("EXISTS", "left"), 0)


class ReplyTest(ClientTest):
    def test_off_and_on(self):
        self.own.send(
            resp.encode("CLIENT", "REPLY", "OFF")
            + resp.encode("SET", "k", 1) * 100
            + resp.encode("nosuch")
        )
        self.assertTrue(self.own.is_silent(0.1))
        self.own.write("CLIENT", "REPLY", "ON")
        self.assertEqual(self.own.read(), OK)
        self.assertEqual(self.own.call("GET", "k"), b"1")

    def test_off_hides_the_error_of_a_broken_frame(self):
        self.own.send(resp.encode("CLIENT", "REPLY", "OFF") + b"*1\r\n!oops\r\n")
        self.assertEqual(self.own.read_until_closed(), b"")

    def test_skip_hides_one_reply(self):
        self.own.send(resp.encode("CLIENT", "REPLY", "SKIP") + resp.encode("INCR", "n") * 2)
        self.assertEqual(self.own.read(), 2)


class OtherTest(ClientTest):
    @thespis_only("the stand-in is older")
    def test_no_touch_leaves_the_idle_time_alone(self):
        self.own.call("SET", "k", 1)
        time.sleep(1.1)  # the clock of idle times has whole seconds
        self.own.call("CLIENT", "NO-TOUCH", "ON")
        self.own.call("GET", "k")
        self.assertGreaterEqual(self.own.call("OBJECT", "IDLETIME", "k"), 1)
        self.own.call("TOUCH", "k")
        self.assertEqual(self.own.call("OBJECT", "IDLETIME", "k"), 0)
        self.own.call("CLIENT", "NO-TOUCH", "OFF")
        self.assertEqual(self.own.call("CLIENT", "NO-TOUCH", "x"), error("ERR syntax error"))

    def test_unblock_finds_nobody_to_unblock(self):
        other = self.named("other")
        self.assertEqual(self.own.call("CLIENT", "UNBLOCK", other.id), 0)
        self.assertEqual(self.own.call("CLIENT", "UNBLOCK", 10**15), 0)
        self.assertEqual(
            self.own.call("CLIENT", "UNBLOCK", "x"),
            error("ERR value is not an integer or out of range"),
        )

    def test_a_name_has_no_blanks(self):
        self.assertEqual(
            self.own.call("CLIENT", "SETNAME", "a b"),
            error("ERR Client names cannot contain spaces, newlines or special characters."),
        )
        self.assertEqual(self.own.call("CLIENT", "SETNAME", ""), OK)
        self.assertIsNone(self.own.call("CLIENT", "GETNAME"))

    def test_reset_forgets_everything(self):
        self.own.call("SELECT", 3)
        self.own.call("HELLO", 3)
        self.own.send(resp.encode("RESET") + resp.encode("CLIENT", "INFO"))
        self.assertEqual(self.own.read(), "RESET")
        row = parse_client(self.own.read())
        self.assertEqual((row["db"], row["name"], row["resp"], row["flags"]), ("0", "", "2", "N"))
