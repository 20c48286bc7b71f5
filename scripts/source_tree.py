"""The sources that the checks look at, and how a check reports."""

import os
import sys

SKIPPED_FOLDERS = {".git", ".cache", "build", "corpus", "__pycache__"}


def root_from(arguments):
    """The tree to check: the first argument, or the one that this script lies in."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    return os.path.abspath(arguments[1]) if len(arguments) > 1 else here


def files(root, *endings):
    """Paths relative to root, sorted, of the files with one of the endings (all without one)."""
    found = []
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = [name for name in subfolders if name not in SKIPPED_FOLDERS]
        for name in names:
            if not endings or name.endswith(endings):
                found.append(os.path.relpath(os.path.join(folder, name), root))
    return sorted(found)


def lines(root, path):
    """The lines of a text file, numbered from 1."""
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return list(enumerate(file.read().split("\n"), start=1))


def finish(check, count, problems):
    """Prints the problems as file:line: what is wrong and how to mend it. Returns the exit code."""
    for path, line, text in problems:
        print(f"{path}:{line}: {text}")
    verdict = f"{len(problems)} problems" if problems else "no problem"
    print(f"{check}: {count} files, {verdict}", file=sys.stderr)
    return 1 if problems else 0
