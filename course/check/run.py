"""`tutorial.py check`: a checkpoint's tests against a learner's own project."""

import contextlib
import functools
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from course.chapters import (
    Checkpoint,
    all_checkpoints,
    find_checkpoint,
    load_chapters,
)
from course.check.hints import Goal, Standing
from course.check.progress import guess, read_all, without_tests
from course.check.report import Report
from course.check.trial import Trial
from course.errors import TutorialError
from course.projects import copy_checkpoint, require_project, title_of

Question = Callable[[], bool]


def check(project: Path, checkpoint: Checkpoint | None) -> int:
    """Try a checkpoint's behaviors on a project.

    Without one, it is the checkpoint that the project is on the way to. Returns 0 if
    all are right, 1 if one is not, and 2 if some could not be tried without a Redis.
    Raises TutorialError if there is no project.
    """
    with Trial() as trial:
        return check_once(project, checkpoint, trial, is_unwanted=lambda: False)


def check_once(
    project: Path, checkpoint: Checkpoint | None, trial: Trial, is_unwanted: Question
) -> int:
    """Do the same, but raise Interrupted once the result is unwanted."""
    require_project(project)
    name = title_of(project)
    if checkpoint:
        say(f"Checking {name} against {checkpoint.name}.")
    else:
        say(f"Looking how far {name} is.")
        checkpoint = find_out(project)
    status = check_against(goal_of(checkpoint), project, trial, is_unwanted)
    chapters = load_chapters()
    for chapter in chapters[chapters.index(checkpoint.chapter) + 1 :][:1]:
        if status == 0:
            page = f"docs/tutorial/{chapter.page}.rst"
            say(f"The next chapter is {chapter.title}: {page}")
    return status


def find_out(project: Path) -> Checkpoint:
    """Return the checkpoint that the project is on the way to, and say why."""
    checkpoint, reason = guess_of(project)
    say(f"{reason} Checking against {checkpoint.name}.")
    return checkpoint


def guess_of(project: Path) -> tuple[Checkpoint, str]:
    """Return the checkpoint that the project is on the way to, and why."""
    projects = []
    for checkpoint in all_checkpoints():
        # Without Git, there may be no copy of the finished project.
        with contextlib.suppress(TutorialError):
            projects.append((checkpoint, without_tests(checkpoint)))
    paths = {path for _, files in projects for path in files}
    return guess(read_all(project, paths), projects)


def goal_of(checkpoint: Checkpoint) -> Goal:
    chapters, start = load_chapters(), checkpoint.chapter.starts_at
    return Goal(
        checkpoint.name,
        copy_of(checkpoint.name),
        list(chapters[: chapters.index(checkpoint.chapter) + 1]),
        find_checkpoint(start) if start else None,
    )


@functools.cache
def folder_for_copies() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(ignore_cleanup_errors=True)


@functools.cache
def copy_of(checkpoint: str) -> Path:
    """Return a copy of a checkpoint's project, which is there until Python ends."""
    copy = Path(folder_for_copies().name, checkpoint)
    copy_checkpoint(find_checkpoint(checkpoint), copy)
    return copy


def check_against(
    goal: Goal, project: Path, trial: Trial, is_unwanted: Question
) -> int:
    """Try a goal's behaviors on a project, and say what is right and what is not.

    Returns what `check` returns. Raises Interrupted once the result is unwanted.
    """
    standing = Standing(project, goal)
    trial.assemble(project, goal.folder)
    # The path of the copy in which the tests run is nothing to a learner.
    copy = f"{trial.project}{os.sep}"
    report = Report(
        goal, standing, lambda text: say(text.replace(copy, title_of(project)))
    )
    with trial:
        for event in trial.run(redis_url(), is_unwanted):
            report.tell(event)
    report.sum_up(trial.output)
    return report.status


def redis_url() -> str | None:
    """Return which Redis the tests may use: "" is one that they start, None is none."""
    if shutil.which("redis-server"):
        return ""
    url = os.environ.get("REDIS_URL", "")
    try:
        from redis import Redis

        with Redis.from_url(url, socket_timeout=3, socket_connect_timeout=3) as redis:
            redis.ping()
    except Exception:
        return None
    return url


def say(text: str) -> None:
    print(text, flush=True)
