"""Follows every chapter as a reader does. See tests/replay/ for how."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from course.chapters import ROOT, Chapter, load_chapters
from tests.conftest import Note
from tests.replay.browser import open_browser
from tests.replay.computer import Computer
from tests.replay.follow import Count, Follower
from tests.replay.pages import load
from tests.replay.ports import Ports
from tests.support.clones import Clone

CHAPTERS = load_chapters()


@pytest.fixture
def computer(
    tmp_path: Path, ports: Ports, browser: Browser, fresh_clone: Clone
) -> Iterator[Computer]:
    """The computer of a reader who has the course's repository."""
    computer = Computer(tmp_path / "mychat", ports, browser, fresh_clone.folder)
    yield computer
    computer.close()
    computer.kill_what_is_left()


@pytest.fixture(scope="module")
def counts() -> Iterator[list[Count]]:
    """The counts of the chapters that were followed alone."""
    counts: list[Count] = []
    yield counts
    print("all chapters", str(Count.total("", counts)))


@pytest.fixture(scope="module", autouse=True)
def whole_course(
    request: pytest.FixtureRequest,
    built: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Future[Count] | None]:
    """The whole course, followed while the tests of the chapters run.

    Most of the time both of them wait for a server, a browser or a package.
    """
    if all(item.name != "test_the_whole_course" for item in request.session.items):
        yield None
        return
    folder = tmp_path_factory.mktemp("whole") / "mychat"
    computers: list[Computer] = []
    with ThreadPoolExecutor() as executor:
        yield executor.submit(follow_all, folder, built, computers)
        for computer in computers:
            computer.switch_off()


def follow_all(folder: Path, built: Path, computers: list[Computer]) -> Count:
    ports = Ports()
    with open_browser(ports) as browser:
        computer = Computer(folder, ports, browser)
        computers.append(computer)
        try:
            computer.start_at(None)
            counts = [follow(chapter, built, computer) for chapter in CHAPTERS]
        finally:
            computer.close()
            computer.kill_what_is_left()
    return Count.total("", counts)


def follow(chapter: Chapter, built: Path, computer: Computer) -> Count:
    return Follower(load(ROOT, built, chapter), computer).follow()


# Backwards, so that the long chapters at the end are not followed twice at a time.
@pytest.mark.parametrize("chapter", CHAPTERS[::-1], ids=lambda chapter: chapter.page)
def test_a_chapter(
    chapter: Chapter,
    built: Path,
    computer: Computer,
    counts: list[Count],
    note: Note,
) -> None:
    # In any other chapter, the box at its beginning says where this reader starts.
    if chapter.starts_at is None:
        computer.start_at(None)

    count = follow(chapter, built, computer)

    counts.append(count)
    note(chapter.page, str(count))
    for equivalent in count.equivalents:
        note("not run as shown", equivalent)


def test_the_whole_course(whole_course: Future[Count], note: Note) -> None:
    count = whole_course.result()

    note("from an empty folder to the end", str(count))
