"""Starting, configuring and stopping the server: what an operator meets."""

import os
import pathlib
import resource
import signal
import socket
import stat
import threading
import time
import unittest

import resp
import server
from resp import wait_until
from server import Server, run_to_end
from suite import OK, OperatingTest, error, has_ipv6, not_sanitized, thespis_only


def outer_address():
    """An IPv4 address of this machine that is not the loopback, or None."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            address = probe.getsockname()[0]
        except OSError:
            return None
    return None if address.startswith("127.") else address


class BadStarts(OperatingTest):
    def test_a_port_that_another_program_uses(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            self.assert_refused(["--port", port, "--bind", "127.0.0.1"], str(port))

    def test_a_port_that_another_server_of_ours_uses(self):
        first = self.start()
        self.assert_refused(["--port", first.port], str(first.port))
        with first.connect() as connection:
            self.assertEqual(connection.call("PING"), "PONG")

    def test_bad_options(self):
        for words, part in (
            (["--nosuch", "1"], "nosuch"),
            (["--port", "abc"], "port"),
            (["--port", "70000"], "port"),
            (["--maxmemory", "1zb"], "maxmemory"),
            (["--appendfsync", "maybe"], "appendfsync"),
            (["--databases", "0"], "databases"),
            (["--maxmemory"], "maxmemory"),
            (["--loglevel", "loud"], "loglevel"),
            (["--daemonize", "maybe"], "daemonize"),
            (["--bind", "no.such.host.invalid"], "no.such.host.invalid"),
        ):
            with self.subTest(words):
                self.assert_refused(
                    words + ([] if "--port" in words else ["--port", server.free_port()]), part
                )

    @thespis_only("these are our own")
    def test_bad_numbers_of_threads_and_partitions(self):
        for name in ("--threads", "--partitions"):
            for value in ("-1", "x", "100000"):
                with self.subTest((name, value)):
                    self.assert_refused([name, value, "--port", server.free_port()], name[2:])

    @thespis_only("Redis tries")
    def test_more_databases_than_memory(self):
        port = server.free_port()
        for words in ([], ["--partitions", 1], ["--daemonize", "yes"]):
            self.assert_refused(
                ["--databases", 2147483647, "--port", port, *words],
                "Fatal error in the configuration: 'databases 2147483647': they need",
            )

    def test_a_file_that_cannot_be_read(self):
        self.assert_refused([self.file("missing.conf")], "missing.conf")

    @thespis_only("redis-server takes a directory for an empty file")
    def test_a_file_that_is_a_directory(self):
        self.assert_refused([self.directory], self.directory)

    def test_a_file_that_may_not_be_read(self):
        path = self.file("secret.conf", "timeout 1\n")
        os.chmod(path, 0)
        words, binary = [path], None
        if os.geteuid() == 0:  # may read everything, unless it gives that up
            binary = "setpriv"
            words = [
                "--bounding-set=-dac_override,-dac_read_search",
                "--inh-caps=-all",
                server.thespis_binary(),
                path,
            ]
        code, text = run_to_end(words, binary=binary)
        self.assertEqual(code, 1)
        self.assertIn(f"'{path}': Permission denied", text)
        self.assertEqual(len(text.splitlines()), 1, text)

    def test_a_mistake_in_a_file_is_named_with_its_line(self):
        path = self.file("bad.conf", "# comment\nmaxmemory 1mb\n\nnosuch thing\n")
        self.assert_refused(
            [path], "nosuch thing", "line 4", "Bad directive or wrong number of arguments"
        )
        path = self.file("quotes.conf", 'maxmemory 1mb\nrequirepass "open\n')
        self.assert_refused([path], "line 2", "Unbalanced quotes")

    @thespis_only("Redis does not name the file")
    def test_a_mistake_in_an_included_file_is_named_with_that_file(self):
        inner = self.file("inner.conf", "\nhz x\n")
        outer = self.file("outer.conf", f"include {inner}\n")
        self.assert_refused([outer], inner, "line 2", "hz x")
        missing = self.file("missing.conf")
        outer = self.file("lost.conf", f"\ninclude {missing}\n")
        self.assert_refused([outer], f"line 2: 'include {missing}': can't open config file")

    def test_a_mistake_on_standard_input(self):
        self.assert_refused(["-"], "nosuch", stdin=b"nosuch thing\n")

    def test_nothing_to_listen_on(self):
        self.assert_refused(["--port", "0"], "Configured to not listen anywhere, exiting.")
        self.assert_refused(["--bind", "-192.0.2.77", "--port", server.free_port()], "not listen")

    def test_a_log_file_that_cannot_be_opened(self):
        self.assert_refused(
            ["--logfile", "/nonexistent/log", "--port", server.free_port()], "log file"
        )

    def test_a_directory_that_does_not_exist(self):
        self.assert_refused(["--dir", "/nonexistent", "--port", server.free_port()], "/nonexistent")

    def test_version_and_help(self):
        for word in ("--version", "-v"):
            code, text = run_to_end([word])
            self.assertEqual(code, 0)
            self.assertRegex(text, r"v=\d+\.\d+\.\d+")
            self.assertEqual(len(text.splitlines()), 1)
        code, text = run_to_end(["--help"])
        self.assertIn("--port", text)


class Stopping(OperatingTest):
    def test_signals_stop_it_with_exit_code_0(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            running = self.start(threads=2, partitions=3)
            connection = running.connect()
            connection.call("SET", "a", 1)
            self.assertEqual(running.stop(number), 0)
            self.assertEqual(connection.read_until_closed(), b"")
            connection.close()

    def test_it_stops_under_load(self):
        for _ in range(5):
            running = self.start(threads=2, partitions=4)
            done = threading.Event()

            def load():
                try:
                    with running.connect() as connection:
                        while not done.is_set():
                            connection.pipeline(
                                [
                                    ("MSET", "a", 1, "b", 2, "c", 3),
                                    ("RENAME", "a", "d"),
                                    ("MGET", "a", "b"),
                                ]
                                * 10
                            )
                except (resp.Closed, OSError):
                    pass

            clients = [threading.Thread(target=load) for _ in range(8)]
            for client in clients:
                client.start()
            time.sleep(0.15)
            self.assertEqual(running.stop(), 0)
            done.set()
            for client in clients:
                client.join()

    def test_it_stops_within_a_second_while_50_clients_work(self):
        running = self.start(threads=2, partitions=4)
        done = threading.Event()
        busy = threading.Barrier(51)

        def load(number):
            try:
                with running.connect() as connection:
                    connection.call("PING")
                    busy.wait(30)
                    while not done.is_set():
                        connection.pipeline([("SET", f"k{number}", "x" * 100)] * 50)
            except (resp.Closed, OSError):
                pass

        clients = [threading.Thread(target=load, args=(n,), daemon=True) for n in range(50)]
        for client in clients:
            client.start()
        busy.wait(30)
        time.sleep(0.3)
        started = time.monotonic()
        code = running.stop()
        took = time.monotonic() - started
        done.set()
        for client in clients:
            client.join()
        self.assertEqual(code, 0)
        if not server.is_sanitized(server.thespis_binary()):
            self.assertLess(took, 1)

    def test_it_stops_with_a_client_that_never_reads(self):
        running = self.start()
        with running.connect() as lazy:
            lazy.call("SET", "k", "x" * 100_000)
            lazy.send(resp.encode("GET", "k") * 300)
            time.sleep(0.2)
            started = time.monotonic()
            self.assertEqual(running.stop(), 0)
            self.assertLess(time.monotonic() - started, 5)

    def test_it_stops_with_many_idle_connections_and_frees_the_port(self):
        running = self.start()
        connections = [running.connect() for _ in range(500)]
        self.assertEqual(running.stop(), 0)
        for connection in connections:
            connection.close()
        again = self.start(port=running.port)
        self.assertEqual(again.stop(), 0)

    def test_two_signals_in_a_row_do_no_harm(self):
        running = self.start()
        running.process.send_signal(signal.SIGTERM)
        self.assertIn(running.stop(signal.SIGTERM), (0, 1))

    def test_another_signal_does_what_it_does_to_any_program(self):
        running = self.start()
        self.assertEqual(running.stop(signal.SIGUSR2), -signal.SIGUSR2)

    def test_a_second_sigint_ends_it_at_once(self):
        running = self.start(threads=2, enable_debug_command="yes")
        with running.connect() as busy:
            busy.write("DEBUG", "SLEEP", 60)
            self.assertTrue(wait_until(lambda: self.holds_still(running)))
            for number, answer in (
                (signal.SIGINT, "Received SIGINT scheduling shutdown..."),
                (signal.SIGTERM, "Received SIGTERM scheduling shutdown..."),
                (signal.SIGINT, "You insist... exiting now."),
            ):
                running.process.send_signal(number)
                self.assertTrue(wait_until(lambda text=answer: text in running.log()))
        self.assertEqual(running.wait(), 1)

    def holds_still(self, running):
        """Whether a command has to wait for another one."""
        try:
            with running.connect(timeout=1) as connection:
                connection.call("GET", "k")
            return False
        except TimeoutError:
            return True

    def test_shutdown_ends_the_server_without_a_reply(self):
        for words in (("SHUTDOWN",), ("SHUTDOWN", "NOSAVE"), ("SHUTDOWN", "NOW", "FORCE")):
            running = self.start()
            with running.connect() as connection:
                connection.write(*words)
                self.assertEqual(connection.read_until_closed(), b"")
            self.assertEqual(running.wait(), 0)

    def test_shutdown_says_in_the_log_who_wanted_it(self):
        log = self.file("log")
        running = self.start(logfile=log)
        with running.connect() as connection:
            connection.write("SHUTDOWN", "NOSAVE")
            connection.read_until_closed()
        self.assertEqual(running.wait(), 0)
        text = pathlib.Path(log).read_text()
        self.assertIn("User requested shutdown...", text)
        self.assertIn("is now ready to exit, bye bye...", text)

    def test_bad_shutdown_options_change_nothing(self):
        running = self.start()
        with running.connect() as connection:
            for words in (("FOO",), ("SAVE", "NOSAVE"), ("ABORT", "NOW"), ("NOSAVE", "ABORT")):
                self.assertEqual(connection.call("SHUTDOWN", *words), error("ERR syntax error"))
            self.assertEqual(
                connection.call("SHUTDOWN", "ABORT"), error("ERR No shutdown in progress.")
            )
            self.assertEqual(connection.call("PING"), "PONG")


class Configuration(OperatingTest):
    def test_a_file_and_options_that_override_it(self):
        path = self.file(
            "a.conf",
            '# first\nMaxMemory 5mb\ntimeout 7\n\nrename-command FLUSHALL ""\n'
            "client-output-buffer-limit pubsub 1mb 1mb 1\n",
        )
        running = self.start(first=[path], timeout=9)
        with running.connect() as connection:
            self.assertEqual(
                connection.call("CONFIG", "GET", "maxmemory"), [b"maxmemory", b"5242880"]
            )
            self.assertEqual(connection.call("CONFIG", "GET", "timeout"), [b"timeout", b"9"])
            self.assertIn("unknown command", connection.call("FLUSHALL"))

    def test_quotes_and_includes_in_a_file(self):
        inner = self.file("inner.conf", 'requirepass "a \\"b\\" \\x41"\n')
        path = self.file("outer.conf", f"include {inner}\nlogfile ''\n")
        running = self.start(first=[path])
        with running.connect() as connection:
            self.assertEqual(connection.call("AUTH", 'a "b" A'), OK)

    def test_standard_input(self):
        running = self.start(first=["-"], stdin=b"maxmemory 6mb\n", timeout=3)
        with running.connect() as connection:
            self.assertEqual(
                connection.call("CONFIG", "GET", "maxmemory"), [b"maxmemory", b"6291456"]
            )

    def test_an_option_may_take_several_words(self):
        running = self.start(bind=("127.0.0.1", "127.0.0.2"), save=("900", "1", "300", "10"))
        with running.connect() as connection, running.connect(host="127.0.0.2") as other:
            self.assertEqual(connection.call("CONFIG", "GET", "save"), [b"save", b"900 1 300 10"])
            self.assertEqual(
                connection.call("CONFIG", "GET", "bind"), [b"bind", b"127.0.0.1 127.0.0.2"]
            )
            self.assertEqual(other.call("PING"), "PONG")
            connection.call("CONFIG", "SET", "save", "")

    def test_rewrite_keeps_comments_and_what_was_set(self):
        path = self.file("r.conf", "# my comment\nmaxmemory 5mb\ntimeout 7\n")
        running = self.start(first=[path], dir=self.directory)
        with running.connect() as connection:
            connection.call("CONFIG", "SET", "maxmemory", "7mb", "hz", "50")
            self.assertEqual(connection.call("CONFIG", "REWRITE"), OK)
        text = pathlib.Path(path).read_text()
        for part in ("# my comment", "maxmemory 7mb", "timeout 7", "hz 50"):
            self.assertIn(part, text)
        self.assertEqual(running.stop(), 0)
        again = self.start(first=[path])
        with again.connect() as connection:
            self.assertEqual(
                connection.call("CONFIG", "GET", "maxmemory"), [b"maxmemory", b"7340032"]
            )
            self.assertEqual(connection.call("CONFIG", "GET", "hz"), [b"hz", b"50"])

    def test_rewrite_without_a_file_is_refused(self):
        running = self.start()
        with running.connect() as connection:
            self.assertEqual(
                connection.call("CONFIG", "REWRITE"),
                error("ERR The server is running without a config file"),
            )

    def test_fewer_databases(self):
        running = self.start(databases=4)
        with running.connect() as connection:
            self.assertEqual(connection.call("SELECT", 3), OK)
            self.assertEqual(connection.call("SELECT", 4), error("ERR DB index is out of range"))

    def test_loglevel_warning_says_nothing_in_good_times(self):
        running = self.start(loglevel="warning", wait_ready=False)
        self.assertTrue(wait_until(lambda: self.answers(running)))
        self.assertNotIn(server.READY, running.log())

    @thespis_only("7.0 has no such level")
    def test_loglevel_nothing_is_silent_to_the_end(self):
        running = self.start(loglevel="nothing", wait_ready=False)
        self.assertTrue(wait_until(lambda: self.answers(running)))
        self.assertEqual(running.stop(), 0)
        self.assertEqual(running.log(), "")

    def answers(self, running):
        try:
            with running.connect() as connection:
                return connection.call("PING") == "PONG"
        except OSError:
            return False

    @thespis_only("Redis tells more of a client that has gone")
    def test_loglevel_verbose_tells_of_clients(self):
        running = self.start(loglevel="verbose", threads=1)
        with running.connect() as connection:
            address = connection.call("CLIENT", "INFO").decode().split(" addr=")[1].split(" ")[0]
        self.assertTrue(wait_until(lambda: f"Client closed connection {address}" in running.log()))
        self.assertIn(f"Accepted {address}", running.log())

    @thespis_only("Redis has TLS")
    def test_a_port_for_tls_is_refused(self):
        self.assert_refused(["--port", 0, "--tls-port", 7777], "tls-port is set, but")
        with self.start().connect() as connection:
            reply = connection.call("CONFIG", "SET", "tls-port", 7777)
            self.assertIn("Unable to update TLS configuration. Check server logs.", str(reply))
            self.assertEqual(connection.call("CONFIG", "GET", "tls-port"), [b"tls-port", b"0"])

    @thespis_only("Redis has these features")
    def test_settings_without_effect_are_named_in_the_log(self):
        path = self.file("r.conf", "aof-use-rdb-preamble no\nmaxmemory 1gb\ntcp-backlog 100\n")
        running = self.start(first=[path], tls_port=0)
        lines = [line.split(" # ", 1)[1] for line in running.log().splitlines() if " # " in line]
        self.assertEqual(
            [line.split(": ")[0] for line in lines],
            [
                f"{name} is set but has no effect in this version"
                for name in ("aof-use-rdb-preamble", "maxmemory")
            ],
        )
        self.assertIn("the journal is written in one way only", lines[0])

    @thespis_only("Redis has these features")
    def test_a_usual_start_warns_of_nothing(self):
        path = self.file("r.conf", "save ''\nappendonly no\nhz 10\nmaxclients 100\n")
        self.assertNotIn("has no effect", self.start(first=[path]).log())

    @thespis_only("these are our own")
    def test_any_number_of_threads_and_partitions(self):
        for threads, partitions in ((1, 1), (1, 7), (3, 1), (2, 64)):
            with Server(
                threads=threads, partitions=partitions
            ) as running, running.connect() as connection:
                keys = [f"k{n}" for n in range(200)]
                self.assertEqual(
                    connection.call("MSET", *[x for key in keys for x in (key, key)]), OK
                )
                self.assertEqual(connection.call("MGET", *keys), [key.encode() for key in keys])
                self.assertEqual(connection.call("DBSIZE"), 200)
                self.assertEqual(running.stop(), 0)


class Files(OperatingTest):
    def test_the_pid_file_lives_as_long_as_the_server(self):
        path = self.file("pid")
        running = self.start(pidfile=path)
        self.assertEqual(pathlib.Path(path).read_text().strip(), str(running.pid))
        self.assertEqual(running.stop(), 0)
        self.assertFalse(os.path.exists(path))

    def test_the_log_file_takes_everything(self):
        path = self.file("log")
        running = self.start(logfile=path)
        self.assertIn(server.READY, pathlib.Path(path).read_text())
        self.assertEqual(pathlib.Path(running.output).read_text(), "")
        self.assertEqual(running.stop(), 0)
        self.assertRegex(pathlib.Path(path).read_text(), r"(?i)bye|stopped|shut")

    def test_log_lines_have_pid_role_time_and_level(self):
        running = self.start()
        line = next(line for line in running.log().splitlines() if server.READY in line)
        self.assertRegex(
            line, rf"^{running.pid}:M \d\d \w\w\w \d{{4}} \d\d:\d\d:\d\d\.\d{{3}} [*#] "
        )

    def test_the_unix_socket_has_the_permissions_asked_for_and_disappears(self):
        for mode in (0o700, 0o777):
            path = self.file(f"s{mode}")
            running = self.start(unixsocket=path, unixsocketperm=f"{mode:o}")
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), mode)
            with resp.Connection(path=path) as connection:
                self.assertEqual(connection.call("PING"), "PONG")
                self.assertIn(f"addr={path}:0".encode(), connection.call("CLIENT", "INFO"))
            self.assertEqual(running.stop(), 0)
            self.assertFalse(os.path.exists(path))

    @thespis_only("Redis removes whatever is there")
    def test_the_socket_file_of_a_later_server_stays(self):
        path = self.file("shared")
        first = self.start(unixsocket=path)
        second = self.start(unixsocket=path)
        self.assertEqual(first.stop(), 0)
        with resp.Connection(path=path) as connection:
            self.assertEqual(connection.call("PING"), "PONG")
        self.assertEqual(second.stop(), 0)
        self.assertFalse(os.path.exists(path))

    @thespis_only("Redis replaces any file")
    def test_a_file_that_is_no_socket_is_not_replaced(self):
        path = self.file("precious", "data\n")
        self.assert_refused(["--unixsocket", path, "--port", server.free_port()], path)
        self.assertEqual(pathlib.Path(path).read_text(), "data\n")

    def test_relative_files_are_removed_too(self):
        running = self.start(unixsocket="s", pidfile="p", dir=self.directory)
        for name in "sp":
            self.assertTrue(os.path.exists(self.file(name)))
        self.assertEqual(running.stop(), 0)
        for name in "sp":
            self.assertFalse(os.path.exists(self.file(name)))

    def test_a_start_that_fails_leaves_the_pid_file_of_the_other_alone(self):
        path = self.file("pid")
        running = self.start(pidfile=path)
        self.assert_refused(["--port", running.port, "--pidfile", path], str(running.port))
        self.assertEqual(pathlib.Path(path).read_text().strip(), str(running.pid))

    def test_a_unix_socket_alone_is_enough(self):
        path = self.file("only")
        running = self.start(port=0, unixsocket=path)
        with resp.Connection(path=path) as connection:
            self.assertEqual(connection.call("PING"), "PONG")
        self.assertEqual(running.stop(), 0)

    def test_a_stale_unix_socket_is_replaced(self):
        path = self.file("stale")
        running = self.start(unixsocket=path)
        running.process.kill()
        running.process.wait()
        self.assertTrue(os.path.exists(path))
        self.start(unixsocket=path)
        with resp.Connection(path=path) as connection:
            self.assertEqual(connection.call("PING"), "PONG")


class Network(OperatingTest):
    @unittest.skipUnless(has_ipv6(), "this machine has no IPv6")
    def test_ipv6(self):
        running = self.start(bind=("127.0.0.1", "::1"))
        with running.connect(host="::1") as connection:
            self.assertEqual(connection.call("PING"), "PONG")
            self.assertIn(b"addr=[::1]:", connection.call("CLIENT", "INFO"))

    @unittest.skipUnless(has_ipv6(), "this machine has no IPv6")
    def test_ipv6_in_every_spelling(self):
        for addresses, hosts in (
            (("::1",), ("::1",)),
            (("-::1",), ("::1",)),
            (("*", "-::*"), ("::1", "127.0.0.1")),
            (("-::*",), ("::1",)),
        ):
            with self.subTest(addresses), Server(bind=addresses) as running:
                for host in hosts:
                    with running.connect(host=host) as connection:
                        self.assertEqual(connection.call("PING"), "PONG")
                self.assertEqual(running.stop(), 0)

    def test_an_address_with_a_dash_may_be_missing(self):
        running = self.start(bind=("127.0.0.1", "-::1", "-192.0.2.77"))
        with running.connect() as connection:
            self.assertEqual(connection.call("PING"), "PONG")

    def test_an_address_that_this_machine_does_not_have(self):
        self.assert_refused(["--bind", "192.0.2.77", "--port", server.free_port()], "192.0.2.77")

    @unittest.skipUnless(outer_address(), "this machine has the loopback only")
    def test_protected_mode_refuses_strangers(self):
        running = self.start(bind=("0.0.0.0",), protected_mode="yes")
        with running.connect(host=outer_address()) as stranger:
            self.assertTrue(stranger.read_until_closed().startswith(b"-DENIED "))
        with running.connect() as friend:
            self.assertEqual(friend.call("CONFIG", "SET", "protected-mode", "no"), OK)
        with running.connect(host=outer_address()) as stranger:
            self.assertEqual(stranger.call("PING"), "PONG")

    @unittest.skipUnless(outer_address(), "this machine has the loopback only")
    def test_protected_mode_is_off_with_a_password(self):
        running = self.start(bind=("0.0.0.0",), protected_mode="yes", requirepass="x")
        with running.connect(host=outer_address()) as stranger:
            self.assertEqual(stranger.call("PING"), error("NOAUTH Authentication required."))

    def test_a_password(self):
        running = self.start(requirepass="secret")
        with running.connect() as connection:
            self.assertEqual(connection.call("GET", "k"), error("NOAUTH Authentication required."))
            self.assertRegex(
                connection.call("HELLO"),
                r"^NOAUTH HELLO must be called with the client "
                r"already authenticated, otherwise the HELLO (<proto> )?AUTH <user> <pass> ",
            )
            self.assertEqual(
                connection.call("AUTH", "wrong"),
                error("WRONGPASS invalid username-password pair or user is disabled."),
            )
            self.assertEqual(connection.call("HELLO", 3, "AUTH", "default", "secret")[b"proto"], 3)
            self.assertIsNone(connection.call("GET", "k"))
            self.assertEqual(connection.call("CONFIG", "SET", "requirepass", ""), OK)
        with running.connect() as connection:
            self.assertIsNone(connection.call("GET", "k"))

    def test_one_client_too_many(self):
        running = self.start(maxclients=5)
        connections = [running.connect() for _ in range(5)]
        for connection in connections:
            self.assertEqual(connection.call("PING"), "PONG")
        with running.connect() as refused:
            self.assertEqual(refused.read_until_closed(), b"-ERR max number of clients reached\r\n")
        self.assertIn(b"rejected_connections:1\r\n", connections[0].call("INFO", "stats"))
        connections.pop().close()

        def welcome():
            with running.connect() as connection:
                connection.write("PING")
                return connection.read_until_closed() if connection.read() != "PONG" else b"yes"

        self.assertTrue(wait_until(lambda: welcome() == b"yes"))
        for connection in connections:
            connection.close()

    @thespis_only("Redis has no event loops")
    def test_the_loops_own_files_are_not_promised_to_clients(self):
        limit = ("sh", "-c", 'ulimit -n 150; exec "$@"', "sh")
        running = self.start(wrap=limit, threads=8)
        first = running.connect()
        self.addCleanup(first.close)
        clients_max = int(first.call("CONFIG", "GET", "maxclients")[1])
        self.assertIn(f"maxclients has been reduced to {clients_max}.", running.log())
        for _ in range(clients_max - 1):
            connection = running.connect(timeout=5)
            self.addCleanup(connection.close)
            self.assertEqual(connection.call("PING"), "PONG")
        with running.connect() as refused:
            self.assertEqual(refused.read_until_closed(), b"-ERR max number of clients reached\r\n")

    @thespis_only("Redis starts with fewer files")
    def test_too_few_files_for_the_loops(self):
        limit = ("sh", "-c", 'ulimit -n 50; exec "$@"', "sh")
        with self.assertRaises(server.StartFailed) as failed:
            self.start(wrap=limit, threads=8)
        self.assertEqual(failed.exception.code, 1)
        self.assertIn("too low for 8 event loops", failed.exception.log)

    @not_sanitized("the sanitizers open files of their own")
    @thespis_only("Redis asks again and again, and logs it each time")
    def test_clients_that_there_are_no_files_for_wait_in_peace(self):
        running = self.start(threads=1)
        with running.connect() as connection:
            self.assertEqual(connection.call("PING"), "PONG")
            soft, hard = resource.prlimit(running.pid, resource.RLIMIT_NOFILE)
            used = len(os.listdir(f"/proc/{running.pid}/fd"))
            resource.prlimit(running.pid, resource.RLIMIT_NOFILE, (used, hard))
            line = "Accepting client connection: Too many open files"
            with running.connect() as waiting:
                waiting.write("PING")
                self.assertTrue(wait_until(lambda: line in running.log()))
                for _ in range(1000):
                    self.assertEqual(connection.call("PING"), "PONG")
                self.assertLess(running.log().count(line), 100)
                resource.prlimit(running.pid, resource.RLIMIT_NOFILE, (soft, hard))
                self.assertEqual(waiting.read(), "PONG")

    @not_sanitized("the sanitizers open files of their own")
    def test_it_ends_while_a_client_waits_for_a_file(self):
        running = self.start(threads=1)
        used = len(os.listdir(f"/proc/{running.pid}/fd"))
        resource.prlimit(running.pid, resource.RLIMIT_NOFILE, (used, used))
        with running.connect():
            self.assertTrue(wait_until(lambda: "Accepting client connection" in running.log()))
            self.assertEqual(running.stop(), 0)

    def test_silent_clients_are_closed_after_the_timeout(self):
        running = self.start(timeout=1)
        started = time.monotonic()
        with running.connect() as silent, running.connect() as busy:
            silent.call("PING")
            while not silent.read_until_closed_soon() and time.monotonic() - started < 8:
                busy.call("PING")
            self.assertGreater(time.monotonic() - started, 0.9)
            self.assertLess(time.monotonic() - started, 8)
            self.assertEqual(busy.call("PING"), "PONG")

    def test_clients_that_listen_are_not_silent(self):
        running = self.start(timeout=1)
        with running.connect() as reader, running.connect() as watcher, running.connect() as busy:
            self.assertEqual(reader.call("SUBSCRIBE", "news"), [b"subscribe", b"news", 1])
            self.assertEqual(watcher.call("MONITOR"), "OK")
            started = time.monotonic()
            while time.monotonic() - started < 3.5:
                busy.call("PING")
                time.sleep(0.2)
            self.assertEqual(busy.call("PUBLISH", "news", "x"), 1)
            self.assertEqual(reader.read(), [b"message", b"news", b"x"])
            self.assertIn(b"PING", str(watcher.read()).encode())
            listed = busy.call("CLIENT", "LIST").decode().splitlines()
            idle = [row.split(" idle=")[1].split()[0] for row in listed]
            self.assertEqual(idle, ["0"] * 3)

    def test_a_manager_is_told_when_it_is_ready(self):
        for setting in ("systemd", "auto"):
            path = self.file(f"notify-{setting}")
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
                manager.bind(path)
                manager.settimeout(10)
                running = self.start(
                    supervised=setting, daemonize="yes", environment={"NOTIFY_SOCKET": path}
                )
                words = b""
                while b"READY=1" not in words:
                    words += manager.recv(4096)
                with running.connect() as connection:
                    server_section = connection.call("INFO", "server")
                self.assertIn(b"process_supervised:systemd\r\n", server_section)
                self.assertEqual(running.stop(), 0)
                while b"STOPPING=1" not in words:
                    words += manager.recv(4096)

    @thespis_only("Redis' package knows no such warning")
    def test_without_a_manager_it_starts_all_the_same(self):
        for setting in ("systemd", "auto", "no"):
            running = self.start(supervised=setting, environment={"NOTIFY_SOCKET": ""})
            with running.connect() as connection:
                self.assertEqual(connection.call("PING"), "PONG")
            self.assertEqual("NOTIFY_SOCKET" in running.log(), setting == "systemd")
            self.assertEqual(running.stop(), 0)


class Daemon(OperatingTest):
    def options(self, *more):
        return ["--daemonize", "yes", "--pidfile", self.file("pid"), "--dir", self.directory, *more]

    @thespis_only("Redis' parent does not wait")
    def test_a_start_that_fails_is_told_by_the_parent(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            self.assert_refused(self.options("--port", port), f":{port}: Address already in use")
            log = self.file("log")
            self.assert_refused(
                self.options("--port", port, "--logfile", log), f":{port}: Address already in use"
            )
            lines = pathlib.Path(log).read_text().splitlines()
            self.assertEqual(len(lines), 1, lines)
            self.assertIn(str(port), lines[0])
        self.assert_refused(
            self.options("--logfile", "/nonexistent/log", "--port", server.free_port()),
            "log file",
        )
        self.assertFalse(os.path.exists(self.file("pid")))

    @thespis_only("Redis' parent does not wait")
    def test_the_parent_ends_when_clients_may_come(self):
        path = self.file("socket")
        for _ in range(3):
            self.assertEqual(run_to_end(self.options("--port", 0, "--unixsocket", path)), (0, ""))
            with resp.Connection(path=path) as connection:
                self.assertEqual(connection.call("PING"), "PONG")
                connection.write("SHUTDOWN", "NOSAVE")
                connection.read_until_closed()
            self.assertTrue(wait_until(lambda: not os.path.exists(self.file("pid"))))

    @thespis_only("Redis' parent does not wait")
    def test_a_child_that_crashes_at_its_start_is_a_failure(self):
        words = ["bash", "-c", 'ulimit -v 100000; exec "$0" "$@"', server.thespis_binary()]
        words += self.options("--partitions", 1, "--databases", 300_000)
        if server.is_sanitized(server.thespis_binary()):
            self.skipTest("a sanitizer needs all the addresses there are")
        code, text = run_to_end(words[1:], binary=words[0])
        self.assertNotEqual(code, 0)
        self.assertIn("The server has ended while it started: Aborted", text)

    def test_it_leaves_the_terminal_and_writes_its_pid(self):
        port, pid_path, log_path = server.free_port(), self.file("pid"), self.file("log")
        code, text = run_to_end(
            [
                "--port",
                port,
                "--daemonize",
                "yes",
                "--pidfile",
                pid_path,
                "--logfile",
                log_path,
                "--save",
                "",
                "--dir",
                self.directory,
            ]
        )
        self.assertEqual((code, text), (0, ""))
        wait_until(
            lambda: os.path.exists(log_path) and server.READY in pathlib.Path(log_path).read_text()
        )
        pid = int(pathlib.Path(pid_path).read_text())
        try:
            with resp.Connection(port=port) as connection:
                self.assertIn(b"process_id:%d\r\n" % pid, connection.call("INFO", "server"))
                self.assertEqual(os.getsid(pid), pid)
                connection.write("SHUTDOWN", "NOSAVE")
                connection.read_until_closed()
            self.assertTrue(wait_until(lambda: not os.path.exists(pid_path)))
        finally:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
