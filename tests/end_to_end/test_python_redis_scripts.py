"""python3-redis where it leans on scripts and transactions: locks, Script objects, pipelines.

The same scenarios with Thespis, with four partitions and with one, and with redis-server, where one
is installed.
"""

import asyncio
import hashlib
import queue
import threading
import unittest

import redis
import redis.asyncio
from redis.exceptions import LockError, LockNotOwnedError, NoScriptError, WatchError

from resp import wait_until
from suite import ServerTest, oracle_binary, run_together

SECONDS = 20.0
NEVER_S = 3600  # a time that does not come in a test


class Library:
    """A client of the library for each scenario; the classes at the end give it a server."""

    def setUp(self):
        super().setUp()
        self.client = self.new_client()
        self.client.script_flush()

    def new_client(self, **how):
        how = {"decode_responses": True, "socket_timeout": SECONDS, **how}
        client = redis.Redis(port=self.server.port, **how)
        self.addCleanup(client.connection_pool.disconnect)
        return client


class Locks(Library):
    """redis.lock.Lock: its owner is a token, which three scripts compare."""

    def lock(self, name="lock", client=None, **how):
        return (client or self.client).lock(name, **{"sleep": 0.005, **how})

    def remaining_ms(self, name="lock"):
        return self.client.pttl(name)

    def test_a_lock_has_one_owner_at_a_time(self):
        first, second = self.lock(), self.lock(client=self.new_client())
        self.assertFalse(first.locked())
        self.assertTrue(first.acquire(blocking=False))
        self.assertTrue(first.locked() and second.locked())
        self.assertTrue(first.owned())
        self.assertFalse(second.owned())
        self.assertFalse(second.acquire(blocking=False))
        first.release()
        self.assertFalse(first.locked())
        self.assertTrue(second.acquire(blocking=False))
        self.assertFalse(first.owned())
        second.release()
        self.assertEqual(self.client.dbsize(), 0)

    def test_a_lock_without_a_timeout_stays(self):
        lock = self.lock()
        lock.acquire()
        self.assertEqual(self.remaining_ms(), -1)
        for change in (lambda: lock.extend(1), lock.reacquire):
            with self.assertRaisesRegex(LockError, "with no timeout"):
                change()
        lock.release()

    def test_who_has_not_acquired_cannot_change_anything(self):
        lock = self.lock(timeout=NEVER_S)
        for change in (lock.release, lambda: lock.extend(1), lock.reacquire):
            with self.assertRaisesRegex(LockError, "an unlocked lock"):
                change()

    def test_a_released_lock_cannot_be_released_again(self):
        lock = self.lock()
        lock.acquire()
        lock.release()
        with self.assertRaisesRegex(LockError, "Cannot release an unlocked lock"):
            lock.release()

    def test_a_token_of_ones_own(self):
        lock = self.lock()
        self.assertTrue(lock.acquire(token="mine"))
        self.assertEqual(self.client.get("lock"), "mine")
        other = self.lock(client=self.new_client(decode_responses=False))
        other.local.token = b"mine"
        self.assertTrue(other.owned())
        other.release()
        self.assertFalse(lock.locked())

    def test_a_token_of_bytes_that_are_no_text(self):
        client = self.new_client(decode_responses=False)
        token = bytes(range(256))
        lock = self.lock(client=client, timeout=NEVER_S)
        self.assertTrue(lock.acquire(token=token))
        self.assertEqual(client.get("lock"), token)
        self.assertTrue(lock.extend(1))
        self.assertTrue(lock.reacquire())
        lock.release()
        self.assertIsNone(client.get("lock"))

    def test_a_lock_that_another_has_taken_meanwhile(self):
        lock = self.lock(timeout=NEVER_S)
        lock.acquire()
        self.client.set("lock", "another", ex=NEVER_S)
        self.assertFalse(lock.owned())
        for change in (lambda: lock.extend(1), lock.reacquire, lock.release):
            with self.assertRaisesRegex(LockNotOwnedError, "no longer owned"):
                change()
        self.assertEqual(self.client.get("lock"), "another")
        self.assertLessEqual(self.remaining_ms(), NEVER_S * 1000)

    def test_a_lock_whose_time_has_passed(self):
        changes = {
            "extend": lambda lock: lock.extend(NEVER_S),
            "reacquire": lambda lock: lock.reacquire(),
            "release": lambda lock: lock.release(),
        }
        for name, change in changes.items():
            with self.subTest(name):
                lock, other = self.lock(name, timeout=0.02), self.lock(name)
                self.assertTrue(lock.acquire(blocking=False))
                self.assertTrue(other.acquire(blocking_timeout=SECONDS))
                with self.assertRaises(LockNotOwnedError):
                    change(lock)
                self.assertTrue(other.owned())
                self.assertEqual(self.remaining_ms(name), -1)

    def test_extending_adds_to_the_time_that_is_left(self):
        lock = self.lock(timeout=NEVER_S)
        lock.acquire()
        self.assertLessEqual(self.remaining_ms(), NEVER_S * 1000)
        self.assertTrue(lock.extend(NEVER_S))
        self.assertGreater(self.remaining_ms(), NEVER_S * 1000)
        self.assertLessEqual(self.remaining_ms(), 2 * NEVER_S * 1000)
        self.assertTrue(lock.extend(0.5))  # 500 ms, which the script adds to what it has as text
        self.assertGreater(self.remaining_ms(), NEVER_S * 1000)

    def test_extending_replaces_the_time_that_is_left(self):
        lock = self.lock(timeout=NEVER_S)
        lock.acquire()
        self.assertTrue(lock.extend(3 * NEVER_S, replace_ttl=True))
        self.assertGreater(self.remaining_ms(), 2 * NEVER_S * 1000)
        self.assertTrue(lock.extend(NEVER_S, replace_ttl=True))
        self.assertLessEqual(self.remaining_ms(), NEVER_S * 1000)
        self.assertTrue(lock.owned())

    def test_reacquiring_gives_the_whole_time_again(self):
        lock = self.lock(timeout=NEVER_S)
        lock.acquire()
        self.client.expire("lock", NEVER_S // 2)
        self.assertTrue(lock.reacquire())
        self.assertGreater(self.remaining_ms(), NEVER_S // 2 * 1000)
        self.client.persist("lock")
        self.assertTrue(lock.reacquire())
        self.assertGreater(self.remaining_ms(), 0)
        self.assertLessEqual(self.remaining_ms(), NEVER_S * 1000)

    def test_what_has_no_end_cannot_be_extended(self):
        lock = self.lock(timeout=NEVER_S)
        lock.acquire()
        self.client.persist("lock")
        with self.assertRaises(LockNotOwnedError):
            lock.extend(NEVER_S)
        self.assertEqual(self.remaining_ms(), -1)

    def test_who_waits_long_enough_gets_the_lock(self):
        holder, waiter = self.lock(), self.lock(client=self.new_client())
        holder.acquire()
        acquired = queue.Queue()
        thread = threading.Thread(
            target=lambda: acquired.put((waiter.acquire(blocking_timeout=SECONDS), waiter.owned()))
        )
        calls = self.calls("set")
        thread.start()
        self.assertTrue(wait_until(lambda: self.calls("set") > calls + 1))
        self.assertTrue(acquired.empty())
        holder.release()
        self.assertEqual(acquired.get(timeout=SECONDS), (True, True))
        thread.join(SECONDS)

    def calls(self, command):
        row = self.client.info("commandstats").get(f"cmdstat_{command}")
        return row["calls"] if row else 0

    def test_who_does_not_wait_long_enough_does_not(self):
        holder = self.lock()
        holder.acquire()
        self.assertFalse(self.lock().acquire(blocking_timeout=0.03))
        self.assertFalse(self.lock(blocking_timeout=0.03).acquire())
        self.assertFalse(self.lock(blocking=False).acquire())
        with self.assertRaisesRegex(LockError, "Unable to acquire lock"):
            with self.lock(blocking_timeout=0.03):
                self.fail("the lock is held by another")
        self.assertTrue(holder.owned())

    def test_a_block_of_code_under_a_lock(self):
        with self.lock(timeout=NEVER_S, blocking_timeout=SECONDS) as lock:
            self.assertTrue(lock.owned())
        self.assertFalse(lock.locked())
        with self.assertRaisesRegex(ZeroDivisionError, "by zero"):
            with self.lock():
                print(1 // 0)
        self.assertFalse(lock.locked())

    def test_the_same_lock_in_two_threads(self):
        """Its time passes for the first thread, so the second gets it; then the first releases."""
        for thread_local in (True, False):
            with self.subTest(thread_local=thread_local):
                lock = self.lock(f"lock:{thread_local}", thread_local=thread_local, timeout=0.02)
                lock.acquire()
                lock.timeout = NEVER_S
                run_together(lambda lock=lock: lock.acquire(blocking_timeout=SECONDS))
                if thread_local:
                    with self.assertRaises(LockNotOwnedError):
                        lock.release()
                else:
                    lock.release()
                self.assertEqual(lock.locked(), thread_local)

    def test_threads_that_hold_the_lock_are_alone(self):
        threads, rounds = 4, 25

        def count():
            client = self.new_client()
            for _ in range(rounds):
                with client.lock("lock", timeout=NEVER_S, sleep=0.001):
                    client.set("count", int(client.get("count") or 0) + 1)

        run_together(*[count] * threads)
        self.assertEqual(int(self.client.get("count")), threads * rounds)
        self.assertFalse(self.lock().locked())

    def test_locks_of_many_keys_at_the_same_time(self):
        locks = [self.lock(f"lock:{number}", timeout=NEVER_S) for number in range(100)]
        for lock in locks:
            self.assertTrue(lock.acquire(blocking=False))
        for lock in locks:
            self.assertTrue(lock.extend(1))
        for lock in locks[::2]:
            lock.release()
        self.assertEqual([lock.locked() for lock in locks], [False, True] * 50)

    def test_scripts_that_were_flushed_are_loaded_again(self):
        lock = self.lock(timeout=NEVER_S)
        for change in (lambda: lock.extend(1), lock.reacquire, lock.release):
            lock.acquire(blocking=False)
            self.client.script_flush()
            change()
        self.assertFalse(lock.locked())


MULTIPLY = """
local value = redis.call('GET', KEYS[1])
value = tonumber(value)
return value * ARGV[1]"""


class Scripts(Library):
    """What register_script returns: EVALSHA, and SCRIPT LOAD when the server does not know it."""

    def test_a_script_is_called_with_keys_and_arguments(self):
        multiply = self.client.register_script(MULTIPLY)
        self.client.set("a", 2)
        self.assertEqual(multiply(keys=["a"], args=[3]), 6)
        self.assertEqual(multiply(["a"], ["4"]), 8)
        self.assertEqual(multiply.sha, hashlib.sha1(MULTIPLY.encode()).hexdigest())
        self.assertEqual(self.client.script_exists(multiply.sha, "0" * 40), [True, False])

    def test_a_script_is_sent_only_when_the_server_does_not_know_it(self):
        self.client.config_resetstat()
        script = self.client.register_script("return {KEYS[1], ARGV[1]}")
        for number in range(10):
            self.assertEqual(script(["k"], [number]), ["k", str(number)])
        stats = self.client.info("commandstats")
        self.assertEqual(stats["cmdstat_evalsha"]["calls"], 11)
        self.assertEqual(stats["cmdstat_evalsha"]["failed_calls"], 1)
        self.assertEqual(stats["cmdstat_script|load"]["calls"], 1)

    def test_after_a_flush_it_is_loaded_again(self):
        script = self.client.register_script("return redis.call('INCR', KEYS[1])")
        for number in range(1, 20):
            self.client.script_flush(("ASYNC", "SYNC")[number % 2])
            self.assertEqual(self.client.script_exists(script.sha), [False])
            with self.assertRaises(NoScriptError):
                self.client.evalsha(script.sha, 1, "k")
            self.assertEqual(script(["k"]), number)
            self.assertEqual(self.client.script_exists(script.sha), [True])

    def test_another_client_calls_it(self):
        script = self.client.register_script("return redis.call('GET', KEYS[1])")
        self.client.set("k", "ä")
        other = self.new_client(decode_responses=False, db=9)
        self.assertEqual(script(["k"]), "ä")
        self.assertIsNone(script(["k"], client=other))
        other.set("k", b"\xff")
        self.assertEqual(script(["k"], client=other), b"\xff")
        self.assertEqual(script(["k"]), "ä")

    def test_a_script_with_bytes_that_are_no_text(self):
        client = self.new_client(decode_responses=False)
        every_byte = bytes(range(256))
        script = client.register_script(b"return ARGV[1] .. '\xff\x00'")
        self.assertEqual(script(args=[every_byte]), every_byte + b"\xff\0")

    def test_in_a_pipeline_it_is_loaded_before(self):
        for transaction in (False, True):
            with self.subTest(transaction=transaction):
                self.client.script_flush()
                self.client.set("a", 2)
                multiply = self.client.register_script(MULTIPLY)
                with self.client.pipeline(transaction=transaction) as pipeline:
                    pipeline.set("a", 3)
                    multiply(["a"], [5], client=pipeline)
                    pipeline.get("a")
                    multiply(["a"], [7], client=pipeline)
                    self.assertEqual(self.client.script_exists(multiply.sha), [False])
                    self.assertEqual(pipeline.execute(), [True, 15, "3", 21])
                self.assertEqual(self.client.script_exists(multiply.sha), [True])

    def test_many_scripts_of_one_pipeline(self):
        scripts = [self.client.register_script(f"return {n} + ARGV[1]") for n in range(100)]
        with self.client.pipeline() as pipeline:
            for script in scripts:
                script(args=[1000], client=pipeline)
            self.assertEqual(pipeline.execute(), [1000 + n for n in range(100)])
        with self.client.pipeline(transaction=False) as pipeline:
            for script in scripts * 10:
                script(args=[0], client=pipeline)
            self.assertEqual(pipeline.execute(), list(range(100)) * 10)

    def test_an_error_of_a_script_has_its_place_in_a_pipeline(self):
        fails = self.client.register_script("return redis.error_reply('MINE it failed')")
        multiply = self.client.register_script(MULTIPLY)
        for transaction in (False, True):
            with self.subTest(transaction=transaction):
                with self.client.pipeline(transaction=transaction) as pipeline:
                    pipeline.set("a", 6)
                    fails(client=pipeline)
                    multiply(["a"], [7], client=pipeline)
                    multiply(["missing"], [7], client=pipeline)
                    replies = pipeline.execute(raise_on_error=False)
                self.assertEqual((replies[0], replies[2]), (True, 42))
                self.assertEqual(str(replies[1]), "MINE it failed")
                self.assertRegex(str(replies[3]), "arithmetic on local 'value'")

    def test_the_first_error_of_a_pipeline_is_raised(self):
        fails = self.client.register_script("return redis.call('INCR', KEYS[1])")
        self.client.set("text", "x")
        with self.client.pipeline() as pipeline:
            pipeline.set("before", 1)
            fails(["text"], client=pipeline)
            pipeline.set("after", 1)
            with self.assertRaisesRegex(redis.ResponseError, r"^Command # 2 \(EVALSHA .* not an"):
                pipeline.execute()
        self.assertEqual(self.client.exists("before", "after"), 2)

    def test_values_come_as_the_conversions_say(self):
        cases = {
            "return 3.99": 3,
            "return '3.99'": "3.99",
            "return true": 1,
            "return false": None,
            "return nil": None,
            "return {1, 2, {3, 'x', nil, 4}, false}": [1, 2, [3, "x"], None],
            "return redis.status_reply('FINE')": "FINE",
            "return {ok = 'FINE'}": "FINE",
            "return redis.call('HGETALL', KEYS[1])": ["a", "1"],
            "return redis.call('SET', KEYS[2], 'x')": "OK",
            "return redis.sha1hex('')": hashlib.sha1(b"").hexdigest(),
            "return #KEYS + #ARGV": 3,
        }
        self.client.hset("hash", "a", 1)
        for text, expected in cases.items():
            with self.subTest(text):
                self.assertEqual(self.client.eval(text, 2, "hash", "other", "x"), expected)
                script = self.client.register_script(text)
                self.assertEqual(script(["hash", "other"], ["x"]), expected)

    def test_errors_have_the_types_of_the_library(self):
        with self.assertRaises(NoScriptError):
            self.client.evalsha("f" * 40, 0)
        with self.assertRaisesRegex(redis.ResponseError, "Error compiling script"):
            self.client.register_script("return (")()
        with self.assertRaisesRegex(redis.ResponseError, "^WRONGTYPE"):
            self.client.lpush("list", 1)
            self.client.eval("return redis.call('GET', KEYS[1])", 1, "list")
        with self.assertRaisesRegex(redis.ResponseError, "Write commands are not allowed"):
            self.client.eval_ro("return redis.call('SET', KEYS[1], 1)", 1, "k")
        kind = self.client.eval_ro("return redis.call('TYPE', KEYS[1])", 1, "list")
        self.assertEqual(kind, "list")

    def test_a_loaded_script_is_called_by_its_digest(self):
        digest = self.client.script_load("return redis.call('LRANGE', KEYS[1], 0, -1)")
        self.client.rpush("list", *range(1000))
        self.assertEqual(self.client.evalsha(digest, 1, "list"), [str(n) for n in range(1000)])
        self.assertEqual(self.client.evalsha(digest.upper(), 1, "list")[0], "0")
        self.assertEqual(self.client.evalsha_ro(digest, 1, "list")[-1], "999")
        with self.assertRaisesRegex(redis.ResponseError, "NOTBUSY|No scripts in execution"):
            self.client.script_kill()

    def test_many_clients_call_a_script_while_others_flush(self):
        threads, rounds = 4, 50

        def count():
            script = self.client.register_script("return redis.call('INCRBY', KEYS[1], ARGV[1])")
            client = self.new_client()
            done = 0
            while done < rounds:
                try:
                    script(["count"], [1], client=client)
                except NoScriptError:
                    continue  # flushed between the script's being loaded and called
                done += 1

        def flush():
            client = self.new_client()
            for _ in range(rounds):
                client.script_flush()

        run_together(*[count] * threads, flush)
        self.assertEqual(self.client.get("count"), str(threads * rounds))

    def test_a_script_of_the_asyncio_client(self):
        async def scenario():
            client = redis.asyncio.Redis(port=self.server.port, decode_responses=True)
            try:
                add = client.register_script("return redis.call('INCRBY', KEYS[1], ARGV[1])")
                await asyncio.gather(*(add(["sum"], [n]) for n in range(50)))
                async with client.pipeline(transaction=True) as pipeline:
                    await add(["sum"], [1], client=pipeline)
                    pipeline.get("sum")
                    replies = await pipeline.execute()
                async with client.lock("lock", timeout=NEVER_S) as lock:
                    extended = await lock.extend(1) and await lock.reacquire()
                return replies, extended, await lock.locked()
            finally:
                await client.close(close_connection_pool=True)

        total = sum(range(50)) + 1
        self.assertEqual(asyncio.run(scenario()), ([total, str(total)], True, False))


class Transactions(Library):
    """transaction(), which begins again when what it watches changes, and pipelines that watch."""

    def test_a_transaction_reads_and_writes_what_it_watches(self):
        self.client.mset({"a": 1, "b": 2})

        def move(pipeline):
            a, b = int(pipeline.get("a")), int(pipeline.get("b"))
            pipeline.multi()
            pipeline.mset({"a": b, "b": a})
            pipeline.mget("a", "b")

        self.assertEqual(self.client.transaction(move, "a", "b"), [True, ["2", "1"]])

    def test_it_begins_again_when_another_writes(self):
        for change in (
            lambda: self.client.incr("other"),
            lambda: self.client.eval("return redis.call('INCR', KEYS[1])", 1, "other"),
            lambda: self.client.delete("watched"),
            self.client.flushdb,
        ):
            self.client.mset({"watched": 1, "other": 1})
            rounds = []

            def body(pipeline, change=change, rounds=rounds):
                rounds.append(pipeline.mget("watched", "other"))
                if len(rounds) == 1:
                    change()
                pipeline.multi()
                pipeline.set("watched", "done")

            self.assertEqual(self.client.transaction(body, "watched", "other"), [True])
            self.assertEqual(len(rounds), 2)
            self.assertNotEqual(rounds[0], rounds[1])
            self.assertEqual(self.client.get("watched"), "done")

    def test_the_value_of_the_function(self):
        def body(pipeline):
            pipeline.multi()
            pipeline.set("k", 1)
            return "of the function"

        self.assertEqual(self.client.transaction(body, "k"), [True])
        self.assertEqual(
            self.client.transaction(body, "k", value_from_callable=True), "of the function"
        )

    def test_without_anything_to_watch(self):
        self.assertEqual(
            self.client.transaction(lambda pipeline: pipeline.incr("a").incr("b")), [1, 1]
        )

    def test_scripts_inside_a_transaction(self):
        script = self.client.register_script(
            "redis.call('RPUSH', KEYS[1], unpack(ARGV)) return redis.call('LLEN', KEYS[1])"
        )
        rounds = []

        def body(pipeline):
            rounds.append(pipeline.llen("list"))
            if len(rounds) == 1:
                self.client.script_flush()
                script(["list"], ["another"])
                self.client.script_flush()
            pipeline.multi()
            script(["list"], range(rounds[-1] + 1), client=pipeline)
            pipeline.lrange("list", 0, -1)

        self.assertEqual(self.client.transaction(body, "list"), [3, ["another", "0", "1"]])
        self.assertEqual(rounds, [0, 1])

    def test_what_a_script_writes_ends_a_watch(self):
        with self.client.pipeline() as pipeline:
            pipeline.watch("k")
            self.client.eval("return redis.call('APPEND', KEYS[1], 'x')", 1, "k")
            pipeline.multi()
            pipeline.set("k", "y")
            with self.assertRaises(WatchError):
                pipeline.execute()
            self.assertEqual(self.client.get("k"), "x")
            pipeline.watch("k")
            self.client.eval("return redis.call('GET', KEYS[1])", 1, "k")
            pipeline.multi()
            pipeline.set("k", "z")
            self.assertEqual(pipeline.execute(), [True])

    def test_a_pipeline_that_is_left_watches_nothing(self):
        with self.client.pipeline() as pipeline:
            pipeline.watch("k")
            self.client.set("k", 1)
            pipeline.unwatch()
            self.assertEqual(pipeline.set("k", 2).get("k").execute(), [True, "2"])
            pipeline.watch("k")
        self.client.set("k", 3)
        self.assertEqual(self.client.pipeline().get("k").execute(), ["3"])

    def test_clients_that_count_lose_nothing(self):
        threads, rounds = 4, 25
        keys = ["a", "b", "c"]

        def count():
            client = self.new_client()

            def body(pipeline):
                values = [int(value or 0) + 1 for value in pipeline.mget(keys)]
                pipeline.multi()
                pipeline.mset(dict(zip(keys, values)))

            for _ in range(rounds):
                self.assertEqual(client.transaction(body, *keys), [True])

        run_together(*[count] * threads)
        self.assertEqual(self.client.mget(keys), [str(threads * rounds)] * len(keys))


class LocksOfThespis(Locks, ServerTest):
    pass


class LocksOfOnePartition(Locks, ServerTest):
    OPTIONS = {"threads": 1, "partitions": 1}


class ScriptsOfThespis(Scripts, ServerTest):
    pass


class ScriptsOfOnePartition(Scripts, ServerTest):
    OPTIONS = {"threads": 1, "partitions": 1}


class TransactionsOfThespis(Transactions, ServerTest):
    pass


@unittest.skipUnless(oracle_binary(), "no redis-server is installed")
class LocksOfReference(Locks, ServerTest):
    OPTIONS = {"binary": oracle_binary()}


@unittest.skipUnless(oracle_binary(), "no redis-server is installed")
class ScriptsOfReference(Scripts, ServerTest):
    OPTIONS = {"binary": oracle_binary()}


@unittest.skipUnless(oracle_binary(), "no redis-server is installed")
class TransactionsOfReference(Transactions, ServerTest):
    OPTIONS = {"binary": oracle_binary()}
