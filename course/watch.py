"""`tutorial.py check --watch`: check again whenever a file is saved."""

import re
import threading
import time
from pathlib import Path

from watchfiles import DefaultFilter
from watchfiles import watch as saves_in

from course.chapters import Checkpoint
from course.check import check_once
from course.errors import TutorialError
from course.projects import (
    CACHES,
    DATABASE,
    NOT_THE_PROJECT,
    require_project,
    title_of,
)
from course.trial import MINE, Interrupted, Trial

SECONDS_BETWEEN_LOOKS = 0.1
WAITING = f"Waiting for a save in {title_of(MINE)}. Stop with Ctrl-C."
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

    A save during a check begins it anew. Raises TutorialError if there is no such
    checkpoint.
    """
    name = checkpoint.name if checkpoint else None
    is_over, is_saved = threading.Event(), threading.Event()
    watcher = threading.Thread(target=notice_saves, args=(is_over, is_saved))
    watcher.start()
    trial = Trial()
    try:
        while True:
            is_saved.clear()
            with trial:
                check_and_tell(name, trial, is_saved)
            # The next one is ready when there is something to check.
            trial = Trial()
            if not is_saved.is_set():
                print(WAITING, flush=True)
            while not is_saved.wait(SECONDS_BETWEEN_LOOKS):
                pass
            print(f"\n{time.strftime('%H:%M:%S')}, after a save:", flush=True)
    except KeyboardInterrupt:
        print()
        return 0
    finally:
        trial.close()
        is_over.set()
        watcher.join()


def check_and_tell(name: str | None, trial: Trial, is_saved: threading.Event) -> None:
    """Check, unless something is saved meanwhile. What prevents it is only told."""
    try:
        require_project(MINE)
        check_once(name, trial, is_unwanted=is_saved.is_set)
    except Interrupted:
        return
    except TutorialError as error:
        print(error)


def notice_saves(is_over: threading.Event, is_saved: threading.Event) -> None:
    """Set `is_saved` whenever a file of the project has changed, until it is over."""
    was_there = True
    while not is_over.wait(SECONDS_BETWEEN_LOOKS):
        if not MINE.is_dir():
            was_there = False
            continue
        if not was_there:
            is_saved.set()
        number = MINE.stat().st_ino
        for saves in saves_in(
            MINE,
            watch_filter=FILES_OF_THE_PROJECT,
            stop_event=is_over,
            rust_timeout=MILLISECONDS_BETWEEN_LOOKS,
            yield_on_timeout=True,
        ):
            if saves:
                is_saved.set()
            # A folder that was replaced by another of its name is no longer watched.
            was_there = MINE.is_dir() and MINE.stat().st_ino == number
            if not was_there:
                break
