"""Fills a server as fast as Python can: prepared pipelines, and replies that are hardly read."""

import itertools

import resp

BATCH = 2000  # SETs in one pipeline
WORDS_MAX = 1000  # of the elements of one command
BYTES_IN_FLIGHT = 1 << 16  # of commands whose replies have not been read
OK = b"+OK\r\n"


def strings(connection, count, words):
    """SETs `count` keys; `words(n)` is what follows SET for the n-th. Each answer must be OK."""
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        connection.send(b"".join(encode((b"SET", *words(n))) for n in numbers))
        _expect_ok(connection, len(numbers))


def collection(connection, command, elements):
    """Puts `elements`, each a tuple of words, into one key with few, long commands."""
    commands(connection, long_commands(command, elements))


def long_commands(command, elements):
    """The words of the commands that put all elements, `command` before each thousand of words."""
    elements = iter(elements)
    first = next(elements, None)
    while first is not None:
        share = itertools.islice(elements, WORDS_MAX // len(first) - 1)
        yield (*command, *first, *itertools.chain.from_iterable(share))
        first = next(elements, None)


def commands(connection, all_words):
    """Runs commands that reply with one integer each."""
    send(connection, map(encode, all_words))


def send(connection, encoded):
    """Runs encoded commands that reply with one integer each."""
    unread, size = 0, 0
    for data in encoded:
        connection.send(data)
        unread, size = unread + 1, size + len(data)
        if size > BYTES_IN_FLIGHT:
            _expect_integers(connection, unread)
            unread, size = 0, 0
    _expect_integers(connection, unread)


def entries(connection, key, all_words):
    """Adds entries to a stream; the words begin with the ID."""
    all_words = iter(all_words)
    while batch := list(itertools.islice(all_words, BATCH // 4)):
        connection.send(b"".join(encode((b"XADD", key, *words)) for words in batch))
        for _ in batch:
            reply = connection.read()
            if not isinstance(reply, bytes):
                raise RuntimeError(f"XADD was refused: {reply!r}")


def encode(words):
    """One command, from words that are bytes."""
    parts = [b"*%d\r\n" % len(words)]
    parts += [b"$%d\r\n%b\r\n" % (len(word), word) for word in words]
    return b"".join(parts)


def _expect_ok(connection, count):
    missing = count * len(OK)
    answer = bytearray()
    while missing > len(answer):
        data = connection.socket.recv(1 << 16)
        if not data:
            raise resp.Closed(bytes(answer[:100]))
        answer += data
    if answer != OK * count:
        raise RuntimeError(f"SET was refused: {bytes(answer[:200])!r}")


def _expect_integers(connection, count):
    for _ in range(count):
        reply = connection.read()
        if not isinstance(reply, int):
            raise RuntimeError(f"a command was refused: {reply!r}")
