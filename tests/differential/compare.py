"""How two replies are compared: as the bytes that arrived, except where Redis promises less.

A reply is parsed into a tree (kind, content): kind is the type byte, content the bytes of a scalar
(None for a null) or the list of subtrees. A comparison is a function of the reference's tree and
ours. Whatever the comparison of a step is, an error on either side must be equal to the letter.
"""

import re

CLOSED = b"<the connection was closed>"
SILENT = b"<no reply>"

_AGGREGATES = (b"*", b"%", b"~", b">")
_LENGTHS = (b"$", b"=")


def tree(raw):
    """The tree of one complete reply."""
    if raw[:1] == b"<":  # what replay.py says in place of a reply
        return b"<", raw
    parsed, end = _parse(raw, 0)
    if end != len(raw):
        raise ValueError(f"{len(raw) - end} bytes after the reply")
    return parsed


def _parse(raw, at):
    end = raw.index(b"\r\n", at)
    kind, head, at = raw[at : at + 1], raw[at + 1 : end], end + 2
    if kind in _LENGTHS:
        length = int(head)
        return (
            ((kind, None), at) if length < 0 else ((kind, raw[at : at + length]), at + length + 2)
        )
    if kind not in _AGGREGATES:
        return (kind, head), at
    if int(head) < 0:
        return (kind, None), at
    children = []
    for _ in range(int(head) * (2 if kind == b"%" else 1)):
        child, at = _parse(raw, at)
        children.append(child)
    return (kind, children), at


def exact(theirs, ours):
    return theirs == ours


def unordered(theirs, ours):
    """Arrays, sets and maps with the same elements in any order (the top level only)."""
    return theirs[0] == ours[0] and _sorted(theirs) == _sorted(ours)


def _sorted(node):
    kind, content = node
    if not isinstance(content, list):
        return content
    if kind == b"%":
        content = list(zip(content[0::2], content[1::2]))
    return sorted(content, key=repr)


def sorted_deeply(node):
    """The tree with every set in it sorted: what order means nothing at any depth."""
    kind, content = node
    if not isinstance(content, list):
        return node
    children = [sorted_deeply(child) for child in content]
    return kind, sorted(children, key=repr) if kind == b"~" else children


def within(tolerance):
    """Integers that may be apart by the time between the two servers; signs are exact."""

    def compare(theirs, ours):
        if theirs[0] != b":" or ours[0] != b":":
            return theirs == ours
        a, b = int(theirs[1]), int(ours[1])
        return a == b if a < 0 or b < 0 else abs(a - b) <= tolerance

    return compare


def same_kind(theirs, ours):
    """The same type of reply, whatever it says (addresses, random choices)."""
    return theirs[0] == ours[0] and (theirs[1] is None) == (ours[1] is None)


def shape(theirs, ours):
    """The same types and lengths at all levels, whatever the scalars say."""
    if not isinstance(theirs[1], list) or not isinstance(ours[1], list):
        return same_kind(theirs, ours)
    return (
        theirs[0] == ours[0]
        and len(theirs[1]) == len(ours[1])
        and all(map(shape, theirs[1], ours[1]))
    )


def help_text(theirs, ours):
    """An array of simple strings whose first line is the same; the wording is everybody's own."""
    return (
        theirs[0] == ours[0] == b"*"
        and {child[0] for child in ours[1]} == {b"+"}
        and theirs[1][0] == ours[1][0]
    )


def matching(pattern):
    """Both are strings that match the whole pattern."""
    whole = re.compile(pattern, re.DOTALL)

    def compare(theirs, ours):
        return theirs[0] == ours[0] and all(
            isinstance(side[1], bytes) and whole.fullmatch(side[1]) for side in (theirs, ours)
        )

    return compare


def is_error(node):
    return node[0] in (b"-", b"<")


def equal(how, theirs, ours):
    """Compares with `how`, errors always to the letter."""
    if is_error(theirs) or is_error(ours):
        return theirs == ours
    return how(theirs, ours)
