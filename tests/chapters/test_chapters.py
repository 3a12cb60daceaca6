"""Follows every chapter as a reader does, from its start to the next checkpoint.

Since each chapter begins where the one before ends, together they lead from an empty
folder to the finished project.
"""

import os
from pathlib import Path

import pytest

from course.chapters import ROOT, Chapter, load_chapters
from course.dev.screenshots import WRITES
from tests.chapters import tree
from tests.chapters.commands import require_exit
from tests.chapters.computer import Computer
from tests.chapters.follow import DO, follow
from tests.chapters.pages import Step, load_chapter
from tests.chapters.reader import Reader
from tests.conftest import Note

# Some chapters wait for many servers, and run a long suite.
pytestmark = pytest.mark.timeout(1800)

CHAPTERS = load_chapters()
FILES = ("create", "edit", "remove", "ready-made")
SUITE = "python -m pytest -q\n"


# The longest ones first, so that nobody waits for them at the end.
@pytest.mark.parametrize("chapter", CHAPTERS[::-1], ids=lambda chapter: chapter.page)
def test_a_chapter(
    chapter: Chapter, built: Path, computer: Computer, note: Note
) -> None:
    page = load_chapter(ROOT, built, chapter)
    computer.start_at(page.start)

    reader = Reader(page, computer, writes=WRITES in os.environ)

    note(chapter.page, follow(reader))
    for equivalent in reader.equivalents:
        note("not run as shown", equivalent)


def test_a_chapter_starts_where_the_one_before_ends() -> None:
    ends = [chapter.ends_at for chapter in CHAPTERS]

    assert [chapter.starts_at for chapter in CHAPTERS] == [None, *ends[:-1]]


def test_each_page_runs_the_whole_suite_of_its_end(built: Path) -> None:
    """So nothing else needs to, to know that it passes."""
    for chapter in CHAPTERS:
        steps = load_chapter(ROOT, built, chapter).steps
        runs = [n for n, it in enumerate(steps) if it.get("typed") == SUITE]
        changes = [n for n, step in enumerate(steps) if step["kind"] in FILES]
        assert runs, chapter.page
        assert runs[-1] > changes[-1], chapter.page


@pytest.mark.slow
def test_the_packages_on_the_pages_are_all_that_the_finished_project_needs(
    built: Path, computer: Computer
) -> None:
    """All files and packages of all chapters, in an environment of their own."""
    computer.start_at(None)
    for chapter in CHAPTERS:
        page = load_chapter(ROOT, built, chapter)
        reader = Reader(page, computer)
        for step in page.steps:
            if step["kind"] in FILES or is_about_environment(step, page.start):
                DO[step["kind"]](reader, step)
    assert page.end
    tree.compare(computer.folder, page.end)

    terminal = computer.terminal(1)
    for command in "python -m pip check", SUITE:
        require_exit(terminal.run(command, reader.seconds), 0)
    # It is not the environment of these tests.
    assert terminal.run("python -c 'import sphinx'", reader.seconds).status == 1


def is_about_environment(step: Step, start: Path | None) -> bool:
    """Whether a step installs something, or makes or activates the environment."""
    if step["kind"] != "run" or step["box"]:
        return False
    return bool(step["install"]) or (start is None and ".venv" in step["typed"])
