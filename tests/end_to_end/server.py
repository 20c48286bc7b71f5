"""Starts a server for a test, watches it, and never leaves one behind.

Which server: the environment variable THESPIS_SERVER, or the binary of a build in this tree (the
release first). A redis-server works as well, it is only not given the options that Redis does not
know; the oracle of the differential test is started that way.

Each server runs in a directory of its own, listens on a free port of the loopback, writes its log
to a file there, and dies with the process that started it.
"""

import atexit
import ctypes
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import resp

ROOT = pathlib.Path(__file__).resolve().parents[2]
READY = "eady to accept connections"  # with and without a listening port
ONLY_THESPIS = ("threads", "partitions")
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None)
_running = set()
_chance = random.SystemRandom()


class StartFailed(Exception):
    """The server ended, or stayed silent, before it was ready. `code` and `log` say how."""

    def __init__(self, code, log):
        super().__init__(f"the server did not start (exit code {code}), its output:\n{log}")
        self.code = code
        self.log = log


def thespis_binary():
    """The server under test."""
    named = os.environ.get("THESPIS_SERVER")
    if named:
        found = shutil.which(named)
        if not found:
            raise SystemExit(f"THESPIS_SERVER names {named}, which is not an executable file")
        return found
    builds = [ROOT / "build/release/thespis-server", *sorted(ROOT.glob("build/*/thespis-server"))]
    for path in builds:
        if path.is_file() and os.access(path, os.X_OK):
            return str(path)
    raise SystemExit("no thespis-server found under build/: build first, or set THESPIS_SERVER")


def is_thespis(binary):
    return "redis" not in os.path.basename(binary)


def is_sanitized(binary):
    """True for a build with ASan or TSan, whose memory and speed say nothing."""
    content = pathlib.Path(binary).read_bytes()
    return b"__asan_init" in content or b"__tsan_init" in content


def free_port():
    """A port that nobody uses. Not one of those that the kernel gives to outgoing connections
    (from 32768 on), and by chance, so that test files which run at the same time do not meet.
    """
    while True:
        port = _chance.randrange(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("", port))
                return port
            except OSError:
                pass


def command_line(binary, options):
    """`options` maps names to values; a value may be a tuple of words. Underscores are dashes."""
    words = []
    for name, value in options.items():
        name = name.replace("_", "-")
        if name in ONLY_THESPIS and not is_thespis(binary):
            continue
        words.append("--" + name)
        words += [str(word) for word in (value if isinstance(value, tuple) else (value,))]
    return words


def _die_with_parent():
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Server:
    """One running server. Usable in a `with` statement."""

    def __init__(
        self,
        binary=None,
        first=(),
        pin=None,
        wrap=(),
        ready_seconds=30.0,
        stdin=None,
        wait_ready=True,
        environment=None,
        **options,
    ):
        """`first` are words before the options (a configuration file, for instance), `pin` the
        cores as taskset writes them, `wrap` a command to run the server under, `stdin` its input,
        `environment` variables beside those of this process.
        """
        self.binary = binary or thespis_binary()
        self.directory = tempfile.mkdtemp(prefix="thespis-test-")
        self.options = {"port": free_port(), "save": "", **options}
        self.port = int(self.options["port"])
        self.path = self.options.get("unixsocket")
        self.output = os.path.join(self.directory, "output.txt")
        words = (["taskset", "-c", pin] if pin else []) + list(wrap)
        words += [self.binary, *first, *command_line(self.binary, self.options)]
        self.started_at = time.monotonic()
        with open(self.output, "wb") as output:
            self.process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.directory,
                env={**os.environ, **(environment or {})},
                preexec_fn=_die_with_parent,
            )
        _running.add(self)
        if stdin is not None:
            self.process.stdin.write(stdin)
            self.process.stdin.close()
        if wait_ready:
            self._wait_ready(ready_seconds)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def pid(self):
        return self.process.pid

    def _wait_ready(self, seconds):
        deadline = time.monotonic() + seconds
        while READY not in self.log():
            code = self.process.poll()
            if code is not None or time.monotonic() > deadline:
                log = self.log()
                self.kill()
                raise StartFailed(code, log)
            time.sleep(0.002)

    def log(self):
        """Everything the server has written so far: its output, then its logfile if it has one."""
        texts = []
        for name in (self.output, self.options.get("logfile")):
            if name:
                path = pathlib.Path(self.directory, str(name))
                if path.exists():
                    texts.append(path.read_text(errors="replace"))
        return "".join(texts)

    def connect(self, **how):
        return resp.Connection(port=self.port, **how)

    def stop(self, with_signal=signal.SIGTERM, seconds=20.0):
        """Asks it to end and returns its exit code; kills it, and returns None, if it does not."""
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        code = self.wait(seconds)
        self.kill()
        return code

    def wait(self, seconds=20.0):
        """The exit code, or None if it still runs after that time."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        _running.discard(self)
        shutil.rmtree(self.directory, ignore_errors=True)

    def resident_bytes(self):
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) * 1024

    def cpu_seconds(self):
        """User plus system time of all its threads, with the scheduler's own precision."""
        scheduler_clock = 2
        return time.clock_gettime((~self.pid << 3) | scheduler_clock)


def run_to_end(words, seconds=10.0, binary=None, stdin=None, cwd=None):
    """Runs the server with exactly these words; returns (exit code, everything it wrote)."""
    done = subprocess.run(
        [binary or thespis_binary(), *map(str, words)],
        input=stdin,
        cwd=cwd,
        stdin=subprocess.DEVNULL if stdin is None else None,
        timeout=seconds,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        preexec_fn=_die_with_parent,
    )
    return done.returncode, done.stdout.decode(errors="replace")


@atexit.register
def _kill_all():
    for server in list(_running):
        server.kill()
