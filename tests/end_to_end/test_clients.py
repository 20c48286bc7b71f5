"""The clients that people use: redis-cli, redis-benchmark, python3-redis."""

import json
import os
import subprocess
import threading

import redis

from suite import ServerTest


def run(*words, stdin=b""):
    done = subprocess.run(
        [str(word) for word in words],
        input=stdin,
        timeout=60,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return done.returncode, done.stdout.decode(errors="replace")


class RedisCli(ServerTest):
    OPTIONS = {"unixsocket": "s.sock"}

    def cli(self, *words, stdin=b""):
        code, text = run("redis-cli", "-p", self.server.port, *words, stdin=stdin)
        self.assertEqual(code, 0, text)
        return text

    def test_the_first_minute_of_a_user(self):
        self.assertEqual(self.cli("SET", "username", "Namal"), "OK\n")
        self.assertEqual(self.cli("GET", "username"), "Namal\n")

    def test_types_are_shown_as_a_terminal_shows_them(self):
        self.assertEqual(self.cli("--no-raw", "GET", "missing"), "(nil)\n")
        self.assertEqual(self.cli("--no-raw", "INCR", "n"), "(integer) 1\n")
        self.assertEqual(self.cli("--no-raw", "MGET", "n", "x"), '1) "1"\n2) (nil)\n')
        self.assertEqual(self.cli("-3", "--no-raw", "DEBUG", "PROTOCOL", "x")[:13], "(error) ERR D")

    def test_resp3_and_json_output(self):
        self.cli("MSET", "a", "1", "b", "two")
        self.assertEqual(self.cli("-3", "GET", "a"), "1\n")
        self.assertEqual(
            json.loads(self.cli("-3", "--json", "MGET", "a", "b", "c")), ["1", "two", None]
        )
        self.assertEqual(
            json.loads(self.cli("--json", "CONFIG", "GET", "databases")), {"databases": "16"}
        )

    def test_pipe_mode_counts_every_reply(self):
        commands = b"".join(
            b"*3\r\n$3\r\nSET\r\n$%d\r\nkey:%d\r\n$1\r\nv\r\n" % (len(b"key:%d" % n), n)
            for n in range(20_000)
        )
        text = self.cli("--pipe", stdin=commands)
        self.assertIn("errors: 0, replies: 20000", text)
        self.assertEqual(self.cli("DBSIZE"), "20000\n")

    def test_pipe_mode_counts_errors(self):
        text = run(
            "redis-cli", "-p", self.server.port, "--pipe", stdin=b"SET a 1\r\nINCR a b\r\nGET a\r\n"
        )[1]
        self.assertIn("errors: 1, replies: 3", text)

    def test_commands_from_standard_input(self):
        self.assertEqual(self.cli(stdin=b"SET a 1\nINCRBY a 41\nGET a\n"), "OK\n42\n42\n")
        self.assertEqual(self.cli("-x", "SET", "file", stdin=b"line 1\nline 2\n"), "OK\n")
        self.assertEqual(self.cli("STRLEN", "file"), "14\n")

    def test_scan_mode_prints_the_keys_that_match(self):
        self.cli("MSET", "user:1", "a", "user:2", "b", "other", "c")
        self.assertEqual(
            sorted(self.cli("--scan", "--pattern", "user:*").split()), ["user:1", "user:2"]
        )

    def test_big_keys_and_mem_keys_find_the_largest(self):
        self.cli("MSET", "small", "x", "large", "x" * 1000)
        self.assertIn("""'"large"' has 1000 bytes""", self.cli("--bigkeys"))
        self.assertIn('"large"', self.cli("--memkeys"))

    def test_databases_repetition_unix_socket_and_url(self):
        self.cli("-n", "3", "SET", "k", "three")
        self.assertEqual(self.cli("GET", "k"), "\n")
        self.assertEqual(self.cli("-n", "3", "GET", "k"), "three\n")
        self.assertEqual(self.cli("-r", "3", "INCR", "n"), "1\n2\n3\n")
        path = os.path.join(self.server.directory, "s.sock")
        self.assertEqual(run("redis-cli", "-s", path, "GET", "n"), (0, "3\n"))
        url = f"redis://127.0.0.1:{self.server.port}/3"
        self.assertEqual(run("redis-cli", "-u", url, "GET", "k"), (0, "three\n"))

    def test_an_error_is_shown_and_can_end_the_program(self):
        self.assertEqual(self.cli("GET"), "ERR wrong number of arguments for 'get' command\n\n")
        self.assertEqual(run("redis-cli", "-e", "-p", self.server.port, "GET")[0], 1)


class RedisBenchmark(ServerTest):
    def benchmark(self, *words):
        code, text = run("redis-benchmark", "-p", self.server.port, "-q", "--csv", *words)
        self.assertEqual(code, 0, text)
        self.assertNotIn("ERR", text)
        self.assertNotIn("WARNING: Could not", text)
        return text

    def test_the_usual_tests_run(self):
        text = self.benchmark("-t", "set,get,incr,mset,ping", "-n", 10_000)
        for name in ("PING_INLINE", "PING_MBULK", "SET", "GET", "INCR", "MSET (10 keys)"):
            self.assertIn(f'"{name}"', text)

    def test_the_usual_tests_run_with_pipelines_and_random_keys(self):
        self.benchmark(
            "-t", "set,get,incr,mset,ping", "-n", 30_000, "-P", 16, "-r", 10_000, "-d", 100
        )
        with self.server.connect() as connection:
            self.assertGreater(connection.call("DBSIZE"), 10_000)

    def test_resp3_many_connections_and_two_threads(self):
        self.benchmark("-t", "set,get", "-n", 10_000, "-3", "-c", 200, "--threads", 2)

    def test_a_new_connection_for_each_request(self):
        self.benchmark("-t", "ping", "-n", 2_000, "-k", 0)


class PythonRedis(ServerTest):
    OPTIONS = {"unixsocket": "s.sock"}

    def setUp(self):
        super().setUp()
        self.client = redis.Redis(port=self.server.port, decode_responses=True)
        self.addCleanup(self.client.connection_pool.disconnect)

    def test_strings_and_their_options(self):
        self.assertTrue(self.client.set("k", "v", ex=100))
        self.assertIsNone(self.client.set("k", "w", nx=True))
        self.assertEqual(self.client.set("k", "w", xx=True, get=True, keepttl=True), "v")
        self.assertGreater(self.client.pttl("k"), 90_000)
        self.assertEqual(self.client.getex("k", persist=True), "w")
        self.assertEqual(self.client.ttl("k"), -1)
        self.assertEqual(self.client.mset({"a": 1, "b": "ö"}), True)
        self.assertEqual(self.client.mget("a", "b", "c"), ["1", "ö", None])
        self.assertEqual(self.client.incrbyfloat("a", 0.5), 1.5)

    def test_bytes_come_back_as_they_were(self):
        client = redis.Redis(port=self.server.port)
        value = bytes(range(256)) * 10
        client.set(b"\x00\r\n\xff", value)
        self.assertEqual(client.get(b"\x00\r\n\xff"), value)
        client.connection_pool.disconnect()

    def test_a_pipeline_answers_in_order_and_keeps_errors_in_place(self):
        pipeline = self.client.pipeline(transaction=False)
        for number in range(1000):
            pipeline.set(f"k{number}", number)
            pipeline.get(f"k{number}")
        pipeline.incr("k1").set("text", "x").incr("text").get("k1")
        replies = pipeline.execute(raise_on_error=False)
        self.assertEqual(replies[:2000], [x for n in range(1000) for x in (True, str(n))])
        self.assertEqual(replies[2000:2002] + replies[2003:], [2, True, "2"])
        self.assertEqual(str(replies[2002]), "value is not an integer or out of range")

    def test_scan_iter_finds_every_key(self):
        self.client.mset({f"key:{n}": n for n in range(3000)})
        self.client.mset({f"other:{n}": n for n in range(1000)})
        found = list(self.client.scan_iter("key:*", count=100))
        self.assertEqual(set(found), {f"key:{n}" for n in range(3000)})
        self.assertEqual(len(list(self.client.scan_iter(_type="string"))), 4000)

    def test_what_the_library_parses(self):
        self.client.set("k", "v")
        info = self.client.info()
        self.assertEqual(info["db0"]["keys"], 1)
        self.assertRegex(info["redis_version"], r"^\d+\.\d+\.\d+$")
        self.assertGreater(info["used_memory"], 0)
        self.client.client_setname("me")
        self.assertIn("me", [row["name"] for row in self.client.client_list()])
        self.assertEqual(self.client.config_get("databases"), {"databases": "16"})
        self.assertEqual(self.client.command()["get"]["arity"], 2)
        self.client.config_set("slowlog-log-slower-than", 0)
        self.client.get("k")
        self.client.config_set("slowlog-log-slower-than", 10_000)
        self.assertIn(b"GET k", [row["command"] for row in self.client.slowlog_get()])
        self.assertEqual(self.client.object("encoding", "k"), "embstr")
        self.assertGreater(self.client.memory_usage("k"), 0)
        self.assertEqual(len(self.client.time()), 2)

    def test_the_unix_socket_serves_as_well(self):
        client = redis.Redis(unix_socket_path=os.path.join(self.server.directory, "s.sock"))
        client.set("through", "socket")
        self.assertEqual(self.client.get("through"), "socket")
        client.connection_pool.disconnect()

    def test_a_pool_shared_by_threads(self):
        pool = redis.BlockingConnectionPool(port=self.server.port, max_connections=5)
        client = redis.Redis(connection_pool=pool)
        threads = [
            threading.Thread(target=lambda: [client.incr("n") for _ in range(200)])
            for _ in range(10)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(client.get("n"), b"2000")
        pool.disconnect()

    def test_errors_have_the_types_of_the_library(self):
        with self.assertRaisesRegex(redis.ResponseError, "unknown command"):
            self.client.execute_command("NOSUCH")
        with self.assertRaisesRegex(redis.ResponseError, "DB index is out of range"):
            self.client.execute_command("SELECT", 99)
