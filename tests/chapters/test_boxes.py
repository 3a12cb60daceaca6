"""The boxes at the chapters' ends, for a reader who has the course's repository.

Every way that a box shows is gone, each from a copy of the repository. What they ask
for differs by the checkpoint's name only, so `check`, which runs a whole suite, is run
where that is short; a chapter's own page runs the suite of its end.
"""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from course.chapters import ROOT, load_chapters
from course.projects import copy_project
from tests.chapters import tree
from tests.chapters.commands import require_exit
from tests.chapters.follow import is_of_repository
from tests.chapters.pages import Page, load_chapter
from tests.chapters.terminal import Terminal, Typed
from tests.support.clones import Clone

WORKBENCHES = "mychat", "chanx_django"
CHECKED = "groups"


class Repository:
    """A reader's copy of the course's repository, and a terminal in it."""

    def __init__(self, folder: Path, original: Clone) -> None:
        self.folder = folder
        original.copy(folder)
        Path(folder, ".venv").symlink_to(sys.prefix)
        self.terminal = Terminal(folder)

    @property
    def project(self) -> Path:
        """Where one works: mychat, or chanx_django on a checkpoint's branch."""
        folders = (self.folder / name for name in WORKBENCHES)
        return next(folder for folder in folders if folder.is_dir())

    def type(self, text: str) -> Typed:
        typed = self.terminal.run(text, seconds=1200)
        require_exit(typed, 0)
        return typed


@pytest.fixture
def repository(tmp_path: Path, fresh_clone: Clone) -> Iterator[Repository]:
    repository = Repository(tmp_path / "course", fresh_clone)
    yield repository
    repository.terminal.close()


@pytest.fixture(scope="module")
def pages(built: Path) -> list[Page]:
    return [load_chapter(ROOT, built, chapter) for chapter in load_chapters()]


def typed(page: Page, box: str) -> list[str]:
    """What a box of the page has its reader type in the repository."""
    steps = filter(is_of_repository, page.steps)
    return [step["typed"] for step in steps if step["box"] == box]


@pytest.mark.parametrize("way", [0, 1], ids=["start", "branches"])
def test_the_box_at_the_start_leads_to_where_the_chapter_starts(
    way: int, pages: list[Page], repository: Repository
) -> None:
    for page in pages[1:]:
        repository.type(typed(page, "start")[way])

        assert page.start
        tree.compare(repository.project, page.start)


def test_the_box_at_the_end_says_that_the_chapter_is_done(
    pages: list[Page], repository: Repository
) -> None:
    repository.type(typed(pages[1], "start")[0])
    project = repository.project
    for chapter, page in list(zip(load_chapters(), pages, strict=True))[1:]:
        [box] = typed(page, "end")
        check, diff = box.splitlines()
        assert page.end
        shutil.rmtree(project)
        copy_project(page.end, project)

        shown = repository.type(diff)

        assert shown.output.startswith("There is no difference between "), shown.output
        if chapter.page == CHECKED:
            repository.type(check)
        assert check == f"python3 tutorial.py check {chapter.ends_at}"


def test_the_first_chapter_ends_where_the_second_starts(pages: list[Page]) -> None:
    assert typed(pages[0], "end") == typed(pages[1], "start")[:1]
    assert typed(pages[0], "start") == []
