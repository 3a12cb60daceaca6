"""`tutorial.py exercise`: list the exercises, prepare one, check it, help with it."""

import ast
import functools
import shutil
from collections.abc import Callable
from pathlib import Path

from course.chapters import load_chapters
from course.check.hints import Goal
from course.check.run import check_against, copy_of, folder_for_copies, guess_of, say
from course.check.saves import watch_saves
from course.check.trial import Trial, is_of_tests
from course.errors import TutorialError
from course.exercise import answers
from course.exercise.data import KINDS, Exercise, all_exercises, change_shown, faults
from course.exercise.folder import (
    ANSWER,
    TESTS,
    Progress,
    begin,
    folder_of,
    is_begun,
    plain,
    prepare,
    task_of,
    texts,
)
from course.projects import code_of, files_of, has_project, title_of

COMMAND = "python3 tutorial.py exercise"


def exercise(wanted: Exercise | None, mine: Path) -> int:
    """List the exercises; or prepare one, and once it is there, check it.

    Returns 0, or what the check returns. Raises TutorialError if the exercise's folder
    has something else in it.
    """
    if not wanted:
        return list_all()
    if not is_begun(wanted):
        begin_with_words(wanted, mine)
        return 0
    with Trial() as trial:
        return check_once(wanted, trial, lambda: False)


def watch(wanted: Exercise | None, mine: Path) -> int:
    """Prepare an exercise unless it is there, and check it after every save."""
    one = required(wanted, "--watch")
    if not is_begun(one):
        begin_with_words(one, mine)
    return watch_saves(folder_of(one), functools.partial(check_once, one))


def hint(wanted: Exercise | None, mine: Path) -> int:
    """Give the next hint of an exercise, and return 0."""
    one = required(wanted, "--hint")
    number, total = Progress().next_hint(one) + 1, len(one.hints)
    say(f"Hint {number} of {total}: {plain(one.hints[number - 1])}")
    if number == total:
        say(f"That was the last one. The solution: {COMMAND} {one.name} --solution")
    return 0


def solution(wanted: Exercise | None, mine: Path) -> int:
    """Show the solution of an exercise, also to those who have not tried, return 0."""
    one = required(wanted, "--solution")
    if not is_tried(one):
        say(f"You have not tried {one.name} yet. Here is its solution all the same.\n")
    code = texts(copy_of(one.chapter.ends_at), [*one.start, *one.solution])
    if one.kind == "predict":
        say(f"The answer: {one.answer[0]}")
    if one.kind == "fault":
        say(f"The fault: {' and '.join(faults(one, code))}\n")
    if one.solution:
        say("\n".join(change_shown(one, code)))
    say(f"\n{plain(one.because)}")
    return 0


def required(wanted: Exercise | None, option: str) -> Exercise:
    if wanted:
        return wanted
    first = all_exercises()[0].name
    raise TutorialError(f"Say which exercise, for example: {COMMAND} {first} {option}")


def list_all() -> int:
    """Print all exercises, chapter by chapter, with what is done."""
    progress, chapter = Progress(), None
    for it in all_exercises():
        if it.chapter != chapter:
            chapter = it.chapter
            say(f"{chapter.title}")
        is_done, is_there = it.name in progress.done, folder_of(it).exists()
        mark = "✓" if is_done else "…" if is_there else " "
        say(f"  {mark} {it.name:<17} {it.title} ({KINDS[it.kind]}, {it.minutes} min)")
    done = sum(it.name in progress.done for it in all_exercises())
    say(f"\n{done} of {len(all_exercises())} are done (✓), … are begun.")
    say(f"Begin one, or check it: {COMMAND} {all_exercises()[0].name}")
    return 0


def begin_with_words(one: Exercise, mine: Path) -> None:
    """Prepare an exercise, and say what to do now."""
    begin(one)
    folder = title_of(folder_of(one))
    say(f"{folder} is prepared: {one.chapter.ends_at}, the end of {one.chapter.title}.")
    chapters = load_chapters()
    if not has_project(mine):
        say(f"There is no project in {title_of(mine)} yet, and none is needed for it.")
    elif chapters.index(one.chapter) > chapters.index(guess_of(mine)[0].chapter):
        say(f"Your project in {title_of(mine)} is not so far: what you see is ahead.")
    say(f"\n{task_of(one)}")
    if one.kind != "build":
        say(f"Write your answer into {folder}{ANSWER}.")
    say(f"To have it checked on each save: {COMMAND} {one.name} --watch")


def is_tried(one: Exercise) -> bool:
    """Return whether the exercise's folder is other than it was prepared."""
    if not folder_of(one).is_dir():
        return False
    prepared = Path(folder_for_copies().name, one.name.replace("/", "-"))
    if not prepared.exists():
        prepare(one, prepared)
    return code_of(prepared) != code_of(folder_of(one))


def check_once(one: Exercise, trial: Trial, is_unwanted: Callable[[], bool]) -> int:
    """Say whether an exercise is right, and return 0 if it is.

    Raises Interrupted once the result is unwanted.
    """
    if not is_begun(one):
        raise TutorialError(f"{title_of(folder_of(one))} is empty, or no more there.")
    say(f"Checking {title_of(folder_of(one))} as it is.")
    if one.kind == "build":
        status = check_against(goal_of(one), folder_of(one), trial, is_unwanted)
    else:
        status = check_answer(one, folder_of(one))
    if status == 0:
        Progress().note_done(one)
        say(f"\n{plain(one.because)}")
    else:
        say(f"Stuck? {COMMAND} {one.name} --hint")
    return status


def check_answer(one: Exercise, folder: Path) -> int:
    """Say whether what stands in answer.txt is right, and return 0 if it is."""
    answer = answers.answer_in(folder)
    if not answer:
        say(f"Write your answer into {title_of(folder)}{ANSWER}, and save it.")
        return 1
    if one.kind == "predict":
        fault = answers.fault_in_prediction(one, answer)
    else:
        code = texts(copy_of(one.chapter.ends_at), one.start)
        fault = answers.fault_in_place(one, answer, folder, code)
    say(f"  ✗ {answer}\n\n{fault}" if fault else f"  ✓ {answer}")
    return 1 if fault else 0


@functools.cache
def goal_of(one: Exercise) -> Goal:
    """Return the goal of "build": the checkpoint, with the exercise's check only."""
    folder = Path(folder_for_copies().name, "goals", one.name)
    shutil.copytree(copy_of(one.chapter.ends_at), folder)
    for path in files_of(folder):
        if is_of_tests(path) and Path(path).match("test_*.py"):
            (folder / path).unlink()
    shutil.copyfile(one.test, folder / TESTS / one.test.name)
    chapters = load_chapters()
    reached = list(chapters[: chapters.index(one.chapter) + 1])
    return Goal(one.name, folder, reached, advice=advice_in(one.test))


def advice_in(test: Path) -> dict[str, str]:
    """Return what to say when a behavior fails: the docstring of its test."""
    return {
        node.name: " ".join((ast.get_docstring(node) or "").split())
        for node in ast.parse(test.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    }
