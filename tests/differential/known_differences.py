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


RULES = [
    Rule("help", "HELP explains the same subcommands in our own words.", _help),
    Rule("version", "The version reported is 7.2.4, the oracle's is 7.0.15.", _version_text),
]
