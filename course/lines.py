"""The lines of a project's files, and how many of them two projects do not share."""

import hashlib
from collections import Counter

# The lines of every file of a project, by its path.
Code = dict[str, list[str]]
# How the one line of a file begins that is no text.
NO_TEXT = "\0"


def lines_of(content: bytes) -> list[str]:
    """Return a file's lines: whatever ends them, and whether or not the last one is.

    What is no text has one line, which stands for all of it.
    """
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = NO_TEXT
    if NO_TEXT in text:
        return [NO_TEXT + hashlib.sha256(content).hexdigest()]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.removesuffix("\n").split("\n") if text else []


def distance(these: Code, those: Code) -> int:
    """Return how many lines and files are in these and not in those, or the reverse."""
    total = 0
    for path in these.keys() | those.keys():
        if these.get(path) != those.get(path):
            # So an empty file counts, too.
            total += (path in these) != (path in those)
            lines = Counter(these.get(path, []))
            lines.subtract(those.get(path, []))
            # A blank line is of every project.
            total += sum(abs(lines[line]) for line in lines if line.strip())
    return total
