"""A raw RESP2/RESP3 connection: what a test needs that a client library hides.

It sends any bytes, whole commands or parts of one, and reads replies either as Python values or as
the untouched bytes of exactly one reply. It never raises for an error reply (an error is a value
that a test compares), never reconnects and never sends anything by itself.

    simple string  Simple (a str)        null            None
    error          Error (a str)         double          float
    bulk string    bytes                 boolean         bool
    integer        int                   big number      BigNumber (an int)
    array          list                  verbatim        Verbatim (bytes, with .format)
    map            dict, or Pairs where a key cannot be hashed
    set            set, or list where an element cannot be hashed
    push           Push (a list)
"""

import socket
import time


class Closed(Exception):
    """The server closed the connection before the reply was complete."""


class Simple(str):
    """A simple string reply, such as OK."""


class Error(str):
    """An error reply, without the leading minus."""


class BigNumber(int):
    """A RESP3 big number."""


class Push(list):
    """An out-of-band RESP3 message."""


class Pairs(list):
    """A RESP3 map whose keys cannot be hashed: a list of (key, value)."""


class Verbatim(bytes):
    """A RESP3 verbatim string; `format` holds its three letters."""

    format = "txt"


def encode(*arguments):
    """The bytes of one command as a multibulk request."""
    parts = [b"*%d\r\n" % len(arguments)]
    for argument in arguments:
        data = to_bytes(argument)
        parts.append(b"$%d\r\n%s\r\n" % (len(data), data))
    return b"".join(parts)


def to_bytes(argument):
    """bytes as they are, everything else by its text."""
    if isinstance(argument, (bytes, bytearray)):
        return bytes(argument)
    return str(argument).encode()


class Connection:
    """One socket to the server, by port or by the path of a Unix socket."""

    def __init__(self, port=None, path=None, host="127.0.0.1", protocol=2, timeout=20.0):
        if path is not None:
            self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.socket.settimeout(timeout)
            self.socket.connect(path)
        else:
            self.socket = socket.create_connection((host, port), timeout=timeout)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = bytearray()
        self._at = 0
        if protocol != 2:
            self.call("HELLO", protocol)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    # -- sending ---------------------------------------------------------------------------------

    def send(self, data):
        """Sends raw bytes."""
        self.socket.sendall(data)

    def write(self, *arguments):
        """Sends one command and reads nothing."""
        self.socket.sendall(encode(*arguments))

    def call(self, *arguments):
        """Sends one command and returns its reply."""
        self.write(*arguments)
        return self.read()

    def pipeline(self, commands):
        """Sends all commands in one piece and returns the list of their replies."""
        commands = list(commands)
        self.send(b"".join(encode(*command) for command in commands))
        return [self.read() for _ in commands]

    # -- reading ---------------------------------------------------------------------------------

    def read(self):
        """The next reply as a value."""
        value = self._value()
        self._forget()
        return value

    def read_raw(self):
        """The next reply as the bytes that arrived."""
        start = self._at
        self._value()
        raw = bytes(self._buffer[start : self._at])
        self._forget()
        return raw

    def read_until_closed(self):
        """Everything that still arrives before the server closes the connection."""
        try:
            while self._fill():
                pass
        except ConnectionResetError:
            pass
        rest = bytes(self._buffer[self._at :])
        self._at = len(self._buffer)
        return rest

    def is_silent(self, seconds):
        """True if nothing arrives, and nothing is closed, within that time."""
        if self._at < len(self._buffer):
            return False
        before = self.socket.gettimeout()
        self.socket.settimeout(seconds)
        try:
            self._fill()
            return False
        except socket.timeout:
            return True
        finally:
            self.socket.settimeout(before)

    def read_until_closed_soon(self, seconds=0.2):
        """True if the server closes the connection within that time."""
        before = self.socket.gettimeout()
        self.socket.settimeout(seconds)
        try:
            self.read_until_closed()
            return True
        except socket.timeout:
            return False
        finally:
            self.socket.settimeout(before)

    def _fill(self):
        data = self.socket.recv(1 << 18)
        self._buffer += data
        return len(data)

    def _forget(self):
        if self._at == len(self._buffer):
            self._buffer.clear()
            self._at = 0
        elif self._at > 1 << 20:
            del self._buffer[: self._at]
            self._at = 0

    def _line(self):
        search_from = self._at
        while True:
            end = self._buffer.find(b"\r\n", search_from)
            if end >= 0:
                line = bytes(self._buffer[self._at : end])
                self._at = end + 2
                return line
            search_from = max(self._at, len(self._buffer) - 1)
            if not self._fill():
                raise Closed(bytes(self._buffer[self._at :]))

    def _exactly(self, count):
        while len(self._buffer) - self._at < count + 2:
            if not self._fill():
                raise Closed(bytes(self._buffer[self._at : self._at + 100]))
        data = bytes(self._buffer[self._at : self._at + count])
        if self._buffer[self._at + count : self._at + count + 2] != b"\r\n":
            raise ValueError("a bulk string does not end with CR LF")
        self._at += count + 2
        return data

    def _value(self):
        line = self._line()
        kind, rest = line[:1], line[1:]
        reader = _readers.get(kind)
        if reader is None:
            raise ValueError(f"no reply starts like this: {line[:60]!r}")
        return reader(self, rest)

    def _bulk(self, rest):
        length = int(rest)
        return None if length < 0 else self._exactly(length)

    def _array(self, rest):
        count = int(rest)
        return None if count < 0 else [self._value() for _ in range(count)]

    def _map(self, rest):
        pairs = Pairs((self._value(), self._value()) for _ in range(int(rest)))
        try:
            return dict(pairs)
        except TypeError:
            return pairs

    def _set(self, rest):
        elements = [self._value() for _ in range(int(rest))]
        try:
            return set(elements)
        except TypeError:
            return elements

    def _verbatim(self, rest):
        data = self._exactly(int(rest))
        text = Verbatim(data[4:])
        text.format = data[:3].decode()
        return text

    def _null(self, rest):
        if rest:
            raise ValueError(f"a null with content: {rest!r}")
        return None


_readers = {
    b"+": lambda _, rest: Simple(rest.decode("utf-8", "replace")),
    b"-": lambda _, rest: Error(rest.decode("utf-8", "replace")),
    b":": lambda _, rest: int(rest),
    b"$": Connection._bulk,
    b"*": Connection._array,
    b"_": Connection._null,
    b"%": Connection._map,
    b"~": Connection._set,
    b">": lambda self, rest: Push(self._array(rest)),
    b",": lambda _, rest: float(rest),
    b"#": lambda _, rest: {b"t": True, b"f": False}[rest],
    b"(": lambda _, rest: BigNumber(rest),
    b"=": Connection._verbatim,
}


def wait_until(condition, seconds=10.0, step=0.01):
    """Polls until `condition()` is true; returns its last value, also when the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value or time.monotonic() > deadline:
            return value
        time.sleep(step)
