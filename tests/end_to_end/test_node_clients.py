"""The libraries of Node.js that people use: node-redis, ioredis, and BullMQ on top of each of them.

What they try stands in tests/node/*.js. Their exact versions are in tests/node/package.json; npm
installs them once into the build folder (THESPIS_NODE), for which it needs the network. The
scenarios run with Thespis and, but for those of BullMQ, also with redis-server, where one is
installed.
"""

import os
import pathlib
import re
import shutil
import subprocess
import unittest

import server
from suite import ServerTest, oracle_binary

SCRIPTS = server.ROOT / "tests/node"
OFFLINE = r"\b(EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ENOTFOUND|ETIMEDOUT|SELF_SIGNED_CERT_IN_CHAIN)\b"
SECONDS = 120.0


def setUpModule():
    for program in ("node", "npm"):
        if not shutil.which(program):
            raise unittest.SkipTest(f"there is no {program}: scripts/install_packages test")
    install_libraries()


def build_folder():
    return pathlib.Path(os.environ.get("THESPIS_NODE", server.ROOT / "build/node"))


def install_libraries():
    """Has npm install what package.json names, unless that was done before."""
    folder, wanted = build_folder(), (SCRIPTS / "package.json").read_text()
    stamp = folder / "installed.json"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text(wanted)
    options = ["--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"]
    options += ["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--prefix", str(folder)]
    code, text = run("npm", "install", *options)
    if code != 0 and (reason := re.search(OFFLINE, text)):
        raise unittest.SkipTest(f"npm does not reach its registry: {reason[0]}")
    if code != 0:
        raise AssertionError(f"npm cannot install the libraries:\n{text}")
    stamp.write_text(wanted)


def run(*words):
    """(exit code, everything the program wrote); a program that hangs is killed."""
    try:
        done = subprocess.run(
            words,
            cwd=SCRIPTS,
            env={**os.environ, "NODE_PATH": str(build_folder() / "node_modules")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as hanging:
        return None, f"after {SECONDS} s:\n{(hanging.output or b'').decode(errors='replace')}"
    return done.returncode, done.stdout.decode(errors="replace")


class Scripts:
    """Runs a script against the server that the classes at the end start."""

    def run_script(self, name, *words):
        port = str(self.server.port)
        code, text = run("node", "--test-reporter=spec", f"{name}.js", port, *words)
        self.assertEqual(code, 0, text)
        self.assertRegex(text, r"(?m)^ℹ pass [1-9]")


class Clients(Scripts):
    def test_node_redis(self):
        self.run_script("node_redis")

    def test_ioredis(self):
        self.run_script("ioredis")


class LuaScripts(Scripts):
    def test_scripts_of_ioredis(self):
        self.run_script("ioredis_scripts")


class JobQueues(Scripts):
    """BullMQ: every step of a job is a script, over a dozen keys of all types."""

    def test_jobs_of_bullmq(self):
        self.run_script("bullmq_jobs", "ioredis")

    def test_what_has_to_wait_in_bullmq(self):
        self.run_script("bullmq_time", "ioredis")

    def test_flows_and_events_of_bullmq(self):
        self.run_script("bullmq_flows", "ioredis")


class JobQueuesOverNodeRedis(Scripts):
    def test_jobs_of_bullmq_over_node_redis(self):
        self.run_script("bullmq_jobs", "redis")

    def test_what_has_to_wait_in_bullmq_over_node_redis(self):
        self.run_script("bullmq_time", "redis")

    def test_flows_and_events_of_bullmq_over_node_redis(self):
        self.run_script("bullmq_flows", "redis")


class Caching(Scripts):
    def test_client_side_caching_of_node_redis(self):
        self.run_script("node_redis_caching")


class Thespis(Clients, LuaScripts, JobQueues, JobQueuesOverNodeRedis, Caching, ServerTest):
    pass


class OnePartition(LuaScripts, JobQueues, ServerTest):
    OPTIONS = {"threads": 1, "partitions": 1}


@unittest.skipUnless(oracle_binary(), "no redis-server is installed")
class Reference(Clients, LuaScripts, Caching, ServerTest):
    OPTIONS = {"binary": oracle_binary()}
