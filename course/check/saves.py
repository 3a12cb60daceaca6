"""`tutorial.py check --watch`: check again whenever a file is saved."""

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

from course.chapters import Checkpoint
from course.check.run import Question, check_once, say
from course.check.trial import Interrupted, Trial
from course.errors import TutorialError
from course.projects import CACHES, DATABASE, NOT_THE_PROJECT, STORED, title_of

SECONDS_BETWEEN_LOOKS = 0.1

State = dict[tuple[str, str], tuple[int, int, int]]


def watch(project: Path, checkpoint: Checkpoint | None) -> int:
    """Check a project at once and after every save, until Ctrl-C, and return 0."""
    return watch_saves(
        project, lambda trial, saved: check_once(project, checkpoint, trial, saved)
    )


def watch_saves(project: Path, check: Callable[[Trial, Question], int]) -> int:
    """Do so with any check. A save during a check begins it anew."""
    trial = Trial()
    try:
        while True:
            saves = Saves(project)
            with trial:
                try:
                    check(trial, saves.are_there)
                except Interrupted:
                    pass
                except TutorialError as error:
                    say(str(error))
            # The next one is ready when there is something to check.
            trial = Trial()
            if not saves.are_there():
                say(f"Waiting for a save in {title_of(project)}. Stop with Ctrl-C.")
            while not saves.are_there():
                time.sleep(SECONDS_BETWEEN_LOOKS)
            say(f"\n{time.strftime('%H:%M:%S')}, after a save:")
    except KeyboardInterrupt:
        print()
        return 0
    finally:
        trial.close()


class Saves:
    """What has been saved in a project since this was made."""

    def __init__(self, project: Path) -> None:
        self._project = project
        self._before = state_of(project)
        self._looked_at = time.monotonic()

    def are_there(self) -> bool:
        """Return whether there is any; asked often, it does not always look."""
        if time.monotonic() - self._looked_at < SECONDS_BETWEEN_LOOKS:
            return False
        self._looked_at = time.monotonic()
        return state_of(self._project) != self._before


def state_of(project: Path) -> State:
    """Return what tells whether a file was written, of every file of the project.

    What is not the project, and what running it writes, does not count.
    """
    state: State = {}
    for folder, folders, files in os.walk(project):
        folders[:] = {*folders} - {*CACHES, *NOT_THE_PROJECT, *STORED}
        for name in files:
            # Editors have files of their own there, before anything is saved.
            if not name.startswith((".", DATABASE)) and not name.endswith("~"):
                with contextlib.suppress(OSError):
                    it = Path(folder, name).lstat()
                    state[folder, name] = it.st_mtime_ns, it.st_size, it.st_ino
    return state
