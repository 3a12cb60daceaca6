"""How far learners are, and which section teaches what they need."""

from pathlib import Path

import pytest

from course import lessons
from course.chapters import (
    Checkpoint,
    all_checkpoints,
    folder_of,
    load_chapters,
)
from course.lessons import Section, find_section, mentions_on
from course.progress import Files, State, code_of, differences, guess
from course.projects import copy_project
from tests.support.clones import Clone

CHAPTERS = list(load_chapters())
ROOMS = [chapter.page for chapter in CHAPTERS].index("rooms")
CONSUMERS = "chat/consumers.py"


Projects = list[tuple[Checkpoint, Files]]


@pytest.fixture(scope="session")
def projects(published: Clone, tmp_path_factory: pytest.TempPathFactory) -> Projects:
    copies = tmp_path_factory.mktemp("copies")
    found = []
    for checkpoint in all_checkpoints():
        folder = folder_of(checkpoint.name, published.folder)
        copy_project(folder, copies / checkpoint.name)
        found.append((checkpoint, code_of(copies / checkpoint.name)))
    return found


def step_by_step(before: Files, after: Files) -> list[Files]:
    """What learners have who make a chapter's changes one file at a time."""
    states, mine = [], dict(before)
    for path in sorted(before | after):
        if before.get(path) != after.get(path):
            mine.pop(path, None)
            if path in after:
                mine[path] = after[path]
            states.append(dict(mine))
    return states


@pytest.mark.parametrize("number", range(1, len(CHAPTERS)))
def test_whoever_is_in_a_chapter_is_on_the_way_to_its_end(
    projects: Projects, number: int
) -> None:
    (_, before), (checkpoint, after) = projects[number - 1 : number + 1]

    for mine in step_by_step(before, after):
        assert guess(mine, projects).checkpoint == checkpoint.name


@pytest.mark.parametrize("number", range(len(CHAPTERS)))
def test_a_word_of_their_own_does_not_send_them_elsewhere(
    projects: Projects, number: int
) -> None:
    checkpoint, files = projects[number]
    settings = files["config/settings.py"]
    mine = files | {"config/settings.py": settings.replace(b"UTC", b"Europe/Athens")}

    assert guess(mine, projects).checkpoint == checkpoint.name


def test_every_way_to_differ_has_its_name() -> None:
    start = {"left.py": b"1\n", "untouched.py": b"1\n", "changed.py": b"1\n"}
    end = {"missing.py": b"1\n", "untouched.py": b"2\n", "changed.py": b"1\n2\n"}
    mine = {"left.py": b"1\n", "untouched.py": b"1\n", "changed.py": b"1\n3\n"}

    found = differences(mine, start, end)

    assert [(it.path, it.state) for it in found] == [
        ("changed.py", State.CHANGED),
        ("left.py", State.LEFT),
        ("missing.py", State.MISSING),
        ("untouched.py", State.UNTOUCHED),
    ]
    assert [(hunk.line, hunk.code) for hunk in found[0].hunks] == [(2, "3")]


def test_the_ends_of_lines_are_no_difference() -> None:
    assert not differences({"a.py": b"1\r\n2"}, {}, {"a.py": b"1\n2\n"})


@pytest.mark.parametrize(
    ("path", "code", "page", "title"),
    [
        (CONSUMERS, "CLOSE_BAD_ROOM", "rooms", "Refuse so that a browser learns why"),
        (CONSUMERS, "def group_of", "rooms", "A room's name is not a group's name"),
        (CONSUMERS, "group_add", "rooms", "Join, then accept"),
        (CONSUMERS, "group_send", "rooms", "Speak to the room"),
        # Of this method, only the chapter's step itself speaks.
        (CONSUMERS, "def chat_message", "rooms", "A room's name is not a group's name"),
        ("chat/routing.py", "<str:room>", "rooms", "A path with a part that varies"),
        ("config/asgi.py", "URLRouter(", "echo", "Write the ASGI application"),
        ("config/urls.py", "path(", "prerequisites", "The paths"),
        ("of/their/own.py", "import", "rooms", "Steps"),
    ],
)
def test_each_line_has_its_section(
    projects: Projects, path: str, code: str, page: str, title: str
) -> None:
    source = projects[ROOMS][1].get(path, b"").decode()
    line = source.partition(code)[0].count("\n") + 1

    section = find_section(CHAPTERS[: ROOMS + 1], path, source, line)

    assert (section.chapter.page, section.title) == (page, title)


def test_every_file_that_a_chapter_changes_has_a_section(projects: Projects) -> None:
    before: Files = {}
    for checkpoint, after in projects:
        steps = {it.path for it in mentions_on(checkpoint.chapter.page) if it.is_step}
        changed = {it for it in before | after if before.get(it) != after.get(it)}
        assert changed <= steps
        before = after


def test_an_address_is_given_only_if_it_leads_somewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lessons, "BUILT_PAGES", tmp_path)
    section = Section(CHAPTERS[ROOMS], "A room's name is not a group's name")
    assert section.address is None

    page = tmp_path / "rooms.html"
    page.write_text('<section id="a-room-s-name-is-not-a-group-s-name">')

    assert section.address == f"{page.as_uri()}#a-room-s-name-is-not-a-group-s-name"
    assert Section(CHAPTERS[ROOMS], "Elsewhere").address is None
