"""What a test expected and what came instead, in words if there are any."""

import re

from course.check.hints import last_frame
from course.check.problems import Problem

CLOSE = re.compile(r"\('websocket\.close', (\d+)\)")
WRONG_TEXT = re.compile(r"Regex: (.+)\n\s*Input: (.+)", re.DOTALL)
HEARS_NOTHING = re.compile(r"assert await (\w+)\.receive_nothing\(\)")
MAX_LENGTH = 300
# The type of a problem that is no exception: nothing happens any more.
HANGS = ""


def contrast(problem: Problem) -> tuple[str, str]:
    """Return what a test expected and what it got instead.

    The tests of the course write what came on the left and what they expect on the
    right.
    """
    test = last_frame(problem, of_tests=True)
    code = test["code"] if test else ""
    during = f" during: {code}" if code else ""
    message = in_one_line(problem["message"])
    error = f"{problem['type']}: {message}"
    if problem["type"] == HANGS:
        return "an end", message
    if last_frame(problem, of_tests=False):
        return f"no error{during}", error
    comparison = problem.get("comparison") or {}
    if comparison.get("operator") == "==":
        return in_words(comparison["right"]), in_words(comparison["left"])
    if problem["type"] == "TimeoutError":
        return f"an answer{during}", "nothing, however long the test waited"
    if found := HEARS_NOTHING.match(code):
        return f"{found[1]} hears nothing", f"{found[1]} heard something"
    if code == "assert accepted":
        return "the connection is accepted", "it was refused"
    if found := WRONG_TEXT.search(problem["message"]):
        return f"a text with {found[1].strip()}", in_one_line(found[2])
    if problem["type"] == "AssertionError" and code:
        said = problem["message"].partition("\nassert ")[0]
        return (
            f"that this holds: {code}",
            f"it does not: {in_one_line(said[-MAX_LENGTH:])}",
        )
    return f"that this goes well: {code}" if code else "no error", error


def in_words(value: str) -> str:
    found = CLOSE.fullmatch(value)
    return f"a close with code {found[1]}" if found else value


def in_one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_LENGTH else line[: MAX_LENGTH - 1] + "…"
