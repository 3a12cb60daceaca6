"""How it is said what is wrong with a page."""

import difflib
from dataclasses import dataclass
from itertools import zip_longest


@dataclass
class Failure(Exception):
    """What a block of a page promised, and what a reader would get instead."""

    problem: str
    expected: str = ""
    got: str = ""
    # The line of the page and the block, added by whoever knows them.
    place: str = ""

    def __str__(self) -> str:
        parts = [f"{self.place}{self.problem}"]
        if self.expected or self.got:
            parts += [first_difference(self.expected, self.got)]
            parts += ["expected:", indented(self.expected)]
            parts += ["got:", indented(self.got)]
        return "\n".join(part for part in parts if part)


def first_difference(expected: str, got: str) -> str:
    """The first line in which two texts differ, in a sentence."""
    lines = zip_longest(expected.splitlines(), got.splitlines())
    for number, (left, right) in enumerate(lines, start=1):
        if left != right:
            return (
                f"first difference, line {number}: {shown(left)} became {shown(right)}"
            )
    return ""


def shown(line: str | None) -> str:
    return "nothing" if line is None else repr(line)


def indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines()) or "  (nothing)"


def closest(line: str, lines: list[str]) -> str:
    """The line that is most like this one, to show beside it; "" if none is."""
    return next(iter(difflib.get_close_matches(line, lines, n=1)), "")
