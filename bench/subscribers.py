"""The program subscribers.cpp: compiled when it is needed, run on the load generator's core."""

import os
import pathlib
import select
import shutil
import subprocess

import server
import sides

SOURCE = pathlib.Path(__file__).with_name("subscribers.cpp")
PROGRAM = server.ROOT / "build/bench/subscribers"
FLAGS = ("-std=c++20", "-O2", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror")
SECONDS_MAX = 120.0


class Subscribers:
    """Running subscribers; they have subscribed once this exists. Usable in a `with` statement."""

    def __init__(self, port, connections, verb, topic, expected):
        """`expected` messages, over all connections together, are waited for."""
        words = [program(), port, connections, verb, topic, expected]
        self._process = subprocess.Popen(
            ["taskset", "-c", sides.LOAD_CORE, *map(str, words)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        self._expect(b"ready\n")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.communicate()

    def wait(self):
        """Returns when all of the expected messages have arrived."""
        self._expect(b"done\n")

    def _expect(self, line):
        answers = select.select([self._process.stdout], [], [], SECONDS_MAX)[0]
        said = self._process.stdout.readline() if answers else b"nothing"
        if said != line:
            self._process.kill()
            raise SystemExit(f"the subscribers say {said!r} instead of {line!r}")


def program():
    """The path of the program, which is compiled if it is older than its source."""
    if not PROGRAM.exists() or PROGRAM.stat().st_mtime < SOURCE.stat().st_mtime:
        PROGRAM.parent.mkdir(parents=True, exist_ok=True)
        compiler = os.environ.get("CXX") or shutil.which("g++")
        subprocess.run([compiler, *FLAGS, str(SOURCE), "-o", str(PROGRAM)], check=True)
    return PROGRAM
