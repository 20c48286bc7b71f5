"""Scripts that take long: who has to wait, who is told so, and how such a script ends."""

import contextlib
import signal
import unittest

import resp
from scripts import Scripts, sha
from suite import OK, OperatingTest, ServerTest, error, oracle_binary
from test_atomicity import KEYS
from transactions import PONG, QUEUED, block

A, B, C = KEYS[:3]
BUSY = error(
    "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE."
)
# 7.0 has three dots.
KILLED = "ERR Script killed by user with SCRIPT KILL."
UNKILLABLE = error(
    "UNKILLABLE Sorry the script already executed write commands against the dataset. You can "
    "either wait the script termination or kill the server in a hard way using the SHUTDOWN "
    "NOSAVE command."
)
NOT_BUSY = error("NOTBUSY No scripts in execution right now.")
FOR_EVER = "while true do end"
#: ends when somebody asks it to: another script cannot, so it counts
LONG = "local n = 0 for i = 1, %d do n = n + i %% 7 end return n"

#: ways to go on for ever that a kill has to get through
STUBBORN = [
    FOR_EVER,
    "while true do pcall(error, 'x') end",
    "while true do pcall(function() while true do end end) end",
    "repeat redis.pcall('nosuch') until false",
    "while true do redis.call('GET', 'x') end",
    "while true do redis.pcall('GET') end",
    "local function f() return f() end return f()",
    "for i = 1, math.huge do local s = tostring(i) end",
    "while true do ('x'):rep(100):gsub('x', 'y') end",
    "while true do pcall(string.rep, 'x', 1000) end",
    "while true do local t = {} for i = 1, 100 do t[i] = i end end",
]
# redis-server lets this one go on for ever.
IN_HANDLERS = [
    "while true do xpcall(function() while true do end end, function() while true do end end) end",
]
IN_CALLBACKS = [
    "local t = {} for i = 1, 1000 do t[i] = i end "
    "while true do table.sort(t, function(a, b) for i = 1, 1000 do end return a < b end) end",
    "('x'):rep(10):gsub('x', function() while true do end end)",
    "table.sort({3, 2, 1}, function() while true do end end)",
    "table.sort({3, 2, 1}, function() pcall(function() while true do end end) return false end)",
    "('x'):gsub('x', function() pcall(function() while true do end end) end) while true do end",
]
# redis-server may take seconds to notice these.
COROUTINES = [
    "local c = coroutine.wrap(function() while true do end end) c()",
    "while true do local c = coroutine.create(function() while true do end end) "
    "coroutine.resume(c) end",
    "local c = coroutine.wrap(function() while true do coroutine.yield() end end) "
    "while true do c() end",
]


class Busy(Scripts):
    def setUp(self):
        super().setUp()
        self.call("CONFIG", "SET", "busy-reply-threshold", 1)
        self.addCleanup(self.end_all)

    def end_all(self):
        """No script outlives its test."""
        self.control.read_until_closed_soon(0.001)
        control = self.connect()
        self.assertTrue(
            resp.wait_until(lambda: control.call("SCRIPT", "KILL") == NOT_BUSY, step=0.002)
        )

    def is_busy(self, client=None):
        return (client or self.control).call("PING") == BUSY

    def begin(self, source, *rest, command="EVAL"):
        """A client whose script takes long by now."""
        client = self.connect()
        client.write(command, source, *(rest or (0,)))
        self.assertTrue(resp.wait_until(self.is_busy, step=0.002), "nobody notices it")
        return client

    def kill(self):
        self.assertEqual(self.call("SCRIPT", "KILL"), OK)

    def assert_was_killed(self, reply, source, line=1):
        self.assertIsInstance(reply, resp.Error)
        self.assertTrue(reply.startswith(KILLED), reply)
        place = f" script: {sha(source)}, on @user_script:{line}."
        self.assertTrue(reply.endswith(place), reply)

    def assert_killed(self, client, source, line=1):
        self.assert_was_killed(client.read(), source, line)
        self.assertEqual(client.call("PING"), PONG)
        self.assertEqual(self.call("SCRIPT", "KILL"), NOT_BUSY)

    def test_others_are_turned_away_until_it_is_killed(self):
        client = self.begin(FOR_EVER)
        for words in (
            ("GET", A),
            ("SET", A, 1),
            ("PING",),
            ("EVAL", "return 1", 0),
            ("SCRIPT", "LOAD", "return 1"),
            ("SCRIPT", "EXISTS", "x"),
            ("CONFIG", "GET", "port"),
            ("INFO",),
            ("PUBLISH", "c", "x"),
            ("SUBSCRIBE", "c"),
            ("FLUSHALL",),
            ("BLPOP", A, 0),
            ("CLIENT", "LIST"),
        ):
            self.assertEqual(self.call(*words), BUSY, words)
        self.kill()
        self.assert_killed(client, FOR_EVER)
        self.assertEqual(self.call("GET", A), None)

    def test_what_is_allowed_meanwhile(self):
        client = self.begin(FOR_EVER)
        other = self.connect()
        self.assertIsInstance(other.call("HELLO", 3), dict)
        self.assertEqual(other.call("HELLO", 2)[0], b"server")
        self.assertEqual(other.call("RESET"), resp.Simple("RESET"))
        self.assertEqual(other.call("MULTI"), OK)
        self.assertEqual(other.call("DISCARD"), OK)
        self.assertEqual(other.call("UNWATCH"), OK)
        self.assertEqual(other.call("QUIT"), OK)
        # Where it needs a partition that the script has, it waits for it.
        watching = self.connect()
        watching.write("WATCH", A)
        self.kill()
        self.assert_killed(client, FOR_EVER)
        self.assertEqual(watching.read(), OK)

    def assert_can_be_killed(self, sources):
        for source in sources:
            for run in ("EVAL", "EVAL_RO"):
                with self.subTest(script=source, command=run):
                    client = self.begin(source, command=run)
                    self.kill()
                    self.assert_killed(client, source)

    def test_nothing_keeps_it_from_being_killed(self):
        self.assert_can_be_killed(STUBBORN)

    def test_callbacks_do_not_keep_it_from_being_killed(self):
        self.assert_can_be_killed(IN_CALLBACKS)

    def test_the_error_says_where_it_was(self):
        source = "local i = 0\nlocal n = 1\nwhile true do i = i + n end\nreturn i"
        client = self.begin(source)
        self.kill()
        self.assert_killed(client, source, 3)

    def test_one_that_wrote_cannot_be_killed(self):
        source = (
            "redis.call('SET', KEYS[1], 1) "
            "for i = 1, tonumber(ARGV[1]) do redis.call('INCR', KEYS[1]) end return 'done'"
        )
        client = self.connect()
        client.write("EVAL", source, 1, A, 400_000)
        told = set()

        def is_over():
            told.add(self.call("SCRIPT", "KILL"))
            return not client.is_silent(0.001)

        self.assertTrue(resp.wait_until(is_over, seconds=20, step=0.001))
        self.assertEqual(client.read(), b"done")
        self.assertLessEqual(told, {UNKILLABLE, NOT_BUSY})
        self.assertIn(UNKILLABLE, told)
        self.assertEqual(self.call("GET", A), b"400001")

    def test_reading_does_not_make_it_unkillable(self):
        source = (
            "redis.pcall('SET', KEYS[1]) redis.call('GET', KEYS[1]) "
            "redis.call('PUBLISH', 'c', 'x') while true do end"
        )
        client = self.begin(source, 1, A)
        self.kill()
        self.assert_killed(client, source)

    def test_long_ones_come_to_their_end_without_being_killed(self):
        source = LONG % 3_000_000
        client = self.begin(source)
        self.assertEqual(client.read(), sum(i % 7 for i in range(1, 3_000_001)))
        self.assertEqual(self.call("PING"), PONG)

    def test_transactions_meanwhile(self):
        before = self.connect()
        self.assertEqual(before.pipeline(block(("SET", A, 1))[:-1]), [OK, QUEUED])
        client = self.begin(FOR_EVER)
        discarded = error(f"EXECABORT Transaction discarded because of: {BUSY}")
        self.assertEqual(before.call("EXEC"), discarded)
        within = self.connect()
        self.assertEqual(
            within.pipeline(block(("SET", A, 1), ("GET", A))),
            [OK, BUSY, BUSY, discarded],
        )
        self.kill()
        self.assert_killed(client, FOR_EVER)
        self.assertEqual(before.call("EXEC"), error("ERR EXEC without MULTI"))
        self.assertEqual(within.call("GET", A), None)

    def test_pipelines_meanwhile(self):
        client = self.begin(FOR_EVER)
        other = self.connect()
        self.assertEqual(
            other.pipeline([("SET", A, 1), ("GET", A), ("MSET", A, 1, B, 1), ("MGET", A, B)]),
            [BUSY] * 4,
        )
        self.kill()
        self.assert_killed(client, FOR_EVER)
        self.assertEqual(other.pipeline([("SET", A, 1), ("GET", A)]), [OK, b"1"])

    def test_what_comes_behind_it_in_its_own_pipeline(self):
        client = self.connect()
        client.send(
            b"".join(
                resp.encode(*words)
                for words in (("SET", A, 1), ("EVAL", FOR_EVER, 0), ("INCR", A), ("PING",))
            )
        )
        self.assertTrue(resp.wait_until(self.is_busy, step=0.002))
        self.kill()
        self.assertEqual(client.read(), OK)
        self.assert_was_killed(client.read(), FOR_EVER)
        self.assertEqual(client.read(), 2)
        self.assertEqual(client.read(), PONG)

    def test_inside_of_a_transaction(self):
        client = self.connect()
        client.send(
            b"".join(
                resp.encode(*words)
                for words in block(("SET", A, 1), ("EVAL", FOR_EVER, 0), ("INCR", A), ("INCR", B))
            )
        )
        self.assertTrue(resp.wait_until(self.is_busy, step=0.002))
        self.assertEqual(self.call("GET", A), BUSY)
        self.kill()
        self.assertEqual([client.read() for _ in range(5)], [OK] + [QUEUED] * 4)
        replies = client.read()
        self.assert_was_killed(replies.pop(1), FOR_EVER)
        self.assertEqual(replies, [OK, 2, 1])
        self.assertEqual(self.call("MGET", A, B), [b"2", b"1"])

    def test_two_slow_ones_inside_of_a_transaction(self):
        client = self.connect()
        slow = LONG % 2_000_000
        client.send(
            b"".join(
                resp.encode(*words)
                for words in block(
                    ("EVAL", slow, 0),
                    ("SET", A, 1),
                    ("EVAL", "redis.call('PUBLISH', 'c', 'x') " + slow, 0),
                    ("PUBLISH", "c", "y"),
                    ("GET", A),
                )
            )
        )
        self.assertEqual([client.read() for _ in range(6)], [OK] + [QUEUED] * 5)
        total = sum(i % 7 for i in range(1, 2_000_001))
        self.assertEqual(client.read(), [total, OK, total, 0, b"1"])

    def test_a_client_that_goes_away(self):
        client = self.connect()
        client.write("EVAL", "redis.call('GET', 'x') while true do end", 0)
        self.assertTrue(resp.wait_until(self.is_busy, step=0.002))
        client.close()
        self.assertTrue(self.is_busy())
        self.kill()
        self.assertTrue(resp.wait_until(lambda: not self.is_busy(), step=0.002))
        self.assertEqual(self.call("SET", A, 1), OK)

    def test_a_client_that_goes_away_while_it_writes(self):
        client = self.connect()
        source = "for i = 1, 200000 do redis.call('INCR', KEYS[1]) end"
        client.write("EVAL", source, 1, A)
        self.assertTrue(resp.wait_until(self.is_busy, step=0.001))
        client.close()
        self.assertTrue(resp.wait_until(lambda: not self.is_busy(), seconds=20, step=0.002))
        self.assertEqual(self.call("GET", A), b"200000")

    def test_it_can_be_killed_while_many_ask(self):
        others = [self.connect() for _ in range(8)]
        for _ in range(5):
            client = self.begin(FOR_EVER)
            for other in others:
                other.send(resp.encode("GET", A) * 50)
            self.kill()
            for other in others:
                for _ in range(50):
                    self.assertIn(other.read(), (BUSY, None))
            self.assert_killed(client, FOR_EVER)

    def test_those_who_wait_for_keys_go_on_waiting(self):
        waiting = self.waits("BLPOP", A, 0)
        client = self.begin(FOR_EVER)
        self.kill()
        self.assert_killed(client, FOR_EVER)
        self.assert_wait_on(waiting)
        self.call("RPUSH", A, 1)
        self.assertEqual(waiting.read(), [A.encode(), b"1"])

    def test_a_long_script_that_calls_long_commands(self):
        members = [b"m%06d" % n for n in range(20_000)]
        for first in range(0, 20_000, 5000):
            self.call("SADD", A, *members[first : first + 5000])
            self.call("RPUSH", C, *members[first : first + 5000])
        source = """local n = 0
        for i = 1, 5 do
          n = n + redis.call('SUNIONSTORE', KEYS[2], KEYS[1])
          n = n + #redis.call('SORT', KEYS[3], 'ALPHA')
          n = n + #redis.call('SMEMBERS', KEYS[2])
          for j = 1, 200000 do end
          redis.call('PUBLISH', 'news', i)
          redis.call('INCR', KEYS[4])
        end
        return n"""
        listener = self.connect()
        self.assertTrue(resp.wait_until(lambda: listener.call("SUBSCRIBE", "news") != BUSY))
        client = self.connect()
        client.write("EVAL", source, 4, A, B, C, "k3")
        self.assertEqual(client.read(), 300_000)
        self.assertEqual([listener.read()[2] for _ in range(5)], [b"%d" % n for n in range(1, 6)])
        self.assertEqual(self.call("MGET", "k3"), [b"5"])
        self.assertEqual(self.call("SCARD", B), 20_000)
        self.assertEqual(
            self.transact(("EVAL", source, 4, A, B, C, "k3"), ("GET", "k3")), [300_000, b"10"]
        )

    def test_it_is_counted_once(self):
        self.call("CONFIG", "RESETSTAT")
        self.call("CONFIG", "SET", "busy-reply-threshold", 5000)
        source = (
            "for i = 1, 20 do redis.call('SET', KEYS[1], i) for j = 1, 100000 do end "
            "redis.call('PUBLISH', 'c', i) end"
        )
        self.assertIsNone(self.eval(source, (A,)))
        commands = self.info(self.control, "commandstats")
        self.assertTrue(commands["cmdstat_eval"].startswith("calls=1,"))
        self.assertTrue(commands["cmdstat_set"].startswith("calls=20,"))
        self.assertTrue(commands["cmdstat_publish"].startswith("calls=20,"))

    def test_the_threshold_may_be_put_off(self):
        for value in (0, -1):
            reply = self.call("CONFIG", "SET", "busy-reply-threshold", value)
            self.assertIsInstance(reply, (resp.Error, resp.Simple))
        self.assertEqual(self.call("CONFIG", "SET", "lua-time-limit", 7), OK)
        self.assertEqual(
            self.call("CONFIG", "GET", "busy-reply-threshold"), [b"busy-reply-threshold", b"7"]
        )


class Threads(Scripts):
    """What only a server with several partitions and threads can do."""

    def test_coroutines_do_not_keep_it_from_being_killed(self):
        self.assert_can_be_killed(COROUTINES)

    def test_handlers_of_errors_do_not_keep_it_from_being_killed(self):
        self.assert_can_be_killed(IN_HANDLERS)

    def test_clients_of_other_loops_go_on(self):
        self.call("CONFIG", "SET", "busy-reply-threshold", 100_000)
        declared = "#!lua flags=declared-keys\n"
        source = declared + (
            "redis.call('GET', KEYS[1]) "
            "repeat until redis.call('EXISTS', KEYS[1]) == 1 or os.clock() < 0"
        )
        self.call("SCRIPT", "LOAD", source)
        client = self.connect()
        client.write("EVALSHA", sha(source), 1, A)
        others = [self.connect() for _ in range(6)]
        for number in range(50):
            for other in others:
                self.assertEqual(other.call("SET", B, number), OK)
                self.assertEqual(other.call("GET", B), b"%d" % number)
                self.assertEqual(other.call("PING"), PONG)
                self.assertEqual(other.call("PUBLISH", "c", "x"), 0)
        self.call("CONFIG", "SET", "busy-reply-threshold", 1)
        self.assertTrue(client.is_silent(0.001))
        self.assertTrue(
            resp.wait_until(lambda: self.call("SCRIPT", "KILL") == OK, step=0.002),
            "it cannot be killed",
        )
        self.assertTrue(client.read().startswith(KILLED))
        self.assertEqual(self.call("SET", A, 1), OK)

    def test_two_run_at_once_and_both_are_killed(self):
        self.call("CONFIG", "SET", "busy-reply-threshold", 100_000)
        source = "#!lua flags=declared-keys\nredis.call('GET', KEYS[1]) while true do end"
        self.call("SCRIPT", "LOAD", source)
        clients = [self.connect() for _ in range(2)]
        for client, key in zip(clients, (A, B)):
            client.write("EVALSHA", sha(source), 1, key)
        # Both run once the partitions of these keys are busy, which nobody sees; then kill until
        # nobody is left.
        self.call("CONFIG", "SET", "busy-reply-threshold", 1)
        killed = 0
        while killed < 2:
            if self.call("SCRIPT", "KILL") == OK:
                killed += 1
        for client in clients:
            self.assertTrue(client.read().startswith(KILLED))
        self.assertTrue(resp.wait_until(lambda: self.call("PING") == PONG))


class OnePartition(Busy, ServerTest):
    OPTIONS = {"threads": 1, "partitions": 1}


class FourPartitions(Busy, Threads, ServerTest):
    OPTIONS = {"threads": 2, "partitions": 4}


@unittest.skipUnless(oracle_binary(), "no redis-server is installed")
class Reference(Busy, ServerTest):
    """What holds for us holds for redis-server."""

    OPTIONS = {"binary": oracle_binary()}


WROTE = "redis.call('SET', 'a', 1) while true do end"


class Ending:
    """The server ends while a script is on."""

    OPTIONS = {}

    def begin(self, source):
        running = self.start(busy_reply_threshold=1, **self.OPTIONS)
        client = running.connect()
        self.addCleanup(client.close)
        client.write("EVAL", source, 0)
        control = running.connect()
        self.addCleanup(control.close)
        self.assertTrue(resp.wait_until(lambda: control.call("PING") == BUSY, step=0.002))
        return running, client, control

    def test_by_shutdown(self):
        for source in (FOR_EVER, WROTE, "while true do pcall(error) redis.pcall('nosuch') end"):
            with self.subTest(script=source):
                running, client, control = self.begin(source)
                self.assertEqual(control.call("SHUTDOWN"), BUSY)
                self.assertEqual(control.call("SHUTDOWN", "SAVE"), BUSY)
                control.write("SHUTDOWN", "NOSAVE")
                self.assertEqual(running.wait(), 0)
                self.assertEqual(control.read_until_closed(), b"")

    def test_by_shutdown_within_a_transaction(self):
        running = self.start(busy_reply_threshold=1, **self.OPTIONS)
        with running.connect() as client, running.connect() as control:
            for words in block(("SET", "a", 1), ("EVAL", WROTE, 0)):
                client.write(*words)
            self.assertTrue(resp.wait_until(lambda: control.call("PING") == BUSY, step=0.002))
            control.write("SHUTDOWN", "NOSAVE")
            self.assertEqual(running.wait(), 0)


class EndingOfOnePartition(Ending, OperatingTest):
    OPTIONS = {"threads": 1, "partitions": 1}


class EndingOfFour(Ending, OperatingTest):
    OPTIONS = {"threads": 2, "partitions": 4}

    def test_by_a_signal(self):
        for source in (FOR_EVER, WROTE):
            for number in (signal.SIGTERM, signal.SIGINT):
                with self.subTest(script=source, signal=number):
                    running, _, _ = self.begin(source)
                    self.assertEqual(running.stop(with_signal=number), 0)

    def test_by_a_signal_before_anybody_noticed(self):
        running = self.start(busy_reply_threshold=500, **self.OPTIONS)
        with running.connect() as client:
            client.write("EVAL", FOR_EVER, 0)
            self.assertTrue(client.is_silent(0.05))
            self.assertEqual(running.stop(), 0)


@unittest.skipUnless(oracle_binary(), "no redis-server is installed")
class EndingOfTheReference(Ending, OperatingTest):
    OPTIONS = {"binary": oracle_binary()}


if __name__ == "__main__":
    unittest.main()
