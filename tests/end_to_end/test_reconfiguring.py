"""Settings that change what a running server does: where it listens, whom it lets in, what commands
are called. With a look at what it does not take."""

import os
import pathlib
import resource
import socket
import threading
import time
import unittest

import resp
import server
from resp import wait_until
from suite import OK, OperatingTest, error, has_ipv6, thespis_only

BIND_FAILED = error(
    "ERR CONFIG SET failed (possibly related to argument 'bind') - "
    "Failed to bind to specified addresses."
)
PORT_FAILED = error(
    "ERR CONFIG SET failed (possibly related to argument 'port') - "
    "Unable to listen on this port. Check server logs."
)


def is_open(port, host="127.0.0.1"):
    """Whether a server answers there."""
    try:
        with resp.Connection(port=port, host=host) as connection:
            return connection.call("PING") == "PONG"
    except OSError:
        return False


class Port(OperatingTest):
    def test_a_new_port_replaces_the_old_one_and_clients_stay(self):
        for threads in (1, 3):
            running = self.start(threads=threads)
            connection = running.connect()
            before = running.port
            after = server.free_port()
            self.assertEqual(connection.call("CONFIG", "SET", "port", after), OK)
            self.assertEqual(
                connection.call("CONFIG", "GET", "port"), [b"port", str(after).encode()]
            )
            self.assertIn(b"tcp_port:%d\r\n" % after, connection.call("INFO", "server"))
            self.assertTrue(wait_until(lambda: not is_open(before)))
            for _ in range(20):
                self.assertTrue(is_open(after))
            self.assertEqual(connection.call("CONFIG", "SET", "port", before), OK)
            self.assertTrue(is_open(before))
            connection.close()
            self.assertEqual(running.stop(), 0)

    def test_a_port_in_use_changes_nothing(self):
        running = self.start(threads=2)
        with socket.create_server(("127.0.0.1", 0)) as taken, running.connect() as connection:
            port = taken.getsockname()[1]
            self.assertEqual(connection.call("CONFIG", "SET", "port", port), PORT_FAILED)
            self.assertEqual(
                connection.call("CONFIG", "SET", "timeout", 7, "port", port, "hz", 50), PORT_FAILED
            )
            self.assertEqual(
                connection.call("CONFIG", "GET", "port"), [b"port", str(running.port).encode()]
            )
            self.assertEqual(connection.call("CONFIG", "GET", "timeout"), [b"timeout", b"0"])
            self.assertTrue(is_open(running.port))
        self.assertIn(str(port), running.log())

    def test_another_setting_that_fails_brings_the_old_port_back(self):
        running = self.start()
        with running.connect() as connection:
            after = server.free_port()
            answer = connection.call("CONFIG", "SET", "port", after, "bind", "192.0.2.77")
            self.assertIn(answer, (PORT_FAILED, BIND_FAILED))
            answer = connection.call("CONFIG", "SET", "port", after, "dir", "/nonexistent")
            self.assertIn("dir", answer)
            self.assertTrue(wait_until(lambda: is_open(running.port) and not is_open(after)))

    def test_port_0_closes_it_and_a_unix_socket_stays(self):
        path = self.file("socket")
        running = self.start(unixsocket=path)
        with resp.Connection(path=path) as connection:
            self.assertEqual(connection.call("CONFIG", "SET", "port", 0), OK)
            self.assertTrue(wait_until(lambda: not is_open(running.port)))
            self.assertEqual(connection.call("CONFIG", "SET", "port", running.port), OK)
            self.assertTrue(is_open(running.port))
        with resp.Connection(path=path) as connection:
            self.assertEqual(connection.call("PING"), "PONG")

    def test_it_moves_while_clients_come_and_go(self):
        running = self.start(threads=2)
        ports = [running.port, server.free_port()]
        done = threading.Event()
        failures = []

        def knock(port):
            while not done.is_set():
                try:
                    with resp.Connection(port=port) as connection:
                        if connection.call("PING") != "PONG":
                            failures.append(port)
                except (OSError, resp.Closed):
                    pass

        clients = [threading.Thread(target=knock, args=(port,)) for port in ports * 3]
        for client in clients:
            client.start()
        with running.connect() as connection:
            for n in range(1, 60):
                self.assertEqual(connection.call("CONFIG", "SET", "port", ports[n % 2]), OK)
        done.set()
        for client in clients:
            client.join()
        self.assertEqual(failures, [])
        self.assertTrue(is_open(ports[1]))
        self.assertEqual(running.stop(), 0)


class Bind(OperatingTest):
    def test_addresses_come_and_go(self):
        for threads in (1, 2):
            running = self.start(threads=threads, bind=("127.0.0.1",))
            connection = running.connect()
            self.assertFalse(is_open(running.port, "127.0.0.2"))
            self.assertEqual(connection.call("CONFIG", "SET", "bind", "127.0.0.2 127.0.0.1"), OK)
            self.assertTrue(is_open(running.port, "127.0.0.2"))
            self.assertTrue(is_open(running.port))
            self.assertEqual(
                connection.call("CONFIG", "GET", "bind"), [b"bind", b"127.0.0.2 127.0.0.1"]
            )
            self.assertEqual(connection.call("CONFIG", "SET", "bind", "127.0.0.2"), OK)
            self.assertTrue(wait_until(lambda: not is_open(running.port)))
            self.assertTrue(is_open(running.port, "127.0.0.2"))
            self.assertEqual(connection.call("PING"), "PONG")
            connection.close()
            self.assertEqual(running.stop(), 0)

    def test_host_names_are_found_and_unknown_ones_change_nothing(self):
        for threads in (1, 2):
            running = self.start(threads=threads, bind=("127.0.0.2",))
            connection = running.connect(host="127.0.0.2")
            self.assertEqual(connection.call("CONFIG", "SET", "bind", "127.0.0.2 localhost"), OK)
            self.assertTrue(is_open(running.port))
            self.assertEqual(
                connection.call("CONFIG", "GET", "bind"), [b"bind", b"127.0.0.2 localhost"]
            )
            wrong = "localhost no-such-host.invalid"
            self.assertEqual(
                connection.call("CONFIG", "SET", "timeout", 7, "bind", wrong), BIND_FAILED
            )
            self.assertEqual(connection.call("CONFIG", "GET", "timeout"), [b"timeout", b"0"])
            self.assertTrue(is_open(running.port, "127.0.0.2"))
            self.assertIn("no-such-host.invalid", running.log())
            self.assertEqual(
                connection.call("CONFIG", "SET", "bind", "localhost -no-such-host.invalid"), OK
            )
            after = server.free_port()
            self.assertEqual(connection.call("CONFIG", "SET", "port", after), OK)
            self.assertTrue(is_open(after))
            connection.close()
            self.assertEqual(running.stop(), 0)

    def test_others_are_served_while_a_host_is_looked_up(self):
        running = self.start(threads=1)
        with running.connect() as asking, running.connect() as other:
            asking.send(resp.encode("CONFIG", "SET", "bind", "127.0.0.1 no-such-host.invalid"))
            for _ in range(10):
                self.assertEqual(other.call("PING"), "PONG")
                self.assertEqual(other.call("CONFIG", "GET", "port")[0], b"port")
            self.assertEqual(asking.read(), BIND_FAILED)
            self.assertEqual(asking.call("PING"), "PONG")

    def test_from_every_address_to_one_and_back(self):
        for threads in (1, 2):
            running = self.start(threads=threads, bind=("*", "-::*"), protected_mode="no")
            connection = running.connect()
            self.assertEqual(connection.call("CONFIG", "SET", "bind", "127.0.0.1"), OK)
            self.assertTrue(wait_until(lambda: not is_open(running.port, "127.0.0.2")))
            self.assertTrue(is_open(running.port))
            self.assertEqual(connection.call("CONFIG", "SET", "bind", "* -::*"), OK)
            self.assertTrue(wait_until(lambda: is_open(running.port, "127.0.0.2")))
            connection.close()
            self.assertEqual(running.stop(), 0)

    def test_an_address_that_fails_leaves_all_as_it_was(self):
        running = self.start(bind=("127.0.0.1",))
        with running.connect() as connection:
            for value in (
                "127.0.0.2 192.0.2.77",
                "127.0.0.2 no.such.host.invalid",
                "127.0.0.2 127.0.0.2",
                "127.0.0.2 300.1.1.1",
            ):
                with self.subTest(value):
                    self.assertEqual(connection.call("CONFIG", "SET", "bind", value), BIND_FAILED)
                    self.assertEqual(
                        connection.call("CONFIG", "GET", "bind"), [b"bind", b"127.0.0.1"]
                    )
                    self.assertTrue(is_open(running.port))
                    self.assertFalse(is_open(running.port, "127.0.0.2"))
        self.assertIn("192.0.2.77", running.log())

    def test_a_missing_address_with_a_dash_is_no_fault(self):
        running = self.start(bind=("127.0.0.1",))
        with running.connect() as connection:
            self.assertEqual(connection.call("CONFIG", "SET", "bind", "127.0.0.1 -192.0.2.77"), OK)
            self.assertTrue(is_open(running.port))

    @unittest.skipUnless(has_ipv6(), "this machine has no IPv6")
    def test_ipv6_can_be_added(self):
        running = self.start(bind=("127.0.0.1",))
        with running.connect() as connection:
            self.assertEqual(connection.call("CONFIG", "SET", "bind", "127.0.0.1 ::1"), OK)
            self.assertTrue(is_open(running.port, "::1"))
            self.assertEqual(connection.call("CONFIG", "SET", "bind", "::1"), OK)
            self.assertTrue(wait_until(lambda: not is_open(running.port)))
            self.assertTrue(is_open(running.port, "::1"))

    def test_what_cannot_change_says_so(self):
        running = self.start()
        with running.connect() as connection:
            for name, value in (("tcp-backlog", "5"), ("unixsocket", "/tmp/x"), ("databases", "3")):
                self.assertEqual(
                    connection.call("CONFIG", "SET", name, value),
                    error(
                        f"ERR CONFIG SET failed (possibly related to argument '{name}') - "
                        "can't set immutable config"
                    ),
                )


class Clients(OperatingTest):
    def test_maxclients_counts_from_the_next_client_on(self):
        running = self.start()
        with running.connect() as first, running.connect() as second:
            self.assertEqual(second.call("PING"), "PONG")
            self.assertEqual(first.call("CONFIG", "SET", "maxclients", 2), OK)
            with running.connect() as refused:
                self.assertEqual(
                    refused.read_until_closed(), b"-ERR max number of clients reached\r\n"
                )
            self.assertEqual(second.call("PING"), "PONG")
            self.assertEqual(first.call("CONFIG", "SET", "maxclients", 3), OK)
            self.assertTrue(is_open(running.port))

    @thespis_only("Redis takes minutes to find the limit")
    def test_maxclients_needs_files(self):
        running = self.start()
        with running.connect() as connection:
            self.assertRegex(
                connection.call("CONFIG", "SET", "maxclients", 4_000_000_000),
                r"^ERR CONFIG SET failed \(possibly related to argument 'maxclients'\) - "
                r"The operating system is not able to handle the specified number of clients, "
                r"try with \d+$",
            )
            self.assertEqual(
                connection.call("CONFIG", "GET", "maxclients"), [b"maxclients", b"10000"]
            )

    @unittest.skipUnless(hasattr(resource, "prlimit"), "limits cannot be set here")
    def test_maxclients_is_lowered_to_what_the_system_allows(self):
        wrap = ["sh", "-c", 'ulimit -n 1000; exec "$@"', "sh"]
        if os.geteuid() == 0:  # who may raise limits does not need to lower maxclients
            wrap = ["setpriv", "--bounding-set", "-sys_resource", "--inh-caps=-all", *wrap]
        running = self.start(wrap=wrap, maxclients=5000)
        with running.connect() as connection:
            granted = int(connection.call("CONFIG", "GET", "maxclients")[1])
        self.assertLess(granted, 1000)
        self.assertGreater(granted, 900)
        self.assertIn("maxclients has been reduced", running.log())

    def test_a_timeout_set_later_closes_silent_clients(self):
        running = self.start()
        with running.connect() as silent, running.connect() as busy:
            silent.call("PING")
            self.assertEqual(busy.call("CONFIG", "SET", "timeout", 1), OK)
            started = time.monotonic()
            while not silent.read_until_closed_soon() and time.monotonic() - started < 8:
                busy.call("PING")
            self.assertLess(time.monotonic() - started, 8)
            self.assertEqual(busy.call("PING"), "PONG")

    def test_keepalive_set_later_counts_for_new_clients(self):
        running = self.start(tcp_keepalive=0)

        def timers():
            with running.connect() as client:
                client.call("PING")
                local = client.socket.getsockname()[1]
                table = os.popen(f"ss -tnoH 'sport = :{running.port} and dport = :{local}'").read()
                return table

        with running.connect() as connection:
            before = timers()
            if not before:
                self.skipTest("ss is not installed")
            self.assertNotIn("keepalive", before)
            self.assertEqual(connection.call("CONFIG", "SET", "tcp-keepalive", 100), OK)
            self.assertIn("timer:(keepalive", timers())


class Directory(OperatingTest):
    def test_dir_is_absolute(self):
        running = self.start()
        with running.connect() as connection:
            self.assertEqual(
                connection.call("CONFIG", "GET", "dir"),
                [b"dir", os.path.realpath(running.directory).encode()],
            )
            os.mkdir(os.path.join(running.directory, "inner"))
            self.assertIn(
                connection.call("CONFIG", "SET", "dir", "inner"),
                (
                    OK,
                    error(
                        "ERR CONFIG SET failed (possibly related to argument 'dir') - "
                        "can't set protected config"
                    ),
                ),
            )

    def test_dir_can_change_where_that_is_allowed(self):
        running = self.start(enable_protected_configs="yes")
        os.mkdir(os.path.join(running.directory, "inner"))
        inner = os.path.realpath(os.path.join(running.directory, "inner"))
        with running.connect() as connection:
            self.assertEqual(connection.call("CONFIG", "SET", "dir", "inner"), OK)
            self.assertEqual(connection.call("CONFIG", "GET", "dir"), [b"dir", inner.encode()])
            self.assertEqual(
                connection.call("CONFIG", "SET", "dir", "nowhere"),
                error(
                    "ERR CONFIG SET failed (possibly related to argument 'dir') - "
                    "No such file or directory"
                ),
            )
            self.assertEqual(connection.call("CONFIG", "GET", "dir"), [b"dir", inner.encode()])
        self.assertEqual(os.readlink(f"/proc/{running.pid}/cwd"), inner)


class Renaming(OperatingTest):
    def start_with(self, text):
        return self.start(first=[self.file("renaming.conf", text)])

    def test_a_command_has_its_new_name_alone(self):
        running = self.start_with("rename-command SET Store\nrename-command config c0nf\n")
        with running.connect() as connection:
            self.assertIn("ERR unknown command 'SET'", connection.call("SET", "a", 1))
            self.assertEqual(connection.call("STORE", "a", 1), OK)
            self.assertEqual(connection.call("GET", "a"), b"1")
            self.assertIn("ERR unknown command 'CONFIG'", connection.call("CONFIG", "GET", "hz"))
            self.assertEqual(connection.call("c0nf", "GET", "hz"), [b"hz", b"10"])
            self.assertEqual(
                connection.call("store"), error("ERR wrong number of arguments for 'set' command")
            )
            self.assertEqual(connection.pipeline([("store", "b", 2), ("get", "b")]), [OK, b"2"])

    def test_the_table_of_commands_follows(self):
        running = self.start_with('rename-command SET Store\nrename-command FLUSHALL ""\n')
        with running.connect() as connection:
            store, gone, old = connection.call("COMMAND", "INFO", "store", "flushall", "set")
            self.assertEqual(store[0], b"set")
            self.assertIsNone(gone)
            self.assertIsNone(old)
            self.assertEqual(connection.call("COMMAND", "GETKEYS", "store", "k", "v"), [b"k"])
            names = connection.call("COMMAND", "LIST")
            self.assertNotIn(b"flushall", names)
            commands = [name for name in names if b"|" not in name]
            self.assertEqual(connection.call("COMMAND", "COUNT"), len(commands))
            connection.call("STORE", "a", 1)
            self.assertIn(b"cmdstat_set:calls=1,", connection.call("INFO", "commandstats"))

    def test_a_command_without_a_name_is_gone(self):
        running = self.start_with('rename-command FLUSHALL ""\nrename-command DEBUG ""\n')
        with running.connect() as connection:
            for name in ("FLUSHALL", "DEBUG"):
                self.assertIn(f"ERR unknown command '{name}'", connection.call(name, "x"))

    def test_long_names_and_exchanged_names(self):
        name = "b840fc02d524045429941cc15f59e41cb7be6c52" * 3
        running = self.start_with(
            f"rename-command KEYS {name}\nrename-command GET tmp\n"
            "rename-command SET GET\nrename-command tmp SET\n"
        )
        with running.connect() as connection:
            self.assertEqual(connection.call("GET", "a", 1), OK)
            self.assertEqual(connection.call("SET", "a"), b"1")
            self.assertEqual(connection.call(name.upper(), "*"), [b"a"])

    def test_the_command_line_can_do_it(self):
        running = self.start(rename_command=("PING", "pong"))
        with running.connect() as connection:
            self.assertEqual(connection.call("PONG"), "PONG")

    def test_mistakes_are_refused_with_their_line(self):
        for line, reason in (
            ("rename-command NOSUCH a", "No such command in rename-command"),
            ('rename-command NOSUCH ""', "No such command in rename-command"),
            ("rename-command GET set", "Target command name already exists"),
            ("rename-command GET", "Bad directive or wrong number of arguments"),
        ):
            path = self.file("bad.conf", f"timeout 1\n{line}\n")
            with self.subTest(line):
                parts = (path, "line 2") if server.is_thespis(server.thespis_binary()) else ()
                self.assert_refused([path, "--port", server.free_port()], reason, line, *parts)

    @thespis_only("Redis has users and modules")
    def test_users_and_modules_are_refused_rather_than_forgotten(self):
        for line, reason in (
            ("user alice on >secret ~* +@all", "ACL users are not supported yet"),
            ("aclfile /etc/users.acl", "ACL users are not supported yet"),
            ("loadmodule /usr/lib/some.so", "Modules are not supported"),
        ):
            path = self.file("bad.conf", f"\n\n{line}\n")
            with self.subTest(line):
                self.assert_refused(
                    [path, "--port", server.free_port()], path, "line 3", line, reason
                )

    def test_rewrite_keeps_the_names(self):
        path = self.file("names.conf", "rename-command GET fetch\nrename-command CONFIG cfg\n")
        running = self.start(first=[path], dir=self.directory)
        with running.connect() as connection:
            self.assertEqual(connection.call("cfg", "REWRITE"), OK)
        self.assertEqual(running.stop(), 0)
        self.assertIn("rename-command GET fetch\n", pathlib.Path(path).read_text())
        with self.start(first=[path]).connect() as connection:
            self.assertIsNone(connection.call("fetch", "k"))
