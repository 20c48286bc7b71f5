"""The journal: that what was acknowledged is there again after kill -9, that redis-server and this
server read each other's files, that damage is found and named, that a disk that fails costs no
acknowledged write."""

import functools
import os
import pathlib
import random
import shutil
import signal
import threading
import time
import unittest

import datasets
import random_requests
import resp
import server
from persistence import SLOW, PersistenceTest, info
from suite import OK, error, oracle_binary, run_together

STARTED = resp.Simple("Background append only file rewriting started")


class JournalTest(PersistenceTest):
    def start(self, **options):
        settings = {
            "appendonly": "yes",
            "appendfsync": "always",
            "threads": 2,
            "partitions": 4,
        }
        if not server.is_thespis(options.get("binary", server.thespis_binary())):
            del settings["threads"], settings["partitions"]
        return super().start(**{**settings, **options})

    @property
    def files(self):
        return pathlib.Path(self.directory, "appendonlydir")

    def increments(self):
        found = self.files.glob("*.incr.aof")
        return sorted(found, key=lambda file: int(file.name.split(".")[2]))

    def wait_rewritten(self, connection):
        done = lambda: info(connection)["aof_rewrite_in_progress"] == "0"  # noqa: E731
        self.assertTrue(resp.wait_until(done, 60))
        self.assertEqual(info(connection)["aof_last_bgrewrite_status"], "ok")


class Restarting(JournalTest):
    def test_everything_survives_the_end_of_the_process(self):
        for policy in ("always", "everysec", "no"):
            with self.subTest(appendfsync=policy):
                shutil.rmtree(self.files, ignore_errors=True)
                with self.start(appendfsync=policy) as running, running.connect() as control:
                    digest = self.fill(control)
                    self.assertEqual(running.stop(signal.SIGTERM), 0)
                for partitions in (4, 1):
                    self.assert_loads(digest, partitions=partitions)

    def test_whatever_was_done_is_done_again(self):
        for seed in range(1 if SLOW else 4):
            with self.subTest(seed=seed):
                shutil.rmtree(self.files, ignore_errors=True)
                with self.start(partitions=1 + seed) as running, running.connect() as control:
                    datasets.fill(control)
                    requests = random_requests.generate(seed, 3000)
                    self.send(control, requests)
                    digest = control.call("DEBUG", "DIGEST")
                    running.stop(signal.SIGKILL)
                with self.start(partitions=4 - seed) as running, running.connect() as control:
                    self.assertEqual(control.call("DEBUG", "DIGEST"), digest)

    def test_what_expired_meanwhile(self):
        with self.start() as running, running.connect() as control:
            control.call("DEBUG", "SET-ACTIVE-EXPIRE", 0)
            # In one go, so that nothing expires in between.
            requests = (
                ("SET", "counter", 5, "PX", 300),
                ("INCR", "counter"),
                ("PERSIST", "counter"),
                ("HSET", "hash", "a", 1, "b", 2),
                ("HPEXPIRE", "hash", 300, "FIELDS", 1, "a"),
                ("HINCRBY", "hash", "a", 1),
                ("SET", "short", "life", "PX", 300),
            )
            self.assertEqual(self.send(control, requests)[1], 6)
            running.stop(signal.SIGKILL)
        time.sleep(0.3)
        with self.start() as running, running.connect() as control:
            self.assertEqual(control.call("GET", "counter"), b"6")
            self.assertEqual(control.call("HGETALL", "hash"), [b"b", b"2"])
            self.assertIsNone(control.call("GET", "short"))
            self.assertLess(control.call("OBJECT", "IDLETIME", "counter"), 10)

    def test_a_snapshot_becomes_the_first_base(self):
        with self.start(appendonly="no") as running, running.connect() as control:
            digest = self.fill(control)
            self.assertEqual(control.call("SAVE"), OK)
        self.assert_loads(digest)
        os.unlink(os.path.join(self.directory, "dump.rdb"))
        self.assert_loads(digest)

    def test_killed_before_there_is_a_base(self):
        keys = 10_000 if SLOW else 300_000
        with self.start(appendonly="no") as running, running.connect() as control:
            control.call("DEBUG", "POPULATE", keys)
            digest = control.call("DEBUG", "DIGEST")
            self.assertEqual(control.call("SAVE"), OK)
        running = self.start(wait_ready=False)
        begun = lambda: "rewriting started" in running.log()  # noqa: E731
        self.assertTrue(resp.wait_until(begun, 60))
        running.stop(signal.SIGKILL)
        for _ in range(2):
            with self.start() as running, running.connect() as control:
                self.assertEqual(control.call("DEBUG", "DIGEST"), digest)
                running.stop(signal.SIGKILL)


class Interchange(JournalTest):
    def test_redis_server_reads_our_files(self):
        with self.start() as running, running.connect() as control:
            digest = self.fill(control)
            control.call("BGREWRITEAOF")
            self.wait_rewritten(control)
            control.call("MSET", *(f"{word}{n}" for n in range(100) for word in ("key", "value")))
            control.call("EVAL", "for i = 1, 9 do redis.call('LPUSH', KEYS[1], i) end", 1, "l")
            digest = control.call("DEBUG", "DIGEST")
            running.stop(signal.SIGKILL)
        self.assert_loads(digest, binary=oracle_binary())
        self.assert_loads(digest)

    def test_redis_servers_files(self):
        for options in ({}, {"aof-use-rdb-preamble": "no"}, {"aof-timestamp-enabled": "yes"}):
            with self.subTest(**options):
                shutil.rmtree(self.files, ignore_errors=True)
                with self.start(binary=oracle_binary(), **options) as redis:
                    with redis.connect() as control:
                        digest = self.fill(control)
                        control.call("BGREWRITEAOF")
                        self.wait_rewritten(control)
                        self.send(control, [("MULTI",), ("INCR", "a"), ("INCR", "b"), ("EXEC",)])
                        digest = control.call("DEBUG", "DIGEST")
                        redis.stop(signal.SIGKILL)
                self.assert_loads(digest)
                with self.start() as running, running.connect() as control:
                    control.call("SET", "more", "of it")
                    digest = control.call("DEBUG", "DIGEST")
                    running.stop(signal.SIGKILL)
                self.assert_loads(digest)
                self.assert_loads(digest, binary=oracle_binary())

    def test_requests_behind_a_base(self):
        """So Redis wrote journals before version 7: one file, which version 7 takes for a base."""
        with self.start(binary=oracle_binary()) as redis, redis.connect() as control:
            digest = self.fill(control)
            control.call("BGREWRITEAOF")
            self.wait_rewritten(control)
        base = next(self.files.glob("*.base.rdb"))
        requests = (("SELECT", 5), ("SET", "behind", "the base"))
        with open(base, "ab") as out:
            out.write(b"".join(resp.encode(*words) for words in requests))
        with self.start(binary=oracle_binary()) as redis, redis.connect() as control:
            digest = control.call("DEBUG", "DIGEST")
        self.assert_loads(digest)
        with self.start() as running, running.connect() as control:
            control.call("SELECT", 5)
            self.assertEqual(control.call("GET", "behind"), b"the base")


class Rewriting(JournalTest):
    def test_under_load(self):
        """What a transaction moves from one account to another is in sum what it was."""
        accounts = 64
        stop = threading.Event()

        def move(seed):
            rng = random.Random(seed)
            with running.connect() as client:
                while not stop.is_set():
                    one, other = rng.sample(range(accounts), 2)
                    client.call("MULTI")
                    client.call("DECR", f"account {one}")
                    client.call("INCR", f"account {other}")
                    client.call("EXEC")

        with self.start(appendfsync="everysec") as running, running.connect() as control:
            control.call("MSET", *(w for n in range(accounts) for w in (f"account {n}", 100)))
            control.call("DEBUG", "POPULATE", 2_000 if SLOW else 50_000)

            def rewrite():
                for _ in range(3):
                    self.assertEqual(control.call("BGREWRITEAOF"), STARTED)
                    self.wait_rewritten(control)
                stop.set()

            run_together(rewrite, *(functools.partial(move, seed) for seed in range(3)))
            digest = control.call("DEBUG", "DIGEST")
            self.assertEqual(info(control)["aof_rewrites"], "4")
            self.assertEqual(len(self.increments()), 1)
            running.stop()
        with self.start() as running, running.connect() as control:
            self.assertEqual(control.call("DEBUG", "DIGEST"), digest)
            values = control.call("MGET", *(f"account {n}" for n in range(accounts)))
            self.assertEqual(sum(map(int, values)), 100 * accounts)

    def test_turning_it_on_and_off(self):
        with self.start(appendonly="no") as running, running.connect() as control:
            control.call("SET", "before", 1)
            self.assertEqual(control.call("CONFIG", "SET", "appendonly", "yes"), OK)
            control.call("SET", "behind", 1)
            self.assertTrue(resp.wait_until(lambda: info(control)["aof_rewrites"] == "1"))
            self.assertEqual(info(control)["aof_enabled"], "1")
            self.assertEqual(control.call("CONFIG", "SET", "appendonly", "no"), OK)
            self.assertEqual(info(control)["aof_enabled"], "0")
            control.call("SET", "lost", 1)
            self.assertEqual(control.call("CONFIG", "SET", "appendonly", "yes"), OK)
            self.assertTrue(resp.wait_until(lambda: info(control)["aof_rewrites"] == "2"))
            control.call("SET", "last", 1)
            control.call("DEL", "lost")
            running.stop(signal.SIGKILL)
        with self.start() as running, running.connect() as control:
            self.assertEqual(sorted(control.call("KEYS", "*")), [b"before", b"behind", b"last"])

    def test_while_another_one_is_under_way(self):
        with self.start() as running, running.connect() as control:
            control.call("DEBUG", "POPULATE", 10_000 if SLOW else 200_000)
            self.assertEqual(control.call("BGREWRITEAOF"), STARTED)
            again = "ERR Background append only file rewriting already in progress"
            self.assertEqual(control.call("BGREWRITEAOF"), error(again))
            busy = control.call("BGSAVE")
            self.assertIn(b"can't BGSAVE right now", str(busy).encode())
            scheduled = resp.Simple("Background saving scheduled")
            self.assertEqual(control.call("BGSAVE", "SCHEDULE"), scheduled)
            self.wait_rewritten(control)
            self.assertTrue(resp.wait_until(lambda: info(control)["rdb_saves"] == "1", 60))


class WaitingForTheDisk(JournalTest):
    DISABLED = error("ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.")

    def wait_blocked(self, control, count):
        blocked = lambda: f"blocked_clients:{count}".encode() in control.call(  # noqa: E731
            "INFO", "clients"
        )
        self.assertTrue(resp.wait_until(blocked))

    def test_what_was_written_is_on_the_disk(self):
        for policy in ("always", "everysec", "no"):
            with self.subTest(appendfsync=policy):
                shutil.rmtree(self.files, ignore_errors=True)
                with self.start(appendfsync=policy) as running, running.connect() as control:
                    began = time.monotonic()
                    for n in range(20):
                        control.call("SET", f"key {n}", n)
                        self.assertEqual(control.call("WAITAOF", 1, 0, 0), [1, 0])
                    self.assertLess(time.monotonic() - began, 5)
                    self.assertEqual(control.call("WAITAOF", 1, 0, 0), [1, 0])
                    running.stop(signal.SIGKILL)
                with self.start() as running, running.connect() as control:
                    self.assertEqual(control.call("DBSIZE"), 20)

    def test_replicas_that_are_not_there(self):
        with self.start(appendfsync="no") as running, running.connect() as control:
            control.call("SET", "a", 1)
            began = time.monotonic()
            self.assertEqual(control.call("WAITAOF", 1, 1, 200), [1, 0])
            self.assertGreaterEqual(time.monotonic() - began, 0.19)
            self.assertEqual(control.call("WAITAOF", 0, 1, 10), [1, 0])
            self.assertEqual(control.call("WAITAOF", 0, 0, 0), [1, 0])
            with running.connect() as other:
                identity = other.call("CLIENT", "ID")
                unblocked = error("UNBLOCKED client unblocked via CLIENT UNBLOCK")
                for how, answer in (("TIMEOUT", [1, 0]), ("ERROR", unblocked)):
                    other.write("WAITAOF", 0, 1, 0)
                    self.wait_blocked(control, 1)
                    self.assertEqual(control.call("CLIENT", "UNBLOCK", identity, how), 1)
                    self.assertEqual(other.read(), answer)
                other.write("WAITAOF", 1, 1, 0)
                self.wait_blocked(control, 1)
            self.wait_blocked(control, 0)

    def test_it_does_not_wait_in_a_transaction(self):
        with self.start(appendfsync="no") as running, running.connect() as control:
            requests = [("MULTI",), ("SET", "a", 1), ("WAITAOF", 1, 1, 0), ("EXEC",)]
            last = self.send(control, requests)[-1]
            self.assertEqual(last[0], OK)
            self.assertEqual(last[1][1], 0)

    def test_without_a_journal(self):
        with self.start(appendonly="no") as running, running.connect() as control:
            self.assertEqual(control.call("WAITAOF", 1, 0, 0), self.DISABLED)
            self.assertEqual(control.call("WAITAOF", 0, 0, 0), [0, 0])
            control.call("CONFIG", "SET", "appendonly", "yes")
            control.call("SET", "a", 1)
            self.assertEqual(control.call("WAITAOF", 1, 0, 0), [1, 0])

    def test_arguments(self):
        with self.start() as running, running.connect() as control:
            for words, text in (
                ((2, 0, 0), "ERR value is out of range, value must between 0 and 1"),
                (("a", 0, 0), "ERR value is not an integer or out of range"),
                ((1, -1, 0), "ERR value is out of range, must be positive"),
                ((1, 0, "a"), "ERR timeout is not an integer or out of range"),
                ((1, 0, -1), "ERR timeout is negative"),
                ((1, 0, 2**63 - 1), "ERR timeout is out of range"),
            ):
                self.assertEqual(control.call("WAITAOF", *words), error(text))

    def test_frames_stay_what_they_are(self):
        """A file has frames from its beginning to its end, or none."""
        with self.start() as running, running.connect() as control:
            reply = control.call("CONFIG", "SET", "aof-checksum", "no")
            self.assertIn("can't set immutable config", str(reply))
            control.call("SET", "a", 1)
        for checksum in ("no", "yes", "no"):
            with self.start(**{"aof-checksum": checksum}) as running, running.connect() as control:
                control.call("INCR", "a")
        with self.start() as running, running.connect() as control:
            self.assertEqual(control.call("GET", "a"), b"4")


class Damage(JournalTest):
    def assert_refused(self, *parts):
        with self.assertRaises(server.StartFailed) as caught:
            self.start()
        self.assertNotEqual(caught.exception.code, 0)
        for part in parts:
            self.assertIn(part, caught.exception.log)

    def write_some(self):
        with self.start() as running, running.connect() as control:
            for n in range(20):
                control.call("SET", f"key {n}", n)
            running.stop(signal.SIGKILL)
        return self.increments()[-1]

    def test_a_torn_end_is_cut_off(self):
        last = self.write_some()
        whole = last.read_bytes()
        for missing in (1, 15, 30):
            last.write_bytes(whole[:-missing])
            with self.assertRaises(server.StartFailed) as caught:
                self.start(**{"aof-load-truncated": "no"})
            self.assertIn("Unexpected end of file", caught.exception.log)
            with self.start() as running, running.connect() as control:
                self.assertEqual(control.call("DBSIZE"), 19)
                self.assertIn("are cut off", running.log())
                self.assertEqual(control.call("SET", "key 19", "again"), OK)
                running.stop(signal.SIGKILL)
            with self.start() as running, running.connect() as control:
                self.assertEqual(control.call("GET", "key 19"), b"again")
                running.stop(signal.SIGKILL)

    def test_a_changed_byte_is_named(self):
        last = self.write_some()
        whole = last.read_bytes()
        at = whole.index(b"key 7") + 4
        last.write_bytes(whole[:at] + b"8" + whole[at + 1 :])
        offset = whole.rindex(b"#LSN", 0, at)
        self.assert_refused(last.name, f"the checksum of the frame is wrong at offset {offset}")

    def test_a_missing_record_is_named(self):
        last = self.write_some()
        whole = last.read_bytes()
        frames = [b"#LSN" + frame for frame in whole.split(b"#LSN")[1:]]
        last.write_bytes(b"".join(frames[:5] + frames[6:]))
        self.assert_refused(last.name, "record 7 where 6 should be")

    def test_a_manifest_that_is_none(self):
        self.write_some()
        manifest = self.files / "appendonly.aof.manifest"
        text = manifest.read_text()
        manifest.write_text(text.replace("seq 1 type i", "seq 2 type i"))
        self.assert_refused("appendonly.aof.manifest", "the checksum is wrong")


class Disk(JournalTest):
    def test_a_full_one(self):
        limit = ["bash", "-c", 'ulimit -f 64; exec "$@"', "-"]
        for policy in ("always", "everysec"):
            with self.subTest(appendfsync=policy):
                shutil.rmtree(self.files, ignore_errors=True)
                with self.start(wrap=limit, appendfsync=policy) as running:
                    self.fill_the_disk(running, policy)

    def fill_the_disk(self, running, policy):
        with running.connect() as control, running.connect() as writer:
            control.call("SET", "a", "1")
            self.assertEqual(control.call("WAITAOF", 1, 0, 10_000), [1, 0])
            writer.write("SET", "large", b"x" * 100_000)
            failed = lambda: info(control)["aof_last_write_status"] == "err"  # noqa: E731
            self.assertTrue(resp.wait_until(failed))
            kept = lambda: int(info(control)["aof_buffer_length"]) > 100_000  # noqa: E731
            self.assertTrue(resp.wait_until(kept))
            refused = error("MISCONF Errors writing to the AOF file: File too large")
            self.assertEqual(control.call("SET", "b", "1"), refused)
            if policy != "always":  # then it could show what is not on the disk
                script = "return redis.call('SET', 'b', 1)"
                self.assertEqual(control.call("EVAL", script, 0)[:7], error("MISCONF"))
                self.assertEqual(control.call("GET", "a"), b"1")
            running.stop(signal.SIGKILL)
        with self.start() as again, again.connect() as control:
            self.assertEqual(control.call("GET", "a"), b"1")
            self.assertIsNone(control.call("GET", "b"))


if __name__ == "__main__":
    unittest.main()
