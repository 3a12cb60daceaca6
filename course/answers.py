"""What to say of a behavior that is not right: what was expected, what came instead,
where to look, and which section of the course to read again.
"""

import re
from dataclasses import dataclass
from typing import Any

from course.chapters import Chapter, Checkpoint
from course.lessons import Section, find_section
from course.progress import Difference, Files, State
from course.projects import title_of
from course.trial import MINE, is_of_tests

Problem = dict[str, Any]
Frame = dict[str, Any]

CLOSE = re.compile(r"\('websocket\.close', (\d+)\)")
WRONG_TEXT = re.compile(r"Regex: (.+)\n\s*Input: (.+)", re.DOTALL)
NUMBER = re.compile(r"\b\d{2,}\b")
HEARS_NOTHING = re.compile(r"assert await (\w+)\.receive_nothing\(\)")
MAX_LENGTH = 300
# The type of a problem that is no exception: nothing happens any more.
HANGS = ""


@dataclass(frozen=True)
class Answer:
    """What a teacher would say; each field is a line or more."""

    expected: str
    came: str
    place: str
    section: Section


@dataclass(frozen=True)
class Standing:
    """The learner's files, and those between which they are."""

    checkpoint: Checkpoint
    chapters: list[Chapter]
    mine: Files
    end: Files
    differences: list[Difference]
    # Without Git, nobody knows the finished project but the learner's folder.
    is_compared: bool


def answer_to(problem: Problem, standing: Standing) -> Answer:
    """Return what to say of a problem."""
    expected, came = contrast(problem)
    place, section = place_of(problem, standing, f"{expected} {came}")
    return Answer(expected, came, place, section)


def contrast(problem: Problem) -> tuple[str, str]:
    """Return what a test expected and what it got instead, in words if there are any.

    The tests of the course write what came on the left and what they expect on the
    right.
    """
    test = last_frame(problem, of_tests=True)
    code = test["code"] if test else ""
    if problem["type"] == HANGS:
        return "an end", problem["message"]
    error = in_one_line(f"{problem['type']}: {problem['message']}")
    comparison = problem.get("comparison")
    if last_frame(problem, of_tests=False):
        return f"no error{during(code)}", error
    if comparison:
        return compared(comparison)
    if problem["type"] == "TimeoutError":
        return f"an answer{during(code)}", "nothing, however long the test waited"
    if found := HEARS_NOTHING.match(code):
        return f"{found[1]} hears nothing", f"{found[1]} heard something"
    if code == "assert accepted":
        return "the connection is accepted", "it was refused"
    if found := WRONG_TEXT.search(problem["message"]):
        return f"a text with {found[1].strip()}", in_one_line(found[2])
    if problem["type"] == "AssertionError" and code:
        return f"that this holds: {code}", f"it does not{values(test)}"
    return f"that this goes well: {code}" if code else "no error", error + values(test)


def compared(comparison: dict[str, str]) -> tuple[str, str]:
    left, right = in_words(comparison["left"]), in_words(comparison["right"])
    match comparison["operator"]:
        case "==":
            return right, left
        case "!=":
            return f"anything but {right}", left
        case "in":
            return f"{left} in what comes", right
        case "not in":
            return f"no {left} in what comes", right
        case operator:
            return f"{left} {operator} {right}", "it is not so"


def in_words(value: str) -> str:
    found = CLOSE.fullmatch(value)
    return f"a close with code {found[1]}" if found else value


def during(code: str) -> str:
    return f" during: {code}" if code else ""


def values(frame: Frame | None) -> str:
    named = frame.get("values", {}) if frame else {}
    said = ", ".join(f"{name} = {value}" for name, value in named.items())
    return in_one_line(f"; {said}") if said else ""


def in_one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_LENGTH else line[: MAX_LENGTH - 1] + "…"


def last_frame(problem: Problem, of_tests: bool) -> Frame | None:
    """Return the last line that led to a problem, of the tests or of the learner."""
    frames = [it for it in problem["frames"] if is_of_tests(it["path"]) == of_tests]
    return frames[-1] if frames else None


def place_of(problem: Problem, standing: Standing, clues: str) -> tuple[str, Section]:
    """Return where to look, and the section that teaches what belongs there."""
    missing = missing_module(problem, standing)
    frame = last_frame(problem, of_tests=False)
    if frame and missing != frame["path"]:
        place = described(frame["path"], frame["line"], frame["code"])
        path = missing or frame["path"]
        if missing and missing not in standing.mine:
            place += f"\n{title_of(MINE)}{missing} is missing"
        return place, section_for(
            standing, path, frame["line"] if path != missing else 0
        )
    steps = [it for it in standing.differences if it.is_step_to_do]
    for difference in [*(it for it in steps if it.path == missing), *steps]:
        return unfinished(difference, standing), section_for(standing, difference.path)
    return suspect(standing, clues, problem)


def missing_module(problem: Problem, standing: Standing) -> str | None:
    """Return the file of the checkpoint that could not be imported, if that is it."""
    if problem["type"] not in {"ImportError", "ModuleNotFoundError"}:
        return None
    path = (problem.get("module") or "").replace(".", "/")
    candidates = [f"{path}.py", f"{path}/__init__.py"]
    return next((it for it in candidates if it in standing.end), None)


def unfinished(difference: Difference, standing: Standing) -> str:
    path, checkpoint = f"{title_of(MINE)}{difference.path}", standing.checkpoint
    title = checkpoint.chapter.title
    match difference.state:
        case State.MISSING:
            return f"{path} is missing"
        case State.LEFT:
            return f"{path} is still there; the chapter {title} removes it"
        case _:
            return f"{path} is still as it was at the beginning of the chapter {title}"


def suspect(standing: Standing, clues: str, problem: Problem) -> tuple[str, Section]:
    """Return the line that differs and looks most like the problem."""
    numbers = set(NUMBER.findall(clues))
    suspects = [
        (not numbers & set(NUMBER.findall(hunk.code)), number, difference.path, hunk)
        for difference in standing.differences
        for number, hunk in enumerate(difference.hunks)
    ]
    name = standing.checkpoint.name
    if not suspects:
        test = last_frame(problem, of_tests=True)
        place = f"the test, {test['path']}, line {test['line']}\n" if test else ""
        if standing.is_compared:
            place += f"(your files are those of {name}: the cause is outside of them)"
        return place, Section(standing.checkpoint.chapter, "Test it")
    _, _, path, hunk = min(suspects, key=lambda it: it[:3])
    lines = f"{hunk.missing} line" + "s" * (hunk.missing != 1)
    why = f"not as in {name}"
    if hunk.missing:
        why = f"{name} has {lines} before this one that you do not have"
    place = f"{described(path, hunk.line, hunk.code)}\n({why})"
    return place, section_for(standing, path, hunk.line)


def described(path: str, line: int, code: str) -> str:
    return f"{title_of(MINE)}{path}, line {line}" + (f"\n{code}" if code else "")


def section_for(standing: Standing, path: str, line: int = 0) -> Section:
    source = standing.mine.get(path, b"").decode(errors="replace")
    return find_section(standing.chapters, path, source, line)
