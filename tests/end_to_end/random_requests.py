"""Requests of all families of keys, as the differential tests make them, none of which waits."""

import importlib
import pathlib
import sys

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1] / "differential"))
import stream  # noqa: E402

FAMILIES = ("string", "list", "set", "zset", "hash", "stream", "generic", "bitmap", "hyperloglog")
LEFT_OUT = (
    b"BLPOP",
    b"BRPOP",
    b"BLMOVE",
    b"BLMPOP",
    b"BRPOPLPUSH",
    b"BZPOPMIN",
    b"BZPOPMAX",
    b"BZMPOP",
    b"XREAD",
    b"XREADGROUP",
    b"SELECT",
)


def generate(seed, count):
    """About so many; the same ones for the same seed."""
    words = stream.Words(seed)
    families = [importlib.import_module("families." + name).steps for name in FAMILIES]
    steps = []
    while len(steps) < count:
        made = words.random.choice(families)(words)
        steps += made if isinstance(made, list) else [made]
    return [
        step.words
        for step in steps
        if step.words
        and step.raw is None
        and step.replies == 1
        and not step.pause_ms
        and step.connection == 0
        and step.words[0].upper() not in LEFT_OUT
    ]
