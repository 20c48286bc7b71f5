"""Where Thespis and redis-server 7.0.15 may differ, each with its reason.

Thespis answers as Redis 7.2.4 does, so most entries are what 7.2 changed. A rule names the
narrowest case that it explains: a rule that is too wide hides a bug.
"""

import dataclasses
import re

import compare


@dataclasses.dataclass(frozen=True)
class Rule:
    """`explains(step, theirs, ours)` gets the raw replies."""

    name: str
    reason: str
    explains: object


def _version_text(step, theirs, ours):
    if step.name not in ("INFO", "LOLWUT"):
        return False
    neutral = re.compile(rb"redis|thespis|\d+\.\d+\.\d+")
    lengths = re.compile(rb"\$\d+\r\n")
    return lengths.sub(b"", neutral.sub(b"", theirs)) == lengths.sub(b"", neutral.sub(b"", ours))


def _help(step, theirs, ours):
    return (
        len(step.words) > 1
        and step.words[1].upper() == b"HELP"
        and theirs[:1] == ours[:1] == b"*"
        and compare.help_text(compare.tree(theirs), compare.tree(ours))
    )


def _whole_float(step, theirs, ours):
    return (
        [word.upper() for word in step.words[:2]] == [b"OBJECT", b"ENCODING"]
        and theirs == b"$6\r\nembstr\r\n"
        and ours == b"$3\r\nint\r\n"
    )


def _shared_integer_idle_time(step, theirs, ours):
    return (
        [word.upper() for word in step.words[:2]] == [b"OBJECT", b"IDLETIME"]
        and theirs[:1] == ours[:1] == b":"
        and int(theirs[1:]) > int(ours[1:])
    )


def _memory_of_an_expired_key(step, theirs, ours):
    return (
        [word.upper() for word in step.words[:2]] == [b"MEMORY", b"USAGE"]
        and theirs[:1] == b":"
        and ours in (b"_\r\n", b"$-1\r\n")
    )


RULES = [
    Rule(
        "memory of an expired key",
        "Redis measures keys that have expired and not been deleted yet; here they are gone.",
        _memory_of_an_expired_key,
    ),
    Rule(
        "whole float",
        "INCRBYFLOAT that yields a whole number is stored as an integer, which takes less memory.",
        _whole_float,
    ),
    Rule(
        "shared integer",
        "Redis shares the integers below 10000, and with them one access clock for many keys.",
        _shared_integer_idle_time,
    ),
    Rule("help", "HELP explains the same subcommands in our own words.", _help),
    Rule("version", "The version reported is 7.2.4, the oracle's is 7.0.15.", _version_text),
]
