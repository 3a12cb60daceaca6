"""How far learners are, and which section teaches what they need."""

from pathlib import Path

import pytest

from course.chapters import Checkpoint, all_checkpoints, load_chapters
from course.check import sections
from course.check.progress import Files, State, code_of, differences, guess
from course.check.sections import Section, find_section, sections_on
from course.projects import copy_project

CHAPTERS = list(load_chapters())
ROOMS = [chapter.page for chapter in CHAPTERS].index("rooms")
CONSUMERS, SETTINGS = "chat/consumers.py", "config/settings.py"

Projects = list[tuple[Checkpoint, Files]]


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Projects:
    copies = tmp_path_factory.mktemp("copies")
    for checkpoint in all_checkpoints():
        copy_project(checkpoint.folder, copies / checkpoint.name)
    return [(it, code_of(copies / it.name)) for it in all_checkpoints()]


@pytest.mark.parametrize("number", range(1, len(CHAPTERS)))
def test_whoever_makes_a_chapters_changes_is_on_the_way_to_its_end(
    projects: Projects, number: int
) -> None:
    (_, before), (checkpoint, after) = projects[number - 1 : number + 1]
    changed = [it for it in sorted(before | after) if before.get(it) != after.get(it)]

    assert changed
    for done in range(1, len(changed) + 1):
        mine = {path: before[path] for path in before if path not in changed[:done]}
        mine |= {path: after[path] for path in changed[:done] if path in after}
        assert guess(mine, projects)[0] == checkpoint


@pytest.mark.parametrize("number", range(len(CHAPTERS)))
def test_a_word_of_their_own_does_not_send_them_elsewhere(
    projects: Projects, number: int
) -> None:
    checkpoint, files = projects[number]
    own = files[SETTINGS].replace(b"UTC", b"Europe/Athens") + b"\n\n"

    assert guess(files | {SETTINGS: own}, projects)[0] == checkpoint


def test_every_way_to_differ_has_its_name_and_line_ends_are_none() -> None:
    start = {"left.py": b"1\n", "untouched.py": b"1\n", "changed.py": b"1\n"}
    end = {"missing.py": b"1\n", "untouched.py": b"2\n", "changed.py": b"1\n2\n"}
    mine = {"left.py": b"1\n", "untouched.py": b"1\n", "changed.py": b"1\r\n3"}

    found = differences(mine, start, end)

    assert [(it.path, it.state, it.code) for it in found] == [
        ("changed.py", State.CHANGED, "3"),
        ("left.py", State.LEFT, ""),
        ("missing.py", State.MISSING, ""),
        ("untouched.py", State.UNTOUCHED, "1"),
    ]
    assert not differences({"a.py": b"1\r\n\r2"}, {}, {"a.py": b"1\n\n2\n"})


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
        changed = {it for it in before | after if before.get(it) != after.get(it)}
        assert {(it, "") for it in changed} <= sections_on(
            checkpoint.chapter.page
        ).keys()
        before = after


def test_an_address_is_given_only_if_it_leads_somewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sections, "BUILT_PAGES", tmp_path)
    section = Section(CHAPTERS[ROOMS], "A room's name is not a group's name")
    assert section.address is None

    page = tmp_path / "rooms.html"
    page.write_text('<section id="a-room-s-name-is-not-a-group-s-name">')

    assert section.address == f"{page.as_uri()}#a-room-s-name-is-not-a-group-s-name"
    assert Section(CHAPTERS[ROOMS], "Elsewhere").address is None
