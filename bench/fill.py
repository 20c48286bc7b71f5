"""Fills a server with keys as fast as Python can: prepared pipelines, answers counted unread."""

import resp

BATCH = 2000
OK = b"+OK\r\n"


def fill(connection, count, words):
    """SETs `count` keys; `words(n)` is what follows SET for the n-th. Each answer must be OK."""
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        connection.send(b"".join(_command(words(n)) for n in numbers))
        _expect_ok(connection, len(numbers))


def _command(words):
    parts = [b"*%d\r\n$3\r\nSET\r\n" % (len(words) + 1)]
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
