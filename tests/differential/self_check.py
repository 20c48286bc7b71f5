"""The comparison must be able to fail: redis-server against itself through a proxy that lies.

The proxy turns one value into another in what the server answers. The replay has to notice, and to
reduce the stream to the two steps that show it.
"""

import socket
import threading

import replay
import server
import stream

TRUE, LIE = b"$5\r\ntruth\r\n", b"$5\r\na lie\r\n"


def run(binary):
    """Raises AssertionError if a lie goes unnoticed."""
    with server.Server(binary=binary) as honest:
        proxy_port = _start_proxy(honest.port)
        session = replay.Replay(honest.port, proxy_port, protocol=2)
        steps = [_numbered(group, "SET", "noise", group) for group in range(50)]
        steps[20] = _numbered(20, "SET", "k", "truth")
        steps[40] = _numbered(40, "GET", "k")
        found = list(session.differences(steps))
        session.close()
    shown = [step.words for difference in found for step in difference.steps]
    assert shown == [(b"SET", b"k", b"truth"), (b"GET", b"k")], f"the comparison is broken: {shown}"


def _numbered(group, *words):
    return stream.do(*words, group=group)


def _start_proxy(port):
    listener = socket.create_server(("127.0.0.1", 0))

    def accept():
        while True:
            client, _ = listener.accept()
            upstream = socket.create_connection(("127.0.0.1", port))
            threading.Thread(target=_copy, args=(client, upstream, False), daemon=True).start()
            threading.Thread(target=_copy, args=(upstream, client, True), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


def _copy(source, target, lying):
    try:
        while data := source.recv(65536):
            target.sendall(data.replace(TRUE, LIE) if lying else data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass
