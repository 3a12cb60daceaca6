"""Follows every chapter as a reader does. See tests/replay/ for how."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from checkpoints.chapters import ROOT, Chapter, load_chapters
from tests.conftest import Note
from tests.replay.browser import open_browser
from tests.replay.computer import Computer
from tests.replay.follow import Count, Follower
from tests.replay.pages import build, load
from tests.replay.ports import Ports

CHAPTERS = load_chapters()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built pages."""
    folder = tmp_path_factory.mktemp("docs")
    build(ROOT / "docs", folder, "--fail-on-warning")
    return folder


@pytest.fixture(scope="module")
def ports() -> Ports:
    return Ports()


@pytest.fixture(scope="module")
def browser(ports: Ports) -> Iterator[Browser]:
    with open_browser(ports) as browser:
        yield browser


@pytest.fixture
def computer(tmp_path: Path, ports: Ports, browser: Browser) -> Iterator[Computer]:
    computer = Computer(tmp_path / "mychat", ports, browser)
    yield computer
    computer.close()
    computer.kill_what_is_left()


@pytest.fixture(scope="module")
def counts(note: Note) -> Iterator[list[Count]]:
    """The counts of the chapters that were followed alone."""
    counts: list[Count] = []
    yield counts
    note("all chapters", str(Count.total("", counts)))


def follow(chapter: Chapter, built: Path, computer: Computer) -> Count:
    return Follower(load(ROOT, built, chapter), computer).follow()


@pytest.mark.parametrize("chapter", CHAPTERS, ids=[c.page for c in CHAPTERS])
def test_a_chapter(
    chapter: Chapter,
    built: Path,
    computer: Computer,
    counts: list[Count],
    note: Note,
) -> None:
    computer.start_at(load(ROOT, built, chapter).start)

    count = follow(chapter, built, computer)

    counts.append(count)
    note(chapter.page, str(count))
    for equivalent in count.equivalents:
        note("not run as shown", equivalent)


def test_the_whole_course(built: Path, computer: Computer, note: Note) -> None:
    computer.start_at(None)

    whole = [follow(chapter, built, computer) for chapter in CHAPTERS]

    note("from an empty folder to the end", str(Count.total("", whole)))
