"""What a row of the comparison is: an experiment, run against one server, and its measures."""

import dataclasses
import time
import math

import sides


@dataclasses.dataclass(frozen=True)
class Measure:
    """One column pair of a row. The aim is a bound of the ratio, or of our own value."""

    name: str
    title: str
    digits: int = 2
    ratio_max: float = None
    ratio_min: float = None
    value_max: float = None

    def show(self, value):
        return f"{value:,.{self.digits}f}"

    def aim_text(self):
        bounds = (
            (self.ratio_max, "≤ {:g} ×"),
            (self.ratio_min, "≥ {:g} ×"),
            (self.value_max, "≤ {:g}"),
        )
        return ", ".join(text.format(bound) for bound, text in bounds if bound is not None) or "–"

    def verdict(self, ours, theirs, ratios):
        """yes or no, by the medians; where single rounds disagree with a no, it says so."""
        if self.aim_text() == "–":
            return "–"
        if self._is_kept(ours, ours / theirs if theirs else math.inf):
            return "yes"
        doubtful = any(self._is_kept(ours, ratio) for ratio in ratios)
        return "no, within the spread" if doubtful else "**no**"

    def _is_kept(self, value, ratio):
        return (
            (self.ratio_max is None or ratio <= self.ratio_max)
            and (self.ratio_min is None or ratio >= self.ratio_min)
            and (self.value_max is None or value <= self.value_max)
        )


@dataclasses.dataclass(frozen=True)
class Experiment:
    name: str
    measures: tuple
    run: object  # (side, arguments) -> {measure name: value}
    rounds_max: int = 1000
    load: sides.Load = None  # of rows that are a load on one core; so bench/instructions has it too
    prepare: object = None  # (connection, load, arguments): what has to be there before each round


def load_on_one_core(name, load, prepare, rate_min=None, cpu_max=None):
    """The row of a load that redis-benchmark puts on a server with one core."""

    def run(side, arguments):
        running = side.kept(one_core=True)
        scaled = load.scaled(arguments.scale)
        with running.connect(timeout=120) as connection:
            prepare(connection, scaled, arguments)
        sides.settle(running)
        return sides.throughput(running, scaled, arguments)

    measures = (
        Measure("rps", "requests/s", 0, ratio_min=rate_min),
        Measure("cpu", "CPU µs per request", 3, ratio_max=cpu_max),
    )
    return Experiment(name, measures, run, load=load, prepare=prepare)


# -- prepared bytes to several connections ---------------------------------------------------------

CONNECTIONS = 8
PER_WRITE = 16


def prepared_load(
    name, unit, total, write, reply_bytes, rate_min=None, one_core=True, prepare=None
):
    """A row for what redis-benchmark cannot send: prepared bytes go to several connections at once.

    `unit`: what is counted, "transaction"; `write(number)`: the bytes of PER_WRITE of them for
    connection `number`; `reply_bytes`: of the replies to one; `prepare(client)`: before the first.
    """

    def run(side, arguments):
        running = side.kept(one_core=one_core)
        rounds = max(1, int(total * arguments.scale) // (CONNECTIONS * PER_WRITE))
        clients = [running.connect(timeout=120) for _ in range(CONNECTIONS)]
        if prepare:
            prepare(clients[0])
        writes = [write(number) for number in range(CONNECTIONS)]
        before, began = running.cpu_seconds(), time.monotonic()
        for _ in range(rounds):
            for client, data in zip(clients, writes):
                client.send(data)
            for client in clients:
                _skip(client, PER_WRITE * reply_bytes)
        took, spent = time.monotonic() - began, running.cpu_seconds() - before
        for client in clients:
            client.close()
        done = rounds * CONNECTIONS * PER_WRITE
        return {"rps": done / took, "cpu": spent / done * 1e6}

    measures = (
        Measure("rps", f"{unit}s/s", 0, ratio_min=rate_min),
        Measure("cpu", f"CPU µs per {unit}", 2),
    )
    return Experiment(name, measures, run)


def _skip(client, count):
    """Takes so many bytes of replies, unread."""
    while count > 0:
        got = len(client.socket.recv(min(count, 1 << 20)))
        if got == 0:
            raise SystemExit("the server closed the connection")
        count -= got
