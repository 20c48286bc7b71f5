"""Plays one stream to the reference and to the server under test, and finds where they part.

Replies are read as raw bytes. Steps are sent in batches, so that pipelining is part of the test. On
an unexplained difference the prefix that led to it is made as short as possible: steps are left out
while the last one still differs (delta debugging, bounded by time).
"""

import dataclasses
import itertools
import pathlib
import socket
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "end_to_end"))

import compare
import known_differences
import resp

BATCH_STEPS = 40
SHRINK_SECONDS = 6.0
REPLY_SECONDS = 10.0
STEPS_SHOWN = 30


@dataclasses.dataclass
class Difference:
    """Where they part: the steps up to there, and both replies to the last one."""

    steps: list
    theirs: bytes
    ours: bytes
    rest: list = dataclasses.field(default_factory=list)  # sent in the same write

    def text(self):
        lines = [f"    {step.text()}" for step in self.steps[-STEPS_SHOWN:]]
        if len(self.steps) > STEPS_SHOWN:
            lines.insert(
                0, f"    ({len(self.steps) - STEPS_SHOWN} steps before these are not shown)"
            )
        if self.ours == compare.CLOSED and self.rest:
            lines.append("    (sent in the same write, so one of these may be the cause:)")
            lines += [f"    {step.text()}" for step in self.rest]
        return "\n".join(
            lines + [f"  reference: {abridged(self.theirs)}", f"  thespis:   {abridged(self.ours)}"]
        )

    def kind(self):
        """Differences of one kind are reported once."""
        step = self.steps[-1]
        return (
            step.name,
            self.theirs[:1],
            self.ours[:1],
            self.theirs[:40] if self.theirs[:1] == b"-" else b"",
        )


def abridged(raw, limit=1500):
    return repr(raw) if len(raw) <= limit else f"{raw[:limit]!r}… ({len(raw)} bytes)"


class Side:
    """One of the two servers, with its two connections."""

    def __init__(self, port, protocol):
        self.port = port
        self.protocol = protocol
        self.connections = {}

    def reset(self):
        """An empty server and new connections."""
        self.drop()
        with resp.Connection(port=self.port) as connection:
            connection.call("FLUSHALL")
            connection.call("FUNCTION", "FLUSH")

    def drop(self):
        for connection in self.connections.values():
            connection.close()
        self.connections.clear()

    def connection(self, number):
        if number not in self.connections:
            self.connections[number] = resp.Connection(
                port=self.port, protocol=self.protocol, timeout=REPLY_SECONDS
            )
        return self.connections[number]

    def send(self, steps):
        """Writes a batch for one connection."""
        connection = self.connection(steps[0].connection)
        data = b"".join(s.raw if s.raw is not None else resp.encode(*s.words) for s in steps)
        try:
            connection.send(data)
        except OSError:
            pass  # the reads will find it closed

    def receive(self, steps):
        """The raw replies of a batch, one entry per step."""
        number = steps[0].connection
        replies = []
        broken = None
        for step in steps:
            if broken is None:
                try:
                    replies.append(self.receive_one(step))
                    continue
                except (resp.Closed, ConnectionError):
                    broken = compare.CLOSED
                except socket.timeout:
                    broken = compare.SILENT
                except ValueError as nonsense:
                    broken = b"<not a reply: %s>" % str(nonsense).encode()
                self.connections.pop(number).close()
            replies.append(broken)
        if broken is None and ends_connection(steps[-1], replies[-1]):
            if not self.is_closed(number):
                replies[-1] += b"<and the connection stays open>"
            self.connections.pop(number).close()
        return replies

    def receive_one(self, step):
        connection = self.connection(step.connection)
        return b"".join(connection.read_raw() for _ in range(step.replies))

    def is_closed(self, number):
        try:
            return self.connection(number).read_until_closed() == b""
        except socket.timeout:
            return False

    def scan(self, step):
        """The set of elements of a complete iteration, or the raw error."""
        words = list(step.words)
        connection = self.connection(step.connection)
        seen = set()
        for _ in range(100_000):
            connection.write(*words)
            raw = connection.read_raw()
            if raw[:1] != b"*":
                return raw
            (_, (cursor, page)) = compare.tree(raw)
            seen.update(repr(element) for element in page[1])
            words[step.cursor_at] = cursor[1]
            if cursor[1] == b"0":
                return "\n".join(sorted(seen)).encode()
        return b"<the iteration does not end>"


def ends_connection(step, reply):
    return reply.startswith(b"-ERR Protocol error") or (step.name == "QUIT" and reply[:1] == b"+")


class Replay:
    """Both servers under one protocol version."""

    def __init__(self, their_port, our_port, protocol):
        self.theirs = Side(their_port, protocol)
        self.ours = Side(our_port, protocol)
        self.explained = {}
        self.sent = 0

    def close(self):
        self.theirs.drop()
        self.ours.drop()

    def differences(self, steps, found_max=10):
        """Yields shrunk differences; after each one both servers start empty again."""
        kinds = set()
        at = 0
        while at < len(steps) and len(kinds) < found_max:
            found = self.first_difference(steps[at:])
            if found is None:
                return
            index, difference = found
            if difference.kind() not in kinds:
                kinds.add(difference.kind())
                try:
                    difference = self.shrink(difference)
                except OSError:
                    pass  # the server is gone; then the steps that killed it are worth more
                yield difference
            at += index + 1

    def first_difference(self, steps):
        """(index, Difference) of the first unexplained one, from an empty state, or None."""
        self.theirs.reset()
        self.ours.reset()
        at = 0
        group, before = None, {}
        for batch in batches(steps):
            for offset, (step, theirs, ours) in enumerate(zip(batch, *self.play(batch))):
                self.sent += 1
                if step.group != group:
                    group, before = step.group, {}
                if not self.same(step, theirs, ours, before):
                    until = steps[: at + offset + 1]
                    return at + offset, Difference(until, theirs, ours, batch[offset + 1 :])
                before[step.words] = theirs
            at += len(batch)
        return None

    def play(self, batch):
        if batch[0].pause_ms:
            time.sleep(batch[0].pause_ms / 1000)
            return [b""], [b""]
        if batch[0].scan:
            return [self.theirs.scan(batch[0])], [self.ours.scan(batch[0])]
        self.theirs.send(batch)
        self.ours.send(batch)
        return self.theirs.receive(batch), self.ours.receive(batch)

    def same(self, step, theirs, ours, before):
        """`before`: what the reference replied to the earlier steps of the group."""
        if theirs == ours:
            return True
        if (
            not step.scan
            and step.replies == 1
            and compare.equal(step.how, compare.tree(theirs), compare.tree(ours))
        ):
            return True
        for rule in known_differences.RULES:
            if rule.explains(step, theirs, ours) and rule.given(step, before):
                self.explained[rule.name] = self.explained.get(rule.name, 0) + 1
                return True
        return False

    def shrink(self, difference):
        """The difference with as few groups of steps before it as the time allows."""
        deadline = time.monotonic() + SHRINK_SECONDS
        groups = [
            list(group) for _, group in itertools.groupby(difference.steps, lambda step: step.group)
        ]
        last = groups.pop()
        size = max(1, len(groups) // 2)
        while groups and time.monotonic() < deadline:
            for start in range(0, len(groups), size):
                fewer = groups[:start] + groups[start + size :]
                steps = [step for group in fewer for step in group] + last
                found = self.first_difference(steps)
                if found and found[0] == len(steps) - 1:
                    groups, difference = fewer, found[1]
                    break
                if time.monotonic() > deadline:
                    break
            else:
                if size == 1:
                    break
                size = max(1, size // 2)
        return difference


def batches(steps):
    """Neighbours that can be sent in one write. The size cuts only between groups: a connection
    that closes in the middle of a batch takes the rest of it along, which must not tear a group.
    """
    batch = []
    for step in steps:
        full = len(batch) >= BATCH_STEPS and batch[-1].group != step.group
        if batch and (
            full or is_alone(step) or is_alone(batch[-1]) or batch[-1].connection != step.connection
        ):
            yield batch
            batch = []
        batch.append(step)
    if batch:
        yield batch


def is_alone(step):
    return step.scan or step.pause_ms or step.raw is not None
