"""Where to look when a behavior is not right, and what may have been forgotten there.

What people trip over is in docs/teaching/traps.toml, beside what the teachers' pages
say of it: a mistake is recognized in a file where `right` should be and is not, but
`wrong` is, and it belongs to the behavior that notices it.
"""

import functools
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from course.chapters import ROOT, Chapter, Checkpoint
from course.check.problems import Frame, Problem
from course.check.progress import (
    Difference,
    State,
    differences,
    read_all,
    without_tests,
)
from course.check.sections import Section, find_section
from course.check.trial import is_of_tests
from course.lines import Code
from course.projects import title_of

TRAPS = ROOT / "docs" / "teaching" / "traps.toml"
# What an error and the line that is to blame may have in common.
CLUE = re.compile(r"\b\d{2,}\b|\w+[._]\w+")


@dataclass(frozen=True)
class Goal:
    """What a project is checked against: a folder with its end and with the tests.

    `chapters` are those that a learner has reached then, the newest last, and `start`
    is with what the newest began. An exercise has instead an advice for each behavior,
    because what differs from the goal would be its solution.
    """

    name: str
    folder: Path
    chapters: list[Chapter]
    start: Checkpoint | None = None
    advice: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """Where to look, what may be wrong there, and the section that teaches it."""

    text: str
    section: Section
    hint: str = ""


class Standing:
    """A project's files, and between which they are."""

    def __init__(self, project: Path, goal: Goal) -> None:
        start = without_tests(goal.start) if goal.start else {}
        self._goal = goal
        self._end = without_tests(goal.folder)
        self._mine = read_all(project, set(start) | set(self._end))
        self._differences = differences(self._mine, start, self._end)
        self._name = title_of(project)

    def place_of(self, behavior: str, problem: Problem, clues: str) -> Place:
        """Return where to look for a problem of this behavior."""
        missing = self._missing_module(problem)
        frame = last_frame(problem, of_tests=False)
        if self._goal.advice:
            return self._advised(frame or last_frame(problem, of_tests=True), behavior)
        if frame and missing != frame["path"]:
            text = self._described(frame["path"], frame["line"], frame["code"])
            if missing and missing not in self._mine:
                text += f"\n{self._name}{missing} is missing"
            if missing:
                return Place(text, self._section(missing))
            return Place(text, self._section(frame["path"], frame["line"]))
        to_do = self._that_are(State.MISSING) + self._that_are(State.UNTOUCHED)
        to_do.sort(key=lambda it: it.path != missing)
        return (
            self._trap(behavior)
            or self._unfinished(to_do)
            or self._trap()
            or self._suspect(clues)
            or self._unfinished(self._that_are(State.LEFT))
            or self._test(problem)
        )

    def _advised(self, frame: Frame | None, behavior: str) -> Place:
        """Return where a problem of an exercise showed, and the advice for it."""
        text = frame and self._described(frame["path"], frame["line"], frame["code"])
        section = Section(self._goal.chapters[-1], "Exercises")
        advice = self._goal.advice.get(behavior.rpartition("::")[2], "")
        return Place(text or "", section, advice)

    def _that_are(self, state: State) -> list[Difference]:
        return [it for it in self._differences if it.state == state]

    def _missing_module(self, problem: Problem) -> str | None:
        """Return the file of the goal that could not be imported, if that is it."""
        path = (problem.get("module") or "").replace(".", "/")
        candidates = [f"{path}.py", f"{path}/__init__.py"]
        return next((it for it in candidates if it in self._end), None)

    def _trap(self, behavior: str | None = None) -> Place | None:
        """Return the first known mistake, or the first that this behavior notices."""
        for trap in read_traps():
            if behavior and trap["behavior"] != behavior.rpartition("::")[2]:
                continue
            path, right, wrong = trap["file"], trap["right"], trap["wrong"]
            own, wanted = text_of(self._mine, path), text_of(self._end, path)
            if right in own or right not in wanted or wrong not in own:
                continue
            here = [it for it in self._that_are(State.CHANGED) if it.path == path]
            exactly = [it for it in here if any(right in line for line in it.missing)]
            exactly += [it for it in here if wrong and wrong in it.code]
            for difference in [*exactly, *here]:
                return self._differs(difference, trap["what"])
        return None

    def _unfinished(self, steps: list[Difference]) -> Place | None:
        for step in steps:
            title = "" if step.state == State.MISSING else self._goal.chapters[-1].title
            text = f"{self._name}{step.path} {step.state.value} {title}".rstrip()
            return Place(text, self._section(step.path))
        return None

    def _suspect(self, clues: str) -> Place | None:
        """Return the line that differs and looks most like the problem."""
        wanted = set(CLUE.findall(clues))
        suspects = self._that_are(State.CHANGED)
        suspects.sort(key=lambda it: not wanted & set(CLUE.findall(it.code)))
        return self._differs(suspects[0]) if suspects else None

    def _differs(self, difference: Difference, hint: str = "") -> Place:
        path, line, code = difference.path, difference.line, difference.code
        why = f"not as in {self._goal.name}"
        if difference.missing:
            more = len(difference.missing) - 1
            also = f", and {more} more" if more else ""
            where = "before this one" if code else "at the end"
            why = f"{self._goal.name} has a line {where}: {difference.missing[0]}{also}"
        text = f"{self._described(path, line, code)}\n({why})"
        hint = " ".join(hint.replace("``", "").split())
        section = self._section(path, line)
        if difference.missing:
            section = self._section(path, difference.wanted_at, of=self._end)
        return Place(text, section, hint)

    def _test(self, problem: Problem) -> Place:
        test = last_frame(problem, of_tests=True)
        text = f"the test, {test['path']}, line {test['line']}\n" if test else ""
        text += f"(your files are those of {self._goal.name}: the cause is elsewhere)"
        return Place(text, Section(self._goal.chapters[-1], "Test it"))

    def _described(self, path: str, line: int, code: str) -> str:
        return f"{self._name}{path}, line {line}" + (f"\n{code}" if code else "")

    def _section(self, path: str, line: int = 0, of: Code | None = None) -> Section:
        source = text_of(of or self._mine, path)
        return find_section(self._goal.chapters, path, source, line)


def text_of(code: Code, path: str) -> str:
    return "\n".join(code.get(path, []))


@functools.cache
def read_traps() -> list[dict[str, str]]:
    """Return the mistakes that teachers know, none where their pages are not."""
    if not TRAPS.exists():
        return []
    return list(tomllib.loads(TRAPS.read_text(encoding="utf-8"))["trap"])


def last_frame(problem: Problem, of_tests: bool) -> Frame | None:
    """Return the last line that led to a problem, of the tests or of the learner."""
    frames = [it for it in problem["frames"] if is_of_tests(it["path"]) == of_tests]
    return frames[-1] if frames else None
