"""How far learners are, and which section teaches what they need."""

import json
from pathlib import Path

import pytest

from course.chapters import Checkpoint, all_checkpoints, load_chapters
from course.check import sections
from course.check.progress import State, differences, guess, without_tests
from course.check.sections import Section, find_section, sections_on
from course.lines import Code

CHAPTERS = list(load_chapters())
ROOMS = [chapter.page for chapter in CHAPTERS].index("rooms")
CONSUMERS, SETTINGS = "chat/consumers.py", "config/settings.py"

Projects = list[tuple[Checkpoint, Code]]


@pytest.fixture(scope="module")
def projects() -> Projects:
    return [(checkpoint, without_tests(checkpoint)) for checkpoint in all_checkpoints()]


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
    own = [line.replace("UTC", "Europe/Athens") for line in files[SETTINGS]]

    assert guess(files | {SETTINGS: [*own, "", ""]}, projects)[0] == checkpoint


def test_every_way_to_differ_has_its_name() -> None:
    start = {"left.py": ["1"], "untouched.py": ["1"], "changed.py": ["1"]}
    end = {"missing.py": ["1"], "untouched.py": ["2"], "changed.py": ["1", "2"]}
    mine = {"left.py": ["1"], "untouched.py": ["1"], "changed.py": ["1", "3"]}

    found = differences(mine, start, end)

    assert [(it.path, it.state, it.code) for it in found] == [
        ("changed.py", State.CHANGED, "3"),
        ("left.py", State.LEFT, ""),
        ("missing.py", State.MISSING, ""),
        ("untouched.py", State.UNTOUCHED, "1"),
    ]


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
    source = "\n".join(projects[ROOMS][1].get(path, []))
    line = source.partition(code)[0].count("\n") + 1

    section = find_section(CHAPTERS[: ROOMS + 1], path, source, line)

    assert (section.chapter.page, section.title) == (page, title)


def test_every_file_that_a_chapter_has_changed_by_hand_has_a_section(
    projects: Projects, built: Path
) -> None:
    pages = json.loads((built / "steps.json").read_text(encoding="utf-8"))
    before: Code = {}
    for checkpoint, after in projects:
        page = checkpoint.chapter.page
        steps = pages[f"tutorial/{page}"]["steps"]
        ready = {it for step in steps for it in step.get("files", [])}
        changed = {it for it in before | after if before.get(it) != after.get(it)}
        assert {(it, "") for it in changed - ready} <= sections_on(page).keys()
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
