"""How it is said what is wrong with a page."""

import difflib
from dataclasses import dataclass


@dataclass
class Failure(Exception):
    """What a step of a page promised, and what a reader would get instead."""

    problem: str
    expected: str = ""
    got: str = ""
    # The line of the page and the step, added by whoever knows them.
    place: str = ""

    def __str__(self) -> str:
        texts = self.expected.splitlines(), self.got.splitlines()
        difference = difflib.unified_diff(*texts, "expected", "got", lineterm="")
        return "\n".join([f"{self.place}{self.problem}", *difference])
