"""The folders in which a learner does exercises, and what is done of them."""

import contextlib
import json
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from course.chapters import ROOT, find_checkpoint
from course.check.run import copy_of
from course.check.trial import is_of_tests
from course.errors import TutorialError
from course.exercise.data import Change, Exercise, change
from course.projects import copy_checkpoint, files_of, title_of

WORK = ROOT / "mychat-exercises"
TESTS = "chat/tests"
TASK = "TASK.txt"
ANSWER = "answer.txt"
ASKED = {
    "predict": "# What will happen? Write your answer below, and save.\n",
    "fault": "# Which line is wrong? Write it like chat/consumers.py:1 and save.\n",
}


def folder_of(exercise: Exercise) -> Path:
    return WORK / exercise.name.replace("/", "-")


def is_begun(exercise: Exercise) -> bool:
    """Return whether the exercise's folder has been prepared.

    Raises TutorialError if something else is there, or only some of it.
    """
    folder = folder_of(exercise)
    for place in WORK, folder:
        if place.exists() and not place.is_dir():
            raise TutorialError(
                f"{place} is not a folder: move it away, and try again."
            )
    if not folder.exists() or not any(folder.iterdir()):
        return False
    code = files_of(copy_of(exercise.chapter.ends_at))
    missing = [it for it in code if not is_of_tests(it) and not (folder / it).exists()]
    if missing:
        raise TutorialError(
            f"{title_of(folder)} is not as {exercise.name} was prepared: "
            f"{missing[0]} is missing. Nothing was changed. Move the folder "
            f"away, and begin anew: python3 tutorial.py exercise {exercise.name}"
        )
    return True


def begin(exercise: Exercise) -> None:
    """Prepare the exercise's folder, which is not there or empty."""
    WORK.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=WORK) as temporary:
        new = Path(temporary, "new")
        prepare(exercise, new)
        if folder_of(exercise).exists():
            folder_of(exercise).rmdir()
        new.rename(folder_of(exercise))


def prepare(exercise: Exercise, folder: Path) -> None:
    """Make the folder, as the exercise begins."""
    copy_checkpoint(find_checkpoint(exercise.chapter.ends_at), folder)
    write(folder, exercise.start)
    (folder / TASK).write_text(task_of(exercise), encoding="utf-8")
    if exercise.kind == "build":
        shutil.copyfile(exercise.test, folder / TESTS / exercise.test.name)
    else:
        (folder / ANSWER).write_text(ASKED[exercise.kind], encoding="utf-8")


def write(folder: Path, changes: Iterable[Change]) -> None:
    """Make these changes in a project's files."""
    for path, text in change(texts(folder, changes), changes).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def texts(folder: Path, changes: Iterable[Change]) -> dict[str, str]:
    """Return the texts of the files that changes are about, as far as there are any."""
    files = {it.file: folder / it.file for it in changes}
    return {
        path: file.read_text(encoding="utf-8")
        for path, file in files.items()
        if file.exists()
    }


def task_of(exercise: Exercise) -> str:
    title = f"{exercise.name}: {exercise.title} ({exercise.minutes} minutes)"
    return f"{title}\n\n{plain(exercise.task)}\n"


def plain(text: str) -> str:
    """Return reStructuredText as it is read in a terminal."""
    return text.strip().replace("::\n", ":\n").replace("``", "")


class Progress:
    """What a learner has done of the exercises, and how many hints were asked for."""

    def __init__(self) -> None:
        self._file = WORK / "progress.json"
        self.done: list[str] = []
        self.hints: dict[str, int] = {}
        # Whoever deletes or spoils the file begins to count anew.
        with contextlib.suppress(OSError, ValueError, AttributeError, TypeError):
            noted: dict[str, Any] = json.loads(self._file.read_text(encoding="utf-8"))
            self.done = list(noted.get("done", []))
            self.hints = dict(noted.get("hints", {}))

    def note_done(self, exercise: Exercise) -> None:
        if exercise.name not in self.done:
            self.done.append(exercise.name)
            self._save()

    def next_hint(self, exercise: Exercise) -> int:
        """Return the index of the hint to give now: the last one again and again."""
        number = min(self.hints.get(exercise.name, 0), len(exercise.hints) - 1)
        self.hints[exercise.name] = number + 1
        self._save()
        return number

    def _save(self) -> None:
        WORK.mkdir(exist_ok=True)
        text = json.dumps({"done": self.done, "hints": self.hints}, indent=2)
        self._file.write_text(f"{text}\n", encoding="utf-8")
