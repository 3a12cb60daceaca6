"""The exercises of the course: what checkpoints/exercises/<page>/<n>/ says of each.

exercise.toml has these fields. Its code, as that of a chapter, is text that is changed
in the project with which the chapter ends.

title     its heading
kind      "predict" (what will happen), "fault" (which line is wrong) or "build"
minutes   how long it takes, about
task      what to do, in reStructuredText
hints     two to four, each telling more than the one before
because   why it is so; of "build", what is worth knowing about the solution
answer    of "predict", what is right, in as many ways as people write it
start     changes with which it begins
solution  the changes that solve it; of "fault", the first one is of what is to be found
wrong     plausible wrong answers: of "predict", an `answer` and what it `says` to it;
          of "build", a change of the solution and the behavior that then `fails`

Beside it, test_exercise.py is the check of "build"; of a behavior that fails, learners
are told the docstring. For the other kinds it proves the answer.
"""

import difflib
import functools
import itertools
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from course.chapters import ROOT, Chapter, load_chapters
from course.errors import TutorialError

EXERCISES = ROOT / "checkpoints" / "exercises"
KINDS = {
    "predict": "predict what happens",
    "fault": "find the fault",
    "build": "build it",
}


@dataclass(frozen=True)
class Change:
    """A text in a file, there once, and what to put in its place.

    Without an old text, the file is new.
    """

    file: str
    old: str
    new: str


@dataclass(frozen=True, eq=False)
class Exercise:
    """One exercise. Its name is like rooms/2."""

    name: str
    chapter: Chapter
    title: str
    kind: str
    minutes: int
    task: str
    hints: list[str]
    because: str
    answer: list[str] = field(default_factory=list)
    start: list[Change] = field(default_factory=list)
    solution: list[Change] = field(default_factory=list)
    wrong: list[dict[str, str]] = field(default_factory=list)

    @property
    def test(self) -> Path:
        return EXERCISES / self.name / "test_exercise.py"


def change(code: dict[str, str], changes: Iterable[Change]) -> dict[str, str]:
    """Return the files, by path, with changes made in them.

    Raises TutorialError where the text to be changed is not there, or more than once.
    """
    changed = dict(code)
    for it in changes:
        text = changed.get(it.file, "")
        if it.old and text.count(it.old) != 1:
            raise TutorialError(
                f"An exercise changes {it.file} where it says {it.old!r}, which is "
                f"there {text.count(it.old)} times: correct its exercise.toml."
            )
        changed[it.file] = text.replace(it.old, it.new) if it.old else it.new
    return changed


@functools.cache
def all_exercises() -> tuple[Exercise, ...]:
    """Return all exercises, in the order of the chapters."""
    return tuple(
        it for chapter in load_chapters() for it in read_exercises(EXERCISES, chapter)
    )


def read_exercises(folder: Path, chapter: Chapter) -> list[Exercise]:
    """Return the exercises of a chapter that are in this folder.

    Raises TutorialError if one is not what is explained above.
    """
    files = sorted((folder / chapter.page).glob("*/exercise.toml"))
    return [
        read_exercise(f"{chapter.page}/{file.parent.name}", chapter, file)
        for file in files
    ]


def read_exercise(name: str, chapter: Chapter, file: Path) -> Exercise:
    """Return the exercise that a file describes. Raises TutorialError if it doesn't."""
    try:
        fields = tomllib.loads(file.read_text(encoding="utf-8"))
        for changes in "start", "solution":
            fields[changes] = [Change(**it) for it in fields.get(changes, [])]
        return Exercise(name, chapter, **fields)
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise TutorialError(
            f"Correct checkpoints/exercises/{name}/exercise.toml: {error}"
        ) from error


def find_exercise(name: str) -> Exercise:
    """Return the exercise of that name. Raises TutorialError if there is none."""
    found = {exercise.name: exercise for exercise in all_exercises()}
    if name in found:
        return found[name]
    page = name.partition("/")[0]
    names = [it for it in found if it.startswith(f"{page}/")] or list(found)
    raise TutorialError(
        f"There is no exercise {name!r}; choose one of {', '.join(names)}."
    )


def change_shown(exercise: Exercise, code: dict[str, str]) -> list[str]:
    """Return what the solution changes, line by line, in a checkpoint's files."""
    begun = change(code, exercise.start)
    solved = change(begun, exercise.solution)
    return [
        line
        for path in sorted(solved)
        for line in difflib.unified_diff(
            begun.get(path, "").splitlines(),
            solved[path].splitlines(),
            *(path, path),
            lineterm="",
        )
    ]


def faults(exercise: Exercise, code: dict[str, str]) -> dict[str, str]:
    """Return the lines that "fault" is about, by their places as learners name them."""
    fix = exercise.solution[0]
    begun = change(code, exercise.start)[fix.file]
    first = begun[: begun.index(fix.old)].count("\n") + 1
    pairs = itertools.zip_longest(fix.old.splitlines(), fix.new.splitlines())
    return {
        f"{fix.file}:{number}": begun.splitlines()[number - 1].strip()
        for number, (wrong, right) in enumerate(pairs, first)
        if wrong and wrong != right
    }
