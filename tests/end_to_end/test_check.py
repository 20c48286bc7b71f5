"""thespis-check: that it finds nothing wrong in what this server and redis-server write, and every
damage in it; that it cuts off torn ends, and nothing else."""

import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import unittest

import resp
import server
from persistence import SLOW, PersistenceTest
from suite import oracle_binary

FINE, DAMAGED, UNREADABLE = 0, 1, 2


def program():
    beside = pathlib.Path(server.thespis_binary()).with_name("thespis-check")
    return os.environ.get("THESPIS_CHECK", str(beside))


class CheckTest(PersistenceTest):
    @property
    def journal(self):
        return pathlib.Path(self.directory, "appendonlydir")

    @property
    def manifest(self):
        return self.journal / "appendonly.aof.manifest"

    @property
    def last_increment(self):
        found = self.journal.glob("*.incr.aof")
        return max(found, key=lambda file: int(file.name.split(".")[2]))

    def check(self, *words, answer=""):
        """Its exit code, and what it prints."""
        ran = subprocess.run(
            [program(), *map(str, words)], input=answer, capture_output=True, text=True, timeout=60
        )
        return ran.returncode, ran.stdout + ran.stderr

    def assert_says(self, code, words, *parts, **how):
        got, text = self.check(*words, **how)
        self.assertEqual(got, code, text)
        for part in parts:
            self.assertIn(part, text)

    def write_journal(self, count=20, **options):
        """Files of records that each set a key; how the last one begins says where they are."""
        shutil.rmtree(self.journal, ignore_errors=True)
        settings = {"appendonly": "yes", "appendfsync": "always"}
        with self.start(**{**settings, **options}) as running, running.connect() as control:
            for n in range(count):
                control.call("SET", f"key {n}", n)
            running.stop(signal.SIGKILL)
        return self.last_increment


class Snapshots(CheckTest):
    def write(self, **options):
        pathlib.Path(self.directory, "dump.rdb").unlink(missing_ok=True)
        with self.start(**options) as running, running.connect() as control:
            self.fill(control)
            counts = (control.call("DBSIZE"), control.call("DEBUG", "DIGEST"))
            control.call("SAVE")
            running.stop(signal.SIGKILL)
        return pathlib.Path(self.directory, "dump.rdb"), counts[0]

    def test_all_types_are_read(self):
        for options in ({}, {"binary": oracle_binary()}, {"rdbchecksum": "no"}):
            with self.subTest(**options):
                dump, keys = self.write(**options)
                sums = "without a checksum" if "rdbchecksum" in options else "the checksum is right"
                parts = ("RDB, version", "redis-ver: ", f"database 0: keys {keys} (", sums)
                self.assert_says(FINE, [dump], *parts, 'functions: "lib"', "all is fine")
                self.assert_says(
                    FINE, [dump], "database 9: keys 1 (1 string), expiring 1, expired 0"
                )
                for name in ("string", "list", "set", "zset", "hash", "stream"):
                    self.assertRegex(self.check(dump)[1], rf"\d+ {name}")

    def test_what_has_expired_is_counted(self):
        with self.start() as running, running.connect() as control:
            control.call("DEBUG", "SET-ACTIVE-EXPIRE", 0)
            control.call("SET", "short", "life", "PX", 1)
            control.call("SET", "long", "life", "EX", 1000)
            control.call("SAVE")
            running.stop(signal.SIGKILL)
        dump = pathlib.Path(self.directory, "dump.rdb")
        text = self.check(dump)[1]
        found = re.search(r"expiring (\d), expired (\d)", text)
        self.assertEqual(int(found[1]) - int(found[2]), 1, text)

    def test_every_changed_byte_is_found(self):
        with self.start() as running, running.connect() as control:
            control.call("SET", "text", "value")
            control.call("RPUSH", "list", "a", "b", "c")
            control.call("XADD", "stream", "1-1", "field", "value")
            control.call("SAVE")
            running.stop(signal.SIGKILL)
        dump = pathlib.Path(self.directory, "dump.rdb")
        whole = dump.read_bytes()
        for at in range(0, len(whole), 16 if SLOW else 3):
            dump.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
            self.assert_says(DAMAGED, [dump], "DAMAGED: ")
        for size in range(0, len(whole), 16 if SLOW else 5):
            dump.write_bytes(whole[:size])
            self.assert_says(DAMAGED, [dump], "DAMAGED: ", " at offset ")

    def test_a_broken_value_is_named(self):
        dump, _ = self.write(rdbchecksum="no", rdbcompression="no")
        with self.start() as running, running.connect() as control:
            control.call("FLUSHALL")
            control.call("HSET", "the hash", "a", "1", "b", "2")
            control.call("CONFIG", "SET", "rdb-version", "10")
            control.call("SAVE")
            running.stop(signal.SIGKILL)
        whole = dump.read_bytes()
        at = whole.index(b"the hash") + len("the hash")
        # Of the listpack within: the number of its elements.
        dump.write_bytes(whole[: at + 5] + b"\x07" + whole[at + 6 :])
        self.assert_says(DAMAGED, [dump], 'the key "the hash" of database 0', "in the entry at")


class Journals(CheckTest):
    def test_what_both_servers_write(self):
        for options in ({}, {"aof-checksum": "no"}, {"binary": oracle_binary()}):
            with self.subTest(**options):
                shutil.rmtree(self.journal, ignore_errors=True)
                with self.start(appendonly="yes", **options) as running:
                    with running.connect() as control:
                        self.fill(control)
                        control.call("BGREWRITEAOF")
                        done = lambda: b"rewrite_in_progress:0" in control.call(  # noqa: E731
                            "INFO", "persistence"
                        )
                        self.assertTrue(resp.wait_until(done, 60))
                        control.call("MULTI")
                        control.call("SET", "a", 1)
                        control.call("INCR", "a")
                        control.call("EXEC")
                        running.stop()
                has_frames = not options
                parts = ["frames with checksums, records" if has_frames else "without checksums"]
                parts += ["transactions 1", "aof-base: ", "a manifest: a base, increments 1"]
                self.assert_says(FINE, [self.manifest], *parts)
                self.assert_says(FINE, [self.last_increment], "transactions 1")

    def test_a_torn_end_is_cut_off(self):
        for options in ({}, {"aof-checksum": "no"}, {"binary": oracle_binary()}):
            last = self.write_journal(**options)
            whole = last.read_bytes()
            for path in (last, self.manifest):
                with self.subTest(path=path.name, **options):
                    last.write_bytes(whole[:-7])
                    self.assert_says(DAMAGED, [path], "TORN: ", "by --fix", "is wrong")
                    self.assert_says(DAMAGED, ["--fix", path], "nothing was changed", answer="n\n")
                    self.assertEqual(last.read_bytes(), whole[:-7])
                    how = {"answer": "y\n"} if path == last else {}
                    words = ["--fix", path] if path == last else ["--fix", "--yes", path]
                    self.assert_says(FINE, words, "FIXED: the last", "all is fine", **how)
                    self.assertTrue(whole.startswith(last.read_bytes()))
                    self.assert_says(FINE, [path], "all is fine")
            with self.start(appendonly="yes", **{"aof-load-truncated": "no"}) as running:
                with running.connect() as control:
                    self.assertEqual(control.call("DBSIZE"), 19)

    def test_a_transaction_without_its_end(self):
        last = self.write_journal(**{"aof-checksum": "no"})
        whole = last.read_bytes()
        begun = resp.encode("MULTI") + resp.encode("SET", "a", "1")
        last.write_bytes(whole + begun)
        self.assert_says(FINE, ["--fix", "--yes", last], "a transaction without EXEC", "FIXED")
        self.assertEqual(last.read_bytes(), whole)

    def test_every_changed_byte_is_found(self):
        last = self.write_journal()
        whole = last.read_bytes()
        rng = random.Random(1)
        for at in range(0, len(whole), 64 if SLOW else 5):
            flipped = bytes([whole[at] ^ (1 << rng.randrange(8))])
            last.write_bytes(whole[:at] + flipped + whole[at + 1 :])
            self.assertEqual(self.check(self.manifest)[0], DAMAGED, at)

    def test_damage_in_the_middle_stays(self):
        last = self.write_journal()
        whole = last.read_bytes()
        at = whole.index(b"key 7") + 4
        damaged = whole[:at] + b"8" + whole[at + 1 :]
        last.write_bytes(damaged)
        offset = whole.rindex(b"#LSN", 0, at)
        wrong = f"DAMAGED: the checksum of the frame is wrong at offset {offset}"
        lost = f"would throw away {len(whole) - offset} bytes"
        good = f"it ends at offset {offset}"
        self.assert_says(DAMAGED, ["--fix", "--yes", self.manifest], wrong, lost, good)
        self.assertEqual(last.read_bytes(), damaged)

    def test_requests_that_the_server_does_not_take(self):
        last = self.write_journal(**{"aof-checksum": "no"})
        size = last.stat().st_size
        with last.open("ab") as file:
            file.write(resp.encode("SET", "a") + resp.encode("NOSUCH", "b"))
        first = f'a wrong number of arguments: "SET" "a" at offset {size}'
        self.assert_says(DAMAGED, [last], "2 requests that the server does not take", first)

    def test_records_are_counted_over_all_files(self):
        first = self.write_journal()
        shutil.copy(first, self.journal / "appendonly.aof.2.incr.aof")
        text = self.manifest.read_text().split("#")[0]
        self.manifest.write_text(text + "file appendonly.aof.2.incr.aof seq 2 type i\n")
        found = re.search(r"record (\d+) where (\d+) should be", self.check(self.manifest)[1])
        self.assertEqual(int(found[1]), 1)
        self.assertGreater(int(found[2]), 20)

    def test_a_torn_file_that_is_not_the_last_one(self):
        first = self.write_journal()
        whole = first.read_bytes()
        first.write_bytes(whole[:-3])
        (self.journal / "appendonly.aof.2.incr.aof").write_bytes(b"")
        text = self.manifest.read_text().split("#")[0]
        self.manifest.write_text(text + "file appendonly.aof.2.incr.aof seq 2 type i\n")
        words = ["--fix", "--yes", self.manifest]
        self.assert_says(DAMAGED, words, "it is not the last file of the journal")
        self.assertEqual(first.read_bytes(), whole[:-3])

    def test_a_manifest_that_is_none(self):
        last = self.write_journal()
        text = self.manifest.read_text()
        self.manifest.write_text(text.replace("seq 1 type i", "seq 2 type i"))
        self.assert_says(DAMAGED, [self.manifest], "the checksum is wrong")
        self.manifest.write_text(text)
        last.unlink()
        self.assert_says(DAMAGED, [self.manifest], last.name)

    def test_a_snapshot_with_a_journal_behind_it(self):
        """As Redis wrote them before 7."""
        self.write_journal()
        base = next(self.journal.glob("*.base.rdb"))
        old = pathlib.Path(self.file("old.aof"))
        old.write_bytes(base.read_bytes() + resp.encode("SELECT", 0) + resp.encode("SET", "a", 1))
        self.assert_says(FINE, [old], "behind the snapshot:", "requests 2")
        whole = old.read_bytes()
        old.write_bytes(whole[:-1])
        self.assert_says(FINE, ["--fix", "--yes", old], "FIXED")
        expected = base.read_bytes() + resp.encode("SELECT", 0)
        self.assertEqual(old.read_bytes(), expected)


class Arguments(CheckTest):
    def test_usage(self):
        for words in ([], ["--nosuch", "file"], ["--yes", "file"], ["--fix"]):
            self.assert_says(UNREADABLE, words, "Usage: thespis-check")
        self.assert_says(FINE, ["--help"], "Usage: thespis-check")
        self.assert_says(FINE, ["--version"], "thespis-check 0.")

    def test_what_cannot_be_read(self):
        self.assert_says(UNREADABLE, [self.file("missing.rdb")], "No such file or directory")
        self.assert_says(UNREADABLE, [self.directory], "ERROR: ")

    def test_the_worst_of_several_files_counts(self):
        empty, none = self.file("empty.aof", " "), self.file("none.rdb", "none of ours")
        pathlib.Path(empty).write_text("")
        self.assert_says(FINE, [empty], "requests 0")
        self.assert_says(DAMAGED, [empty, none, empty], "it is no RDB file")


if __name__ == "__main__":
    unittest.main()
