"""Snapshots: that a file shows one point in time whatever goes on meanwhile, that it is loaded
again here and by redis-server, that the server saves when it should and says so when it cannot."""

import os
import pathlib
import random
import signal
import threading
import time
import unittest

import datasets
import random_requests
import resp
import server
from persistence import SLOW, PersistenceTest, info
from suite import OK, error, oracle_binary, run_together, thespis_only

BUSY = error("ERR Background save already in progress")
STARTED = resp.Simple("Background saving started")


def is_saved(connection):
    return info(connection)["rdb_bgsave_in_progress"] == "0"


class SnapshotTest(PersistenceTest):
    @property
    def path(self):
        return os.path.join(self.directory, "dump.rdb")

    def wait_saved(self, connection):
        self.assertTrue(resp.wait_until(lambda: is_saved(connection), 60))
        self.assertEqual(info(connection)["rdb_last_bgsave_status"], "ok")

    def digest_of_file(self, **options):
        """What a server makes of the file."""
        with self.start(**options) as loaded, loaded.connect() as connection:
            return connection.call("DEBUG", "DIGEST")


class Interchange(SnapshotTest):
    def test_a_file_is_loaded_by_any_number_of_partitions(self):
        with self.start(threads=2, partitions=4) as running, running.connect() as connection:
            digest = self.fill(connection)
            before = int(time.time())
            self.assertEqual(connection.call("SAVE"), OK)
            self.assertGreaterEqual(connection.call("LASTSAVE"), before)
            self.assertEqual(info(connection)["rdb_saves"], "1")
            self.assertEqual(info(connection)["rdb_changes_since_last_save"], "0")
        for partitions in (1, 2, 7):
            self.assert_loads(digest, threads=2, partitions=partitions)

    @unittest.skipUnless(oracle_binary(), "no redis-server is installed")
    def test_to_redis_and_back(self):
        with self.start() as running, running.connect() as connection:
            digest = self.fill(connection)
            self.assertEqual(connection.call("BGSAVE"), STARTED)
            self.wait_saved(connection)
        self.assert_loads(digest, binary=oracle_binary())
        with self.start(binary=oracle_binary()) as redis, redis.connect() as connection:
            self.assertEqual(connection.call("SAVE"), OK)
        self.assert_loads(digest)

    @unittest.skipUnless(oracle_binary(), "no redis-server is installed")
    def test_from_redis_however_it_writes(self):
        for options in (
            {},
            {"rdbcompression": "no", "rdbchecksum": "no"},
            {"maxmemory-policy": "allkeys-lfu"},
            {"maxmemory-policy": "allkeys-lru"},
        ):
            with self.start(binary=oracle_binary(), **options) as redis:
                with redis.connect() as connection:
                    connection.call("FLUSHALL")
                    connection.call("FUNCTION", "FLUSH")
                    digest = self.fill(connection)
                    self.assertEqual(connection.call("SAVE"), OK)
            self.assert_loads(digest, **options)
        os.unlink(self.path)

    def test_expired_keys_are_not_loaded(self):
        with self.start() as running, running.connect() as connection:
            connection.call("DEBUG", "SET-ACTIVE-EXPIRE", 0)
            connection.call("SET", "short", "life", "PX", 1)
            connection.call("SET", "long", "life")
            self.assertEqual(connection.call("SAVE"), OK)
        with self.start() as running, running.connect() as connection:
            self.assertEqual(connection.call("KEYS", "*"), [b"long"])
            self.assertEqual(info(connection)["rdb_last_load_keys_expired"], "1")
            self.assertEqual(info(connection)["rdb_last_load_keys_loaded"], "1")


class Reloading(SnapshotTest):
    """DEBUG RELOAD: what is there is written and read back."""

    def test_everything_survives(self):
        with self.start(threads=2, partitions=3) as running, running.connect() as control:
            datasets.fill(control)
            control.call("SELECT", 4)
            control.call("SET", "far", "away", "PX", 100_000)
            control.call("HSET", "hash", "a", "1", "b", "2")
            if server.is_thespis(server.thespis_binary()):
                control.call("HPEXPIREAT", "hash", 4102444800000, "FIELDS", 1, "a")
            digest = control.call("DEBUG", "DIGEST")
            for words in ((), ("MERGE",), ("NOFLUSH", "merge")):
                self.assertEqual(control.call("DEBUG", "RELOAD", *words), OK)
                self.assertEqual(control.call("DEBUG", "DIGEST"), digest)
            self.assertGreater(control.call("PTTL", "far"), 90_000)
            unknown = "ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options."
            self.assertEqual(control.call("DEBUG", "RELOAD", "x"), error(unknown))
            control.call("PEXPIRE", "far", 50)
            self.assertEqual(control.call("DEBUG", "RELOAD"), OK)
            self.assertTrue(resp.wait_until(lambda: control.call("DBSIZE") == 1))

    @thespis_only("redis-server ends by it")
    def test_options_that_cannot_be(self):
        with self.start() as running, running.connect() as control:
            control.call("SET", "key", "value")
            failed = error("ERR Error trying to load the RDB dump, check server logs.")
            self.assertEqual(control.call("DEBUG", "RELOAD", "NOFLUSH"), failed)
            self.assertIsInstance(control.call("DEBUG", "RELOAD", "NOSAVE"), resp.Error)
            self.assertEqual(control.call("GET", "key"), b"value")


class PointInTime(SnapshotTest):
    FILLER = 8_000 if SLOW else 30_000  # so that the walk has not passed what changes
    SEEDS = 1 if SLOW else 3

    def assert_shows_the_point(self, seed, partitions, extra=()):
        pathlib.Path(self.path).unlink(missing_ok=True)
        with self.start(threads=2, partitions=partitions) as running, running.connect() as control:
            control.call("DEBUG", "POPULATE", self.FILLER, "filler")
            datasets.fill(control)
            control.call("SELECT", 1)
            control.call("DEBUG", "POPULATE", self.FILLER // 4, "other")
            control.call("SELECT", 0)
            self.send(control, random_requests.generate(seed, 150))
            behind = [*extra, *random_requests.generate(seed + 1000, 1500)]
            replies = self.send(control, [("DEBUG", "DIGEST"), ("BGSAVE",), *behind])
            self.assertEqual(replies[1], STARTED)
            digest = replies[0]
            self.wait_saved(control)
            os.rename(self.path, self.path + ".first")
            # Another one right behind: entries that were made meanwhile take part in it.
            again = self.send(control, [("DEBUG", "DIGEST"), ("BGSAVE",), ("FLUSHALL",)])
            self.wait_saved(control)
            self.assertTrue(resp.wait_until(lambda: os.path.exists(self.path)))
        self.assertEqual(self.digest_of_file(), again[0])
        os.rename(self.path + ".first", self.path)
        self.assertEqual(self.digest_of_file(partitions=1), digest)

    def test_whatever_is_written_meanwhile(self):
        for seed in range(self.SEEDS):
            with self.subTest(seed=seed):
                self.assert_shows_the_point(seed, partitions=1 + seed)

    def test_databases_that_are_emptied_and_swapped_meanwhile(self):
        for seed, extra in enumerate(
            (
                [("FLUSHALL",), ("SET", "new", "1")],
                [("FLUSHDB",), ("DEBUG", "POPULATE", 1000, "filler")],
                [("SWAPDB", 0, 1), ("FLUSHDB",)],
                [("SWAPDB", 0, 1), ("SET", "filler:1", "changed"), ("SWAPDB", 1, 2), ("FLUSHALL",)],
                [("MOVE", "filler:7", 2), ("RENAME", "filler:8", "filler:9"), ("SWAPDB", 2, 0)],
                [("COPY", "filler:7", "x", "DB", 1, "REPLACE"), ("DEL", "filler:7"), ("FLUSHDB",)],
            )
        ):
            with self.subTest(extra=extra):
                self.assert_shows_the_point(seed, 3, extra)

    def test_sums_hold_across_partitions(self):
        """Transfers between accounts in all partitions, and snapshots in between."""
        accounts = [f"account:{n}" for n in range(200)]
        with self.start(threads=2, partitions=4) as running:
            with running.connect() as control:
                for account in accounts:
                    control.call("SET", account, 100)
                control.call("DEBUG", "POPULATE", self.FILLER, "filler")
                over = threading.Event()
                run_together(
                    lambda: self.transfer(running, accounts, 1, over),
                    lambda: self.transfer(running, accounts, 2, over),
                    lambda: self.take_snapshots(control, 6, over),
                )
        for n in range(6):
            os.rename(f"{self.path}.{n}", self.path)
            with self.start() as loaded, loaded.connect() as connection:
                balances = connection.call("MGET", *accounts)
                self.assertEqual(sum(map(int, balances)), 100 * len(accounts))

    def transfer(self, running, accounts, seed, over):
        rng = random.Random(seed)
        with running.connect() as client:
            while not over.is_set():
                one, other = rng.sample(accounts, 2)
                client.send(
                    b"".join(
                        resp.encode(*words)
                        for words in (("MULTI",), ("DECR", one), ("INCR", other), ("EXEC",))
                    )
                )
                for _ in range(4):
                    client.read()

    def take_snapshots(self, control, count, over):
        try:
            for n in range(count):
                self.assertEqual(control.call("SAVE"), OK)
                os.rename(self.path, f"{self.path}.{n}")
        finally:
            over.set()

    def test_fields_that_expire_need_a_newer_version(self):
        with self.start() as running, running.connect() as control:
            control.call("HSET", "hash", "a", "1", "b", "2")
            self.assertEqual(control.call("SAVE"), OK)
            self.assertEqual(pathlib.Path(self.path).read_bytes()[:9], b"REDIS0010")
            if not server.is_thespis(server.thespis_binary()):
                return
            control.call("CONFIG", "SET", "rdb-version", 11)
            self.assertEqual(control.call("SAVE"), OK)
            self.assertEqual(pathlib.Path(self.path).read_bytes()[:9], b"REDIS0011")
            control.call("CONFIG", "SET", "rdb-version", 10)
            control.call("HPEXPIREAT", "hash", 4102444800000, "FIELDS", 1, "a")
            self.assertEqual(control.call("SAVE"), OK)
        self.assertEqual(pathlib.Path(self.path).read_bytes()[:9], b"REDIS0012")
        with self.start() as running, running.connect() as control:
            times = control.call("HPEXPIRETIME", "hash", "FIELDS", 2, "a", "b")
            self.assertEqual(times, [4102444800000, -1])


class Saving(SnapshotTest):
    def test_one_at_a_time(self):
        with self.start() as running, running.connect() as control, running.connect() as other:
            control.call("DEBUG", "POPULATE", 100_000)
            self.assertEqual(control.call("BGSAVE", "x"), error("ERR syntax error"))
            self.assertEqual(control.call("BGSAVE", "schedule"), STARTED)
            self.assertEqual(control.call("BGSAVE"), BUSY)
            self.assertEqual(other.call("SAVE"), BUSY)
            self.wait_saved(control)
            self.assertEqual(control.call("SAVE"), OK)
            control.call("MULTI")
            refused = error("ERR Command not allowed inside a transaction")
            self.assertEqual(control.call("SAVE"), refused)
            self.assertEqual(control.call("BGSAVE"), resp.Simple("QUEUED"))
            self.assertIsInstance(control.call("EXEC"), resp.Error)
            self.assertEqual(
                control.call("EVAL", "return redis.call('BGSAVE')", 0)[:3], error("ERR")
            )

    def test_in_a_transaction_it_waits_for_the_end(self):
        with self.start() as running, running.connect() as control:
            control.call("MULTI")
            control.call("SET", "key", "value")
            self.assertEqual(control.call("BGSAVE"), resp.Simple("QUEUED"))
            scheduled = resp.Simple("Background saving scheduled")
            self.assertEqual(control.call("EXEC"), [OK, scheduled])
            self.assertTrue(resp.wait_until(lambda: info(control)["rdb_saves"] == "1", 10))
        with self.start() as running, running.connect() as control:
            self.assertEqual(control.call("GET", "key"), b"value")

    def test_save_points(self):
        with self.start(save="1 3 100000 1") as running, running.connect() as control:
            control.call("SET", "a", "1")
            control.call("SET", "b", "1")
            time.sleep(1.5)
            self.assertFalse(os.path.exists(self.path))
            control.call("SET", "c", "1")
            self.assertTrue(resp.wait_until(lambda: os.path.exists(self.path), 10))
            self.wait_saved(control)
            self.assertIn("3 changes in 1 seconds. Saving...", running.log())
            self.assertEqual(info(control)["rdb_changes_since_last_save"], "0")

    def test_a_directory_that_takes_no_file(self):
        gone = os.path.join(self.directory, "gone")
        os.mkdir(gone)
        options = {"dir": gone, "save": "100000 1", "enable-protected-configs": "yes"}
        with self.start(**options) as running, running.connect() as control:
            control.call("SET", "a", "1")
            os.rmdir(gone)
            self.assertEqual(control.call("SAVE"), error("ERR"))
            self.assertEqual(info(control)["rdb_last_bgsave_status"], "err")
            self.assertIn("cannot create", running.log())
            self.assertEqual(control.call("SET", "b", "1")[:7], error("MISCONF"))
            self.assertEqual(control.call("GET", "a"), b"1")
            refused = error("ERR Errors trying to SHUTDOWN. Check logs.")
            self.assertEqual(control.call("SHUTDOWN", "SAVE"), refused)
            self.assertEqual(control.call("CONFIG", "SET", "stop-writes-on-bgsave-error", "no"), OK)
            self.assertEqual(control.call("SET", "b", "1"), OK)
            self.assertEqual(
                control.call("CONFIG", "SET", "stop-writes-on-bgsave-error", "yes"), OK
            )
            self.assertEqual(control.call("SET", "b", "1")[:7], error("MISCONF"))
            gone = os.path.join(self.directory, "new")
            os.mkdir(gone)
            self.assertEqual(control.call("CONFIG", "SET", "dir", gone), OK)
            self.assertEqual(control.call("SAVE"), OK)
            self.assertEqual(control.call("SET", "b", "1"), OK)
            self.assertEqual(os.listdir(gone), ["dump.rdb"])

    def test_a_full_disk(self):
        limit = ["bash", "-c", 'ulimit -f 64; exec "$@"', "-"]
        with self.start(wrap=limit, rdbcompression="no") as running, running.connect() as control:
            control.call("SET", "a", "1")
            self.assertEqual(control.call("SAVE"), OK)
            before = pathlib.Path(self.path).read_bytes()
            control.call("DEBUG", "POPULATE", 20_000)
            self.assertEqual(control.call("SAVE"), error("ERR"))
            self.assertIn("cannot write", running.log())
            self.assertEqual(pathlib.Path(self.path).read_bytes(), before)
            self.assertEqual(os.listdir(self.directory), ["dump.rdb"])
            control.call("FLUSHALL")
            self.assertEqual(control.call("SAVE"), OK)


class Ending(SnapshotTest):
    def assert_kept(self, expected):
        with self.start() as running, running.connect() as control:
            self.assertEqual(control.call("GET", "key"), expected)

    def test_shutdown(self):
        for n, (words, options, saves) in enumerate(
            (
                (("SHUTDOWN", "SAVE"), {}, True),
                (("SHUTDOWN",), {"save": "100000 100000"}, True),
                (("SHUTDOWN",), {}, False),
                (("SHUTDOWN", "NOSAVE"), {"save": "1000 1"}, False),
            )
        ):
            with self.subTest(words=words):
                running = self.start(**options)
                control = running.connect()
                control.call("SET", "key", f"value {n}")
                control.write(*words)
                self.assertEqual(running.wait(), 0)
                control.close()
                self.assert_kept(b"value %d" % n if saves else b"value 1")

    def test_a_pause_does_not_hold_it_up(self):
        """What expires waits for the end of a pause, and must not keep the walk waiting with it."""
        with self.start(threads=2, partitions=2) as running, running.connect() as control:
            control.call("DEBUG", "POPULATE", 300_000)
            control.call("SET", "short", "life", "PX", 1)
            control.call("CLIENT", "PAUSE", 100_000, "WRITE")
            self.assertEqual(control.call("BGSAVE"), STARTED)
            self.assertTrue(resp.wait_until(lambda: is_saved(control), 20))
            control.call("CLIENT", "UNPAUSE")

    def test_signals(self):
        for n, number in enumerate((signal.SIGTERM, signal.SIGINT)):
            running = self.start(save="100000 100000")
            with running.connect() as control:
                control.call("SET", "key", n)
                self.assertEqual(running.stop(number), 0)
            self.assert_kept(b"%d" % n)

    def hold(self, running):
        """The disk does not take the file that is written next, until it is let go."""
        held = os.path.join(self.directory, f"temp-{running.pid}.rdb")
        os.mkfifo(held)
        return held

    def let_go(self, held):
        """It is no file, so the snapshot fails at last."""
        with open(held, "rb") as pipe:
            while pipe.read(1 << 20):
                pass

    @thespis_only("redis-server saves in one go when it ends")
    def test_it_may_be_called_off(self):
        with self.start(save="100000 100000") as running, running.connect() as control:
            control.call("SET", "key", "value")
            held = self.hold(running)
            ending, writer = running.connect(), running.connect()
            self.addCleanup(ending.close)
            self.addCleanup(writer.close)
            ending.write("SHUTDOWN")
            self.assertTrue(resp.wait_until(lambda: not is_saved(control), 10))
            self.assertEqual(control.call("GET", "key"), b"value")
            writer.write("SET", "key", "new")
            self.assertEqual(control.call("CLIENT", "UNPAUSE"), OK)
            self.assertTrue(writer.is_silent(0.1))
            self.assertEqual(control.call("SHUTDOWN", "ABORT"), OK)
            self.assertEqual(writer.read(), OK)
            refused = error("ERR No shutdown in progress.")
            self.assertEqual(control.call("SHUTDOWN", "ABORT"), refused)
            self.let_go(held)
            failed = error("ERR Errors trying to SHUTDOWN. Check logs.")
            self.assertEqual(ending.read(), failed)
            self.assertEqual(control.call("SAVE"), OK)
        self.assert_kept(b"new")

    @thespis_only("redis-server saves in one go when it ends")
    def test_a_pause_of_clients_outlasts_an_end_that_is_called_off(self):
        with self.start(save="100000 100000") as running, running.connect() as control:
            held = self.hold(running)
            writer = running.connect()
            self.addCleanup(writer.close)
            control.call("CLIENT", "PAUSE", 100_000, "WRITE")
            running.process.send_signal(signal.SIGTERM)
            self.assertTrue(resp.wait_until(lambda: not is_saved(control), 10))
            self.assertEqual(control.call("SHUTDOWN", "ABORT"), OK)
            writer.write("SET", "key", "new")
            self.assertTrue(writer.is_silent(0.1))
            control.call("CLIENT", "UNPAUSE")
            self.assertEqual(writer.read(), OK)
            self.let_go(held)
            self.assertTrue(resp.wait_until(lambda: is_saved(control), 10))

    @thespis_only("redis-server saves in one go when it ends")
    def test_who_is_impatient_need_not_wait(self):
        with self.start() as running, running.connect() as control:
            control.call("DEBUG", "POPULATE", 300_000)
            waiting, saving = running.connect(), running.connect()
            self.addCleanup(waiting.close)
            self.addCleanup(saving.close)
            saving.write("SAVE")
            waiting.write("SHUTDOWN", "SAVE")
            control.write("SHUTDOWN", "NOSAVE")
            self.assertEqual(running.wait(), 0)
        if os.path.exists(self.path):
            with self.start() as running, running.connect() as control:
                self.assertEqual(control.call("DBSIZE"), 300_000)

    def test_a_signal_after_an_end_that_failed_begins_another(self):
        gone = os.path.join(self.directory, "gone")
        os.mkdir(gone)
        running = self.start(dir=gone, save="100000 1", loglevel="notice")
        with running.connect() as control:
            control.call("SET", "key", "value")
        os.rmdir(gone)
        for count, number in enumerate((signal.SIGTERM, signal.SIGINT, signal.SIGINT), start=1):
            running.process.send_signal(number)
            tried = lambda count=count: running.log().count("can't exit") >= count
            self.assertTrue(resp.wait_until(tried, 10))
        self.assertIsNone(running.process.poll())

    def test_nothing_acknowledged_is_lost(self):
        """Writers run into the end; what they were told must be there afterwards."""
        for attempt in range(3):
            running = self.start(threads=2, partitions=4, save="100000 100000")
            acknowledged = [{} for _ in range(4)]

            def write(index):
                with running.connect() as client:
                    try:
                        for n in range(10**9):
                            key = f"{attempt}:{index}:{n}"
                            if client.call("SET", key, n) == OK:
                                acknowledged[index][key] = n
                    except (OSError, resp.Closed):
                        return

            def end():
                many = lambda: all(len(told) > 100 for told in acknowledged)
                self.assertTrue(resp.wait_until(many, 30))
                self.assertEqual(running.stop(signal.SIGTERM), 0)

            run_together(end, *(lambda index=index: write(index) for index in range(4)))
            with self.start() as loaded, loaded.connect() as control:
                for told in acknowledged:
                    for key, n in told.items():
                        self.assertEqual(control.call("GET", key), b"%d" % n, key)


class Loading(SnapshotTest):
    def words(self):
        return ["--port", str(server.free_port()), "--dir", self.directory]

    def make_file(self):
        with self.start(rdbcompression="no") as running, running.connect() as control:
            control.call("RPUSH", "list", "a", "b", "c")
            control.call("HSET", "hash", "field", "value")
            control.call("SADD", "set", "a", "b", "c")
            control.call("SET", "string", "text", "EX", 100_000)
            self.assertEqual(control.call("SAVE"), OK)
        return pathlib.Path(self.path).read_bytes()

    @thespis_only("redis-server says it in many lines")
    def test_a_damaged_file_is_refused_with_its_place(self):
        whole = self.make_file()
        rng = random.Random(3)
        for n in sorted(rng.sample(range(len(whole)), 25)):
            flipped = bytearray(whole)
            flipped[n] ^= 1 << rng.randrange(8)
            pathlib.Path(self.path).write_bytes(flipped)
            self.assert_refused(self.words(), "dump.rdb", "offset")
        for n in (0, 5, 9, 20, len(whole) // 2, len(whole) - 9, len(whole) - 1):
            pathlib.Path(self.path).write_bytes(whole[:n])
            self.assert_refused(self.words(), "dump.rdb: it ends too early at offset")

    @thespis_only("redis-server says it in many lines")
    def test_what_a_crash_left_is_removed(self):
        for name in ("temp-999999999.rdb", f"temp-{os.getpid()}.rdb", "temp-x.rdb", "temp-1.rdbx"):
            self.file(name, "something")
        with self.start():
            left = sorted(name for name in os.listdir(self.directory) if name.startswith("temp"))
            self.assertEqual(left, sorted([f"temp-{os.getpid()}.rdb", "temp-x.rdb", "temp-1.rdbx"]))

    @thespis_only("redis-server says it in many lines")
    def test_what_cannot_be_loaded(self):
        whole = self.make_file()
        for bad, text in (
            (b"REDIS0099" + whole[9:], "a version of the format that is not known at offset 9"),
            (b"VIDIS0010" + whole[9:], "it is no RDB file at offset 9"),
            (b"REDIS0010\xfe\x10\xff" + bytes(8), "a database that does not exist at offset 11"),
            (b"REDIS0010\0\1a\1b\0\1a\1c\xff" + bytes(8), "a key twice in the entry at offset 14"),
            (b"REDIS0010\xf7\0\xff" + bytes(8), "data of a module at offset 10"),
        ):
            pathlib.Path(self.path).write_bytes(bad)
            self.assert_refused(self.words(), text)

    def make_keys(self, count):
        with self.start() as running, running.connect() as control:
            control.call("DEBUG", "POPULATE", count, "key", 100)
            self.assertEqual(control.call("SAVE"), OK)
        return pathlib.Path(self.path).read_bytes()

    def begin(self, **options):
        """A server that is loading, and will be for long."""
        running = self.start(wait_ready=False, **{"key-load-delay": 1_000_000, **options})
        self.assertTrue(resp.wait_until(lambda: self.answers(running)))
        return running

    @thespis_only("redis-server looks at clients after every two megabytes")
    def test_clients_are_told_while_it_lasts(self):
        self.make_keys(3000)
        with self.begin() as running, running.connect() as early:
            self.assertEqual(early.call("GET", "key:1")[:7], error("LOADING"))
            self.assertEqual(early.call("SAVE")[:7], error("LOADING"))
            self.assertEqual(info(early)["loading"], "1")
            self.assertEqual(early.call("CONFIG", "SET", "key-load-delay", -10), OK)
            self.assertTrue(resp.wait_until(lambda: early.call("PING") == "PONG", 60))
            self.assertEqual(early.call("DBSIZE"), 3000)
            self.assertEqual(info(early)["loading"], "0")

    @thespis_only("redis-server looks at clients after every two megabytes")
    def test_the_end_does_not_wait_for_it(self):
        whole = self.make_keys(100)
        for end in (signal.SIGTERM, signal.SIGINT, "SHUTDOWN", "SHUTDOWN SAVE", "SHUTDOWN NOSAVE"):
            with self.subTest(end=end):
                running = self.begin(save="1 1")
                if isinstance(end, str):
                    with running.connect() as client:
                        client.write(*end.split())
                        self.assertEqual(running.wait(10), 0)
                else:
                    self.assertEqual(running.stop(end, 10), 0)
                self.assertEqual(pathlib.Path(self.path).read_bytes(), whole)
                self.assertEqual(os.listdir(self.directory), ["dump.rdb"])

    @thespis_only("redis-server says it in many lines")
    def test_a_file_that_cannot_be_looked_for_is_not_taken_for_none(self):
        os.symlink("dump.rdb", self.path)
        self.assert_refused(self.words(), "cannot open dump.rdb", "symbolic links")

    @thespis_only("Redis knows no such version")
    def test_files_and_payloads_of_valkey(self):
        fields = b"\2\1f\1v" + (4102444800000).to_bytes(8, "little") + b"\1g\1w" + b"\xff" * 8
        whole = b"VALKEY080\xfe\0\x16\1h" + fields + b"\0\1k\1v\xff" + bytes(8)
        pathlib.Path(self.path).write_bytes(whole)
        with self.start() as running, running.connect() as control:
            self.assertEqual(control.call("DBSIZE"), 2)
            control.call("DEBUG", "SET-SKIP-CHECKSUM-VALIDATION", 1)
            payload = b"\x16" + fields + b"\x50\0" + bytes(8)
            self.assertEqual(control.call("RESTORE", "r", 0, payload), OK)
            for key in ("h", "r"):
                self.assertEqual(control.call("HMGET", key, "f", "g"), [b"v", b"w"])
                times = control.call("HPEXPIRETIME", key, "FIELDS", 2, "f", "g")
                self.assertEqual(times, [4102444800000, -1])

    def answers(self, running):
        try:
            with running.connect():
                return True
        except OSError:
            return False


if __name__ == "__main__":
    unittest.main()
