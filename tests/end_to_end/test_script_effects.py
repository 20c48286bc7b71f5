"""What others notice of a script: events, messages, invalidations, broken watches, woken clients;
and scripts between other requests, in pipelines and transactions."""

import unittest

import resp
from scripts import Scripts, raised, sha
from suite import OK, ServerTest, error, oracle_binary, run_together
from test_atomicity import KEYS, same
from transactions import ABORTED, PONG, QUEUED, WRONG_TYPE, block

A, B, C, D = KEYS[:4]
TRANSFER = """local have = tonumber(redis.call('GET', KEYS[1]))
if have < tonumber(ARGV[1]) then return 0 end
redis.call('DECRBY', KEYS[1], ARGV[1])
redis.call('INCRBY', KEYS[2], ARGV[1])
return 1"""


def lua(*commands):
    """A script that calls these, words as they are in Lua."""
    return " ".join(f"redis.call({', '.join(map(repr, words))})" for words in commands)


class Effects(Scripts):
    def test_messages(self):
        listener = self.connect()
        listener.call("SUBSCRIBE", "news")
        source = """local heard = {}
        for i = 1, 3 do
          heard[#heard + 1] = redis.call('PUBLISH', 'news', i)
          redis.call('INCR', KEYS[i])
        end
        heard[#heard + 1] = redis.call('PUBLISH', 'other', 'nobody')
        heard[#heard + 1] = redis.call('SPUBLISH', 'news', 'nobody')
        return heard"""
        for _ in range(20):
            self.assertEqual(self.eval(source, (A, B, C)), [1, 1, 1, 0, 0])
            self.assertEqual([listener.read()[2] for _ in range(3)], [b"1", b"2", b"3"])
        self.assertEqual(self.call("MGET", A, B, C), [b"20"] * 3)

    def test_events_and_messages_come_in_one_order(self):
        self.call("CONFIG", "SET", "notify-keyspace-events", "EA")
        self.addCleanup(self.call, "CONFIG", "SET", "notify-keyspace-events", "")
        listener = self.connect()
        listener.call("PSUBSCRIBE", "*")
        source = lua(
            ("SET", A, "1"),
            ("PUBLISH", "news", "1"),
            ("INCR", B),
            ("LPUSH", C, "1"),
            ("PUBLISH", "news", "2"),
            ("PUBLISH", "news", "3"),
            ("DEL", A, B, C),
        )
        for _ in range(20):
            self.eval(source)
            told = [tuple(listener.read()[2:]) for _ in range(9)]
            event = b"__keyevent@0__:"
            self.assertEqual(
                told,
                [
                    (event + b"set", A.encode()),
                    (b"news", b"1"),
                    (event + b"incrby", B.encode()),
                    (event + b"lpush", C.encode()),
                    (b"news", b"2"),
                    (b"news", b"3"),
                    *((event + b"del", key.encode()) for key in (A, B, C)),
                ],
            )

    def test_events_of_a_script_that_fails_half_way(self):
        self.call("CONFIG", "SET", "notify-keyspace-events", "KA")
        self.addCleanup(self.call, "CONFIG", "SET", "notify-keyspace-events", "")
        listener = self.connect()
        listener.call("PSUBSCRIBE", "*")
        self.assertIsInstance(
            self.eval(lua(("SET", A, "1"), ("SELECT", "2"), ("SET", B, "1"), ("LPUSH", B, "x"))),
            resp.Error,
        )
        self.call("PUBLISH", "end", "")
        self.assertEqual(
            [listener.read()[2] for _ in range(3)],
            [f"__keyspace@0__:{A}".encode(), f"__keyspace@2__:{B}".encode(), b"end"],
        )

    def test_messages_to_the_one_who_runs_it(self):
        client = self.connect(protocol=3)
        client.call("SUBSCRIBE", "news")
        client.write("EVAL", lua(("PUBLISH", "news", "1"), ("PUBLISH", "news", "2")), 0)
        got = [client.read() for _ in range(3)]
        self.assertIn(None, got)
        got.remove(None)
        self.assertEqual(got, [resp.Push([b"message", b"news", b"%d" % n]) for n in (1, 2)])

    def test_copies_of_what_a_script_changes(self):
        client = self.connect(protocol=3)
        client.call("CLIENT", "TRACKING", "ON")
        self.call("MSET", A, 1, B, 2, C, 3)
        client.call("MGET", A, B, C)
        self.eval(lua(("SET", A, "x"), ("GET", B), ("DEL", C)))
        told = sorted(client.read()[1] for _ in range(2))
        self.assertEqual(told, [[A.encode()], [C.encode()]])
        self.call("SET", B, 1)
        self.assertEqual(client.read(), resp.Push([b"invalidate", [B.encode()]]))

    def test_own_changes_with_noloop(self):
        client = self.connect(protocol=3)
        client.call("CLIENT", "TRACKING", "ON", "NOLOOP")
        client.call("MGET", A, B)
        self.assertEqual(self.eval(f"return redis.call('SET', '{A}', 1)", client=client), OK)
        self.eval(lua(("SET", B, "1")))
        self.assertEqual(client.read(), resp.Push([b"invalidate", [B.encode()]]))

    def test_watches(self):
        watcher = self.connect()
        for source, broken in (
            (lua(("SET", A, "1")), True),
            (lua(("SET", A, "1"), ("DEL", A)), True),
            (lua(("SET", A, "1"), ("LPUSH", A, "1")), True),
            (lua(("GET", A)), False),
            (lua(("SET", B, "1")), False),
            (lua(("SELECT", "1"), ("SET", A, "1")), False),
            (lua(("FLUSHALL",)), True),
            (lua(("MSET", B, "1", A, "1")), True),
            (lua(("RENAME", B, A)), True),
        ):
            for runner in (self.control, watcher):
                with self.subTest(script=source, own=runner is watcher):
                    self.call("MSET", A, 0, B, 0)
                    watcher.call("WATCH", A)
                    self.eval(source, client=runner)
                    reply = self.transact(("PING",), client=watcher)
                    self.assertEqual(reply, None if broken else [PONG])

    def test_who_waits_is_served_behind_the_script(self):
        waiting = self.waits("BLPOP", A, B, 0)
        self.assertEqual(
            self.eval(f"redis.call('RPUSH', '{B}', 1, 2) return redis.call('LPUSHX', '{B}', 0)"),
            3,
        )
        self.assertEqual(waiting.read(), [B.encode(), b"0"])
        self.assertEqual(self.call("LRANGE", B, 0, -1), [b"1", b"2"])

    def test_who_waits_gets_nothing_that_is_gone_at_the_end(self):
        waiting = self.waits("BLPOP", A, 0)
        self.eval(lua(("RPUSH", A, "1"), ("DEL", A)))
        self.eval(lua(("RPUSH", A, "1"), ("LPOP", A)))
        self.eval(lua(("SET", A, "1"), ("PUBLISH", "news", "x"), ("DEL", A)))
        self.eval(lua(("RPUSH", A, "1"), ("RENAME", A, B)))
        self.assert_wait_on(waiting)
        self.eval(lua(("DEL", B), ("RPUSH", B, "2"), ("RENAME", B, A)))
        self.assertEqual(waiting.read(), [A.encode(), b"2"])

    def test_many_who_wait_for_many_keys(self):
        one = self.waits("BLPOP", A, 0)
        two = self.waits("BZPOPMIN", B, 0)
        three = self.waits("XREAD", "BLOCK", 0, "STREAMS", C, "$")
        four = self.waits("BLMOVE", A, D, "LEFT", "LEFT", 0)
        five = self.waits("BLPOP", D, 0)
        self.eval(
            lua(
                ("ZADD", B, "1", "m"),
                ("RPUSH", A, "a", "b"),
                ("XADD", C, "1-1", "f", "v"),
            )
        )
        self.assert_answers(
            (one, [A.encode(), b"a"]),
            (two, [B.encode(), b"m", b"1"]),
            (three, [[C.encode(), [[b"1-1", [b"f", b"v"]]]]]),
            (four, b"b"),
            (five, [D.encode(), b"b"]),
        )
        self.assertEqual(self.call("DBSIZE"), 1)

    def test_who_is_served_fails_with_what_the_script_left(self):
        self.call("XGROUP", "CREATE", A, "g", "$", "MKSTREAM")
        waiting = self.waits("XREADGROUP", "GROUP", "g", "c", "BLOCK", 0, "STREAMS", A, ">")
        self.eval(lua(("XGROUP", "DESTROY", A, "g")))
        self.assertIsInstance(waiting.read(), resp.Error)

    def test_a_monitor_sees_what_a_script_calls(self):
        monitor = self.connect()
        monitor.call("MONITOR")
        source = lua(("SET", A, "1"), ("GET", B))
        self.eval(source, "k")
        self.call("PING")
        shown = []
        while not shown or not shown[-1].endswith('"PING"'):
            shown.append(monitor.read())
        texts = [line.split(" ", 1)[1] for line in shown]
        self.assertIn(f'[0 lua] "SET" "{A}" "1"', texts)
        self.assertIn(f'[0 lua] "GET" "{B}"', texts)
        self.assertEqual(len(texts), 4)
        self.assertIn(f'"EVAL" "{source}" "1" "k"', texts[0])


class Between(Scripts):
    def test_in_a_transaction(self):
        self.call("RPUSH", C, 1)
        bad = f"redis.call('SET', '{B}', 9) redis.call('INCR', '{C}')"
        self.assertEqual(
            self.transact(
                ("SET", A, 1),
                ("EVAL", "return redis.call('INCRBY', KEYS[1], ARGV[1])", 1, A, 5),
                ("EVAL", f"return redis.call('GET', '{A}')", 0),
                ("EVAL", bad, 0),
                ("GET", B),
                ("EVALSHA", "x" * 40, 0),
                ("SCRIPT", "LOAD", "return 5"),
                ("EVALSHA", sha("return 5"), 0),
                ("SCRIPT", "EXISTS", sha("return 5"), sha("return 6")),
                ("EVAL_RO", f"return redis.call('MGET', '{A}', '{B}')", 0),
                ("EVAL", "redis.call('SELECT', 4) redis.call('SET', 'a', 4)", 0),
                ("GET", "a"),
                ("EVAL", "return (", 0),
                ("EVAL", "return redis.call('PUBLISH', 'news', 1)", 0),
                ("DEL", A, B),
            ),
            [OK, 6, b"6", raised(WRONG_TYPE, bad), b"9"]
            + [error("NOSCRIPT No matching script. Please use EVAL.")]
            + [sha("return 5").encode(), 5, [1, 0], [b"6", b"9"], None, None]
            + [
                error(
                    "ERR Error compiling script (new function): user_script:1: unexpected symbol "
                    "near '<eof>'"
                ),
                0,
                2,
            ],
        )

    def test_faults_while_queueing(self):
        self.assertEqual(
            self.control.pipeline([("MULTI",), ("EVAL", "return 1"), ("SET", A, 1), ("EXEC",)]),
            [OK, error("ERR wrong number of arguments for 'eval' command"), QUEUED, ABORTED],
        )
        self.assertEqual(self.call("EXISTS", A), 0)

    def test_a_transaction_that_waits_for_nothing(self):
        waiting = self.waits("BLPOP", A, 0)
        self.assertEqual(
            self.transact(
                ("EVAL", lua(("RPUSH", A, "1", "2")), 0),
                ("EVAL", f"return redis.call('LPOP', '{A}')", 0),
                ("LLEN", A),
            ),
            [None, b"1", 1],
        )
        self.assertEqual(waiting.read(), [A.encode(), b"2"])

    def test_watched_keys_and_a_script_inside(self):
        self.call("WATCH", A)
        self.assertEqual(self.transact(("EVAL", lua(("SET", A, "1")), 0), ("GET", A)), [None, b"1"])
        self.call("WATCH", A)
        self.eval(lua(("SET", A, "2")), client=self.connect())
        self.assertIsNone(self.transact(("EVAL", lua(("SET", A, "3")), 0)))
        self.assertEqual(self.call("GET", A), b"2")

    def test_in_a_pipeline(self):
        get = "return redis.call('MGET', unpack(KEYS))"
        requests = [
            (("MSET", *same(1)), OK),
            (("EVAL", get, 3, A, B, C), [b"1"] * 3),
            (("INCR", A), 2),
            (("EVAL", "return redis.call('INCR', KEYS[1])", 1, A), 3),
            (("MGET", A, B), [b"3", b"1"]),
            (("EVALSHA", sha(get), 2, A, B), [b"3", b"1"]),
            (("RENAME", A, "k20"), OK),
            (("EVAL", get, 2, A, "k20"), [None, b"3"]),
            (("EVAL", "return redis.call('RENAME', 'k20', KEYS[1])", 1, A), OK),
            (("GET", A), b"3"),
            (("DEL", *KEYS), 8),
            (("SADD", A, 1, 2), 2),
            (("EVAL", "return redis.call('SADD', KEYS[1], 2, 3)", 1, B), 2),
            (("SUNIONSTORE", C, A, B), 3),
            (
                ("EVAL", "return redis.call('SINTERSTORE', KEYS[1], KEYS[2], KEYS[3])", 3, D, A, B),
                1,
            ),
            (("SCARD", D), 1),
            (("DEL", A, B, C, D), 4),
            (("EVAL", "return redis.call('RPUSH', KEYS[1], 1, 2)", 1, A), 2),
            (("BLMOVE", A, B, "LEFT", "RIGHT", 0), b"1"),
            (("EVAL", "return redis.call('LRANGE', KEYS[1], 0, -1)", 1, B), [b"1"]),
            (("BLPOP", A, B, 0), [A.encode(), b"2"]),
            (("EVAL", "return redis.call('DBSIZE')", 0), 1),
            (("MULTI",), OK),
            (("EVAL", "return redis.call('DBSIZE')", 0), QUEUED),
            (("EXEC",), [1]),
            (("EVAL", "redis.call('FLUSHALL') return redis.call('DBSIZE')", 0), 0),
            (("EVAL", "return redis.call('nosuch') or 1", 0), None),
            (("PING",), PONG),
        ]
        for _ in range(5):
            replies = self.control.pipeline(words for words, _ in requests)
            for (words, expected), reply in zip(requests, replies):
                if expected is None:
                    self.assertIsInstance(reply, resp.Error)
                else:
                    self.assertEqual(reply, expected, words)

    def test_a_client_that_waits_in_a_pipeline(self):
        client = self.connect()
        client.send(
            b"".join(
                resp.encode(*words)
                for words in (
                    ("EVAL", lua(("SET", A, "1")), 0),
                    ("BLPOP", B, 0),
                    ("EVAL", f"return redis.call('GET', '{A}')", 0),
                )
            )
        )
        self.assertIsNone(client.read())
        self.assertTrue(resp.wait_until(lambda: self.blocked() == 1))
        self.eval(lua(("SET", A, "2"), ("RPUSH", B, "x")))
        self.assertEqual(client.read(), [B.encode(), b"x"])
        self.assertEqual(client.read(), b"2")

    def test_subscribers_may_not(self):
        client = self.connect()
        client.call("SUBSCRIBE", "c")
        self.assertIn("Can't execute 'eval'", client.call("EVAL", "return 1", 0))

    def test_transfers_beside_others(self):
        """The sum over all accounts is the same at any time."""
        total = 100 * len(KEYS)
        self.call("MSET", *same(100))
        name = self.call("SCRIPT", "LOAD", TRANSFER)
        rounds = 150

        def pairs(number):
            for n in range(rounds):
                yield KEYS[(number + n) % 8], KEYS[(number * 3 + n * 5 + 1) % 8], n % 7

        def by_script(number):
            client = self.connect()
            for source, target, amount in pairs(number):
                reply = client.call("EVALSHA", name, 2, source, target, amount)
                self.assertIn(reply, (0, 1))

        def by_transaction(number):
            client = self.connect()
            for source, target, amount in pairs(number):
                self.transact(("DECRBY", source, amount), ("INCRBY", target, amount), client=client)

        def by_reading_and_writing(number):
            client = self.connect()
            for source, target, amount in pairs(number):
                if source == target:
                    continue
                client.call("WATCH", source, target)
                have, other = map(int, client.call("MGET", source, target))
                self.transact(
                    ("MSET", source, have - amount, target, other + amount), client=client
                )

        def check(number):
            client = self.connect()
            add = (
                "local sum = 0 for _, value in ipairs(redis.call('MGET', unpack(KEYS))) do "
                "sum = sum + value end return sum"
            )
            one_by_one = (
                "local sum = 0 for _, key in ipairs(KEYS) do "
                "sum = sum + redis.call('GET', key) end return sum"
            )
            for n in range(rounds):
                if n % 4 == 0:
                    reply = client.call("EVAL", add, len(KEYS), *KEYS)
                elif n % 4 == 1:
                    reply = client.call("EVAL_RO", one_by_one, len(KEYS), *KEYS)
                elif n % 4 == 2:
                    reply = sum(map(int, client.call("MGET", *KEYS)))
                else:
                    reply = sum(
                        map(int, self.transact(*(("GET", key) for key in KEYS), client=client))
                    )
                self.assertEqual(reply, total)

        jobs = [by_script, by_transaction, by_reading_and_writing, check]
        run_together(*(lambda job=job, n=n: job(n) for n in range(3) for job in jobs))
        self.assertEqual(sum(map(int, self.call("MGET", *KEYS))), total)

    def test_many_compile_run_and_forget_at_once(self):
        def work(number):
            client = self.connect()
            for n in range(100):
                source = f"return {n % 10} + redis.call('INCR', KEYS[1])"
                key = KEYS[(number + n) % 8]
                self.assertIsInstance(client.call("EVAL", source, 1, key), int)
                again = client.call("EVALSHA", sha(source), 1, key)
                self.assertTrue(isinstance(again, int) or again.startswith("NOSCRIPT"), again)
                if n % 20 == number:
                    self.assertEqual(client.call("SCRIPT", "FLUSH"), OK)
                elif n % 20 == 10:
                    client.pipeline([("SCRIPT", "LOAD", source), ("EVALSHA", sha(source), 1, key)])

        run_together(*(lambda number=number: work(number) for number in range(6)))


class Newer:
    """What an older redis-server does in another way."""

    def test_copies_of_what_a_script_reads(self):
        client = self.connect(protocol=3)
        client.call("CLIENT", "TRACKING", "ON")
        self.call("MSET", A, 1, B, 2)
        self.assertEqual(
            self.eval(f"return redis.call('GET', '{A}') + redis.call('GET', '{B}')", client=client),
            3,
        )
        self.call("SET", C, 1)
        self.call("SET", B, 1)
        self.call("SET", A, 1)
        told = sorted(client.read()[1] for _ in range(2))
        self.assertEqual(told, [[A.encode()], [B.encode()]])


UNDECLARED = "ERR Script attempted to access a key that it had not declared"
DECLARED = "#!lua flags=declared-keys\n"


class DeclaredKeys:
    """Scripts that need only the partitions of the keys that they are called with."""

    def assert_keeps_to_its_keys(self, line=""):
        """Scripts that begin with that line get the partitions of their keys, and no others."""
        number = 1 + line.count("\n")
        get = line + "return redis.call('GET', ARGV[1])"
        caught = line + "return redis.pcall('GET', ARGV[1])"
        both = line + "return redis.call('MGET', KEYS[1], ARGV[1])"
        self.call("MSET", *same(1))
        for source in (get, caught, both):
            self.call("SCRIPT", "LOAD", source)
        for command in ("EVAL", "EVALSHA", "EVAL_RO", "EVALSHA_RO"):
            if command.endswith("_RO") and line and "no-writes" not in line:
                continue
            run = lambda source, keys, *args: self.call(
                command, sha(source) if "SHA" in command else source, len(keys), *keys, *args
            )
            self.assertEqual(run(get, (A,), A), b"1")
            self.assertEqual(run(get, (A, B), B), b"1")
            self.assertEqual(run(both, (A, B), B), [b"1", b"1"])
            self.assertEqual(run(caught, (A,), B), error(UNDECLARED))
            self.assertEqual(run(caught, (), B), error(UNDECLARED))
            wanted = "local x = redis.call('GET', ARGV[1])"
            self.call("SCRIPT", "LOAD", line + wanted)
            self.assertEqual(run(line + wanted, (A,), B), raised(UNDECLARED, line + wanted, number))
        for words in (
            "'KEYS', '*'",
            "'DBSIZE'",
            "'RANDOMKEY'",
            "'RENAME', KEYS[1], 'x'",
            f"'MSET', KEYS[1], 1, '{B}', 2",
            "'SORT', KEYS[1], 'BY', 'w_*'",
            "'FLUSHALL'",
        ):
            source = f"{line}return redis.pcall({words})"
            self.call("SCRIPT", "LOAD", source)
            reply = self.eval(source, (A,))
            if "no-writes" not in line:
                self.assertEqual(reply, error(UNDECLARED), words)
            else:
                self.assertIsInstance(reply, resp.Error, words)
        self.assertEqual(self.call("MGET", *KEYS), [b"1"] * 8)

    def test_a_script_that_says_so(self):
        self.assert_keeps_to_its_keys(DECLARED)
        self.assert_keeps_to_its_keys("#!lua flags=no-writes,declared-keys\n")

    def test_all_scripts_by_the_configuration(self):
        self.call("CONFIG", "SET", "script-undeclared-keys", "no")
        self.addCleanup(self.call, "CONFIG", "SET", "script-undeclared-keys", "yes")
        self.assertEqual(
            self.call("CONFIG", "GET", "script-undeclared-keys"), [b"script-undeclared-keys", b"no"]
        )
        self.assert_keeps_to_its_keys()
        self.call("CONFIG", "SET", "script-undeclared-keys", "yes")
        get = "return redis.call('GET', ARGV[1])"
        self.assertEqual(self.eval(get, (A,), (B,)), b"1")
        self.assertEqual(self.call("EVALSHA", sha(get), 1, A, B), b"1")

    def test_events_between_messages(self):
        listener = self.connect()
        listener.call("PSUBSCRIBE", "*")
        source = DECLARED + (
            "redis.call('SET', KEYS[1], 1) redis.call('PUBLISH', 'news', 1) "
            "return redis.call('GET', KEYS[1])"
        )
        for _ in range(10):
            self.assertEqual(self.eval(source, (A,)), b"1")
            self.assertEqual(listener.read()[2:], [b"news", b"1"])

    def test_in_pipelines_and_transactions(self):
        source = DECLARED + "return redis.call('INCR', KEYS[1])"
        name = self.call("SCRIPT", "LOAD", source)
        for number in range(1, 20, 3):
            self.assertEqual(
                self.control.pipeline(
                    [
                        ("INCR", A),
                        ("EVALSHA", name, 1, A),
                        *block(("EVALSHA", name, 1, A), ("EVALSHA", name, 1, B)),
                    ]
                ),
                [number, number + 1, OK, QUEUED, QUEUED, [number + 2, (number + 2) // 3]],
            )

    def test_who_waits_is_woken(self):
        source = DECLARED + "redis.call('RPUSH', KEYS[1], 1) return redis.call('LLEN', KEYS[1])"
        self.call("SCRIPT", "LOAD", source)
        waiting = self.waits("BLPOP", A, B, 0)
        self.assertEqual(self.call("EVALSHA", sha(source), 1, B), 1)
        self.assertEqual(waiting.read(), [B.encode(), b"1"])

    def test_a_watch_is_broken(self):
        source = DECLARED + "return redis.call('INCR', KEYS[1])"
        name = self.call("SCRIPT", "LOAD", source)
        self.call("WATCH", A, B)
        self.connect().call("EVALSHA", name, 1, B)
        self.assertIsNone(self.transact(("PING",)))
        self.call("WATCH", A)
        self.connect().call("EVALSHA", name, 1, B)
        self.assertEqual(self.transact(("PING",)), [PONG])

    def test_transfers_between_declared_accounts(self):
        total = 100 * len(KEYS)
        self.call("MSET", *same(100))
        name = self.call("SCRIPT", "LOAD", DECLARED + TRANSFER)
        every = self.call(
            "SCRIPT",
            "LOAD",
            DECLARED + "local sum = 0 for _, key in ipairs(KEYS) do "
            "sum = sum + redis.call('GET', key) end return sum",
        )

        def transfer(number):
            client = self.connect()
            for n in range(200):
                source, target = KEYS[(number + n) % 8], KEYS[(number * 3 + n * 5 + 1) % 8]
                reply = client.call("EVALSHA", name, 2, source, target, n % 7)
                self.assertIn(reply, (0, 1))

        def check(_):
            client = self.connect()
            for _ in range(100):
                self.assertEqual(client.call("EVALSHA", every, len(KEYS), *KEYS), total)
                self.assertEqual(sum(map(int, client.call("MGET", *KEYS))), total)

        def forget(_):
            client = self.connect()
            for _ in range(20):
                client.pipeline(
                    [
                        *block(
                            ("SCRIPT", "FLUSH"),
                            ("SCRIPT", "LOAD", DECLARED + TRANSFER),
                            (
                                "SCRIPT",
                                "LOAD",
                                DECLARED + "local sum = 0 for _, key in ipairs(KEYS) do "
                                "sum = sum + redis.call('GET', key) end return sum",
                            ),
                        )
                    ]
                )

        run_together(
            *(lambda n=n, job=job: job(n) for n in range(4) for job in (transfer, check)),
            lambda: forget(0),
        )
        self.assertEqual(sum(map(int, self.call("MGET", *KEYS))), total)


class OnePartition(Effects, Between, Newer, ServerTest):
    OPTIONS = {"threads": 1, "partitions": 1}


class FourPartitions(Effects, Between, Newer, DeclaredKeys, ServerTest):
    OPTIONS = {"threads": 2, "partitions": 4}


class EightPartitions(Between, DeclaredKeys, Scripts, ServerTest):
    OPTIONS = {"threads": 3, "partitions": 8}


@unittest.skipUnless(oracle_binary(), "no redis-server is installed")
class Reference(Effects, Between, ServerTest):
    """What holds for us holds for redis-server."""

    OPTIONS = {"binary": oracle_binary()}


if __name__ == "__main__":
    unittest.main()
