"""`tutorial.py check --watch`: check again whenever a file is saved."""

import re
import threading
import time
from pathlib import Path

from watchfiles import DefaultFilter
from watchfiles import watch as saves_in

from course.chapters import Checkpoint
from course.check.run import check_once, name_of, say
from course.check.trial import Interrupted, Trial
from course.errors import TutorialError
from course.projects import CACHES, DATABASE, NOT_THE_PROJECT

SECONDS_BETWEEN_LOOKS = 0.05
MILLISECONDS_BETWEEN_LOOKS = 500
# Leaves out what is not the project, and what running it writes.
FILES_OF_THE_PROJECT = DefaultFilter(
    ignore_dirs=[*DefaultFilter.ignore_dirs, *CACHES, *NOT_THE_PROJECT],
    ignore_entity_patterns=[
        *DefaultFilter.ignore_entity_patterns,
        rf"^{re.escape(DATABASE)}",
    ],
)


def watch(project: Path, checkpoint: Checkpoint | None) -> int:
    """Check at once and after every save, until Ctrl-C, and return 0.

    A save during a check begins it anew.
    """
    is_over, is_saved = threading.Event(), threading.Event()
    watcher = threading.Thread(target=notice_saves, args=(project, is_over, is_saved))
    watcher.start()
    trial = Trial()
    try:
        while True:
            is_saved.clear()
            with trial:
                try:
                    check_once(project, checkpoint, trial, is_saved.is_set)
                except Interrupted:
                    pass
                except TutorialError as error:
                    say(str(error))
            # The next one is ready when there is something to check.
            trial = Trial()
            if not is_saved.is_set():
                folder = name_of(project) or "this folder"
                say(f"Waiting for a save in {folder}. Stop with Ctrl-C.")
            while not is_saved.wait(SECONDS_BETWEEN_LOOKS):
                pass
            say(f"\n{time.strftime('%H:%M:%S')}, after a save:")
    except KeyboardInterrupt:
        print()
        return 0
    finally:
        trial.close()
        is_over.set()
        watcher.join()


def notice_saves(
    project: Path, is_over: threading.Event, is_saved: threading.Event
) -> None:
    """Set `is_saved` whenever a file of the project has changed, until it is over."""
    was_there = True
    while not is_over.wait(SECONDS_BETWEEN_LOOKS):
        if not project.is_dir():
            was_there = False
            continue
        if not was_there:
            is_saved.set()
        number = project.stat().st_ino
        for saves in saves_in(
            project,
            watch_filter=FILES_OF_THE_PROJECT,
            stop_event=is_over,
            rust_timeout=MILLISECONDS_BETWEEN_LOOKS,
            yield_on_timeout=True,
        ):
            if saves:
                is_saved.set()
            # A folder that was replaced by another of its name is no longer watched.
            was_there = project.is_dir() and project.stat().st_ino == number
            if not was_there:
                break
