"""Transactions: MULTI, some requests and EXEC, many of them in a pipeline.

redis-benchmark sends one command again and again, so this sends prepared bytes from here, and knows
how many bytes come back.
"""

import dataclasses

import measure
import resp

TRANSACTIONS = 120_000
KEYS = 100_000
OK, QUEUED = b"+OK\r\n", b"+QUEUED\r\n"


@dataclasses.dataclass
class Kind:
    title: str
    requests: int
    rate_min: float = None
    watch: bool = False
    one_core: bool = True

    def request(self, number):
        return ("SET", f"key:{number % KEYS:012d}", "value")

    def transaction(self, seed):
        """The bytes of one, over keys that `seed` chooses."""
        watching = [resp.encode("WATCH", f"watched:{seed}")] if self.watch else []
        inner = [resp.encode(*self.request(seed + i * 104_729)) for i in range(self.requests)]
        return b"".join([*watching, resp.encode("MULTI"), *inner, resp.encode("EXEC")])

    def reply_bytes(self):
        head = OK * (2 if self.watch else 1) + b"*%d\r\n" % self.requests
        return len(head) + self.requests * len(QUEUED + OK)


KINDS = (
    Kind("MULTI, 10 × SET, EXEC, 1 core", 10, rate_min=1.3),
    Kind("WATCH, MULTI, 10 × SET, EXEC, 1 core", 10, watch=True),
    # A key here and a key there: with two partitions, half of them have to meet.
    Kind("MULTI, 2 × SET, EXEC, default threads", 2, rate_min=1.0, one_core=False),
)


def experiments():
    return [_row(kind) for kind in KINDS]


def _row(kind):
    def write(number):
        seeds = (number * 7919 + i * 31 for i in range(measure.PER_WRITE))
        return b"".join(kind.transaction(seed) for seed in seeds)

    return measure.prepared_load(
        f"{kind.title}, pipelined",
        "transaction",
        TRANSACTIONS,
        write,
        kind.reply_bytes(),
        rate_min=kind.rate_min,
        one_core=kind.one_core,
    )
