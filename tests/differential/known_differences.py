"""Where Thespis and redis-server 7.0.15 may differ, each with its reason.

Thespis answers as Redis 7.2.4 does, so most entries are what 7.2 changed. A rule names the
narrowest case that it explains: a rule that is too wide hides a bug.
"""

import dataclasses
import re

import compare


@dataclasses.dataclass(frozen=True)
class Rule:
    """`explains(step, theirs, ours)` gets the raw replies. `given(step, before)` is asked as well,
    where the replies alone do not say enough: `before` has the reference's replies to the earlier
    steps of the group, by their words, among them those that stream.evidence() adds.
    """

    name: str
    reason: str
    explains: object
    given: object = lambda step, before: True


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


def _another_function_exists(step, theirs, ours):
    exists = re.compile(rb"(?<=-ERR Function )\w+(?= already exists\r\n)")
    return step.name in ("FUNCTION", "EXEC") and exists.sub(b"", theirs) == exists.sub(b"", ours)


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


def _is_a(value_type):
    return lambda step, before: before.get((b"TYPE", step.words[2])) == b"+%s\r\n" % value_type


def _is_a_small_set(step, before):
    members = before.get((b"SCARD", step.words[2]), b"")
    return _is_a(b"set")(step, before) and int(members[1:]) <= 128  # set-max-listpack-entries


def _packed_set(step, theirs, ours):
    return (
        [word.upper() for word in step.words[:2]] == [b"OBJECT", b"ENCODING"]
        and theirs == b"$9\r\nhashtable\r\n"
        and ours == b"$8\r\nlistpack\r\n"
    )


def _small_list(step, theirs, ours):
    return (
        [word.upper() for word in step.words[:2]] == [b"OBJECT", b"ENCODING"]
        and theirs == b"$9\r\nquicklist\r\n"
        and ours == b"$8\r\nlistpack\r\n"
    )


def _smallest_integer_in_a_list(step, theirs, ours):
    return (
        step.name in ("LREM", "LPOS")
        and b"%d" % -(2**63) in step.words[2:]
        and ours.startswith(b"-ERR value is out of range, value must between -9223372036854775807 ")
    )


def _last_id_below_a_deleted_one(step, theirs, ours):
    return (
        step.name == "XSETID"
        and theirs.endswith(b"XSETID is smaller than the target stream top item\r\n")
        and ours.endswith(b"XSETID is smaller than current max_deleted_entry_id\r\n")
    )


def _unbalanced_streams(step, theirs, ours):
    return (
        step.name in ("XREAD", "XREADGROUP")
        and theirs.startswith(b"-ERR Unbalanced XREAD list of streams:")
        and ours.startswith(b"-ERR Unbalanced 'xread")
    )


_BIT_ARGUMENTS = (
    b"-ERR syntax error\r\n",
    b"-ERR value is not an integer or out of range\r\n",
    b"-ERR The bit argument must be 1 or 0.\r\n",
)


def _bit_arguments_before_the_key(step, theirs, ours):
    return (
        step.name in ("BITCOUNT", "BITPOS")
        and (theirs[:1] == b":" or theirs.startswith(b"-WRONGTYPE"))
        and ours in _BIT_ARGUMENTS
    )


def _counted_field_far_away(step, theirs, ours):
    return (
        step.name in ("BITFIELD", "BITFIELD_RO")
        and ours == b"-ERR bit offset is not an integer or out of range\r\n"
        and any(word[:1] == b"#" and len(word) > 17 for word in step.words)
    )


def _rank_with_score(step, theirs, ours):
    return (
        step.name in ("ZRANK", "ZREVRANK")
        and len(step.words) == 4
        and theirs.startswith(b"-ERR wrong number of arguments")
    )


def _silent_log(step, theirs, ours):
    return theirs.endswith(b"notice, warning\r\n") and ours == theirs.replace(
        b"warning\r\n", b"warning, nothing\r\n"
    )


RULES = [
    Rule(
        "another function exists",
        "Where several functions of a library exist already, the error names any of them.",
        _another_function_exists,
    ),
    Rule(
        "bit arguments",
        "Since 7.2 BITCOUNT and BITPOS check their arguments even if there is no such key.",
        _bit_arguments_before_the_key,
    ),
    Rule(
        "counted field",
        "The offset of a field #n is n times its width; Redis lets the product wrap around.",
        _counted_field_far_away,
    ),
    Rule(
        "smallest integer in a list",
        "Since 7.2 LREM and LPOS refuse -2^63, which has no counterpart, as count and as rank.",
        _smallest_integer_in_a_list,
    ),
    Rule(
        "small list",
        "Since 7.2 a list that fits into one listpack is one, and is called so.",
        _small_list,
        _is_a(b"list"),
    ),
    Rule(
        "memory of an expired key",
        "Redis measures keys that have expired and not been deleted yet; here they are gone.",
        _memory_of_an_expired_key,
    ),
    Rule(
        "whole float",
        "INCRBYFLOAT that yields a whole number is stored as an integer, which takes less memory.",
        _whole_float,
        _is_a(b"string"),
    ),
    Rule(
        "shared integer",
        "Redis shares the integers below 10000, and with them one access clock for many keys.",
        _shared_integer_idle_time,
    ),
    Rule(
        "packed set",
        "7.2 keeps small sets of strings in a listpack, 7.0 has hash tables only.",
        _packed_set,
        _is_a_small_set,
    ),
    Rule(
        "last ID below a deleted one",
        "Since 7.2 XSETID refuses an ID below the highest one that was deleted, and says so first.",
        _last_id_below_a_deleted_one,
    ),
    Rule(
        "unbalanced streams",
        "7.2 names the command that has not as many IDs as keys.",
        _unbalanced_streams,
    ),
    Rule("help", "HELP explains the same subcommands in our own words.", _help),
    Rule("version", "The version reported is 7.2.4, the oracle's is 7.0.15.", _version_text),
    Rule("silent log", "7.2 has the loglevel nothing, and names it in the error.", _silent_log),
    Rule("rank with score", "7.2 gave ZRANK and ZREVRANK one more argument.", _rank_with_score),
]
