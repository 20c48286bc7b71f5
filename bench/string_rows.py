"""Strings: GET, SET, INCR and MSET of redis-benchmark, on one core and with default threads."""

import fill
import sides
from measure import Experiment, Measure, load_on_one_core

#: requests of one run, chosen for about two seconds on a machine of 2020
REQUESTS = {1: 200_000, 16: 1_600_000, 64: 2_400_000}
MSET_SHARE = 0.2

#: the aims at each pipeline: requests/s at least, CPU per request at most, as ratios
_AIMS = {1: (None, 1.0), 16: (1.4, 0.70), 64: (None, 0.55)}


def experiments():
    return [*_one_core(), *_all_cores()]


def _one_core():
    for pipeline, (rate_min, cpu_max) in _AIMS.items():
        for test in ("get", "set", "incr", "mset"):
            title = test.upper() + (" (10 keys)" if test == "mset" else "")
            yield load_on_one_core(
                f"{title}, pipeline {pipeline}, 1 core",
                _load(test, pipeline),
                _all_keys,
                rate_min,
                cpu_max,
            )


def _all_cores():
    for test in ("get", "set"):
        yield Experiment(
            f"{test.upper()}, pipeline 1, default threads",
            (
                Measure("rps", "requests/s", 0, ratio_min=1.0),
                Measure("p50", "p50 ms", 3, ratio_max=1.0),
                Measure("p99", "p99 ms", 3),
            ),
            _latency(test, 1),
        )
        yield Experiment(
            f"{test.upper()}, pipeline 16, default threads",
            (
                Measure("rps", "requests/s", 0),
                Measure("p50", "p50 ms", 3, ratio_max=0.6),
                Measure("p99", "p99 ms", 3),
            ),
            _latency(test, 16),
        )


def _latency(test, pipeline):
    def run(side, arguments):
        running = side.kept(one_core=False)
        load = _load(test, pipeline).scaled(arguments.scale)
        with running.connect(timeout=120) as connection:
            _all_keys(connection, load, arguments)
        figures = sides.benchmark(running.port, load, arguments, pinned=False)
        return {
            "rps": figures["rps"],
            "p50": figures["p50_latency_ms"],
            "p99": figures["p99_latency_ms"],
        }

    return run


def _load(test, pipeline):
    share = MSET_SHARE if test == "mset" and pipeline > 1 else 1.0
    return sides.Load(test, pipeline, int(REQUESTS[pipeline] * share))


def _all_keys(connection, _, arguments):
    """All keys of the benchmark, so that GET finds something."""
    if connection.call("GET", f"key:{arguments.keyspace - 1:012d}") is None:
        fill.strings(connection, arguments.keyspace, lambda n: (b"key:%012d" % n, b"xxx"))
