"""What another client feels while a million keys expire.

An open loop: one GET is due every millisecond, and its latency counts from when it was due, so a
stall is felt by everyone who would have come during it.
"""

import os
import time

import resp
import sides

PERIOD_S = 0.001
SECONDS_MIN, SECONDS_MAX = 1.0, 20.0  # how long others are watched
COUNT_EVERY = 10  # requests between two looks at DBSIZE


def watch_expiry(port, ends_at_s):
    """{gone: seconds from the end of life until DBSIZE is 0, p99 and max: ms of GETs meanwhile}"""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {int(sides.LOAD_CORE)})
    try:
        with resp.Connection(port=port) as client, resp.Connection(port=port) as counter:
            time.sleep(max(0.0, ends_at_s - time.time() - 0.1))
            return _probe(client, counter, ends_at_s)
    finally:
        os.sched_setaffinity(0, allowed)


def _probe(client, counter, ends_at_s):
    request = resp.encode("GET", "no such key")
    latencies = []
    gone = None
    due = time.monotonic()
    number = 0
    while (gone is None or time.time() - ends_at_s < SECONDS_MIN) and (
        time.time() - ends_at_s < SECONDS_MAX
    ):
        _sleep_until(due)
        client.send(request)
        client.read()
        if time.time() >= ends_at_s:
            latencies.append((time.monotonic() - due) * 1e3)
        due += PERIOD_S
        number += 1
        if gone is None and number % COUNT_EVERY == 0 and time.time() >= ends_at_s:
            if counter.call("DBSIZE") == 0:
                gone = time.time() - ends_at_s
    latencies.sort()
    return {
        "gone": gone or SECONDS_MAX,
        "p99": latencies[int(len(latencies) * 0.99)],
        "max": latencies[-1],
    }


def latencies(port, is_over, seconds_max):
    """ms of GETs, sorted, until `is_over()`, which is asked now and then."""
    request = resp.encode("GET", "no such key")
    found = []
    with resp.Connection(port=port) as client:
        began = due = time.monotonic()
        while time.monotonic() - began < seconds_max:
            _sleep_until(due)
            client.send(request)
            client.read()
            found.append((time.monotonic() - due) * 1e3)
            due += PERIOD_S
            if len(found) % COUNT_EVERY == 0 and is_over():
                break
    return sorted(found)


def _sleep_until(due):
    while (left := due - time.monotonic()) > 0:
        if left > 0.0003:
            time.sleep(left - 0.0002)
