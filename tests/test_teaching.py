"""The pages for teachers: their schedules, their traps and their commands."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from course.chapters import ROOT, find_checkpoint, load_chapters
from course.child import environment
from course.projects import copy_checkpoint
from directives.project import Course
from directives.terminals import install_command
from tests.chapters.computer import Computer
from tests.chapters.follow import follow
from tests.chapters.pages import load
from tests.chapters.ports import Ports
from tests.chapters.reader import Reader
from tests.conftest import Note
from tests.support.clones import Clone
from tests.support.commands import status_of_page, wait_until

CHAPTERS = {chapter.page: chapter for chapter in load_chapters()}
TRAPS = tomllib.loads((ROOT / "docs/teaching/traps.toml").read_text("utf-8"))["trap"]
OFFLINE = "teaching/offline"
PAGES = [f"teaching/{file.stem}" for file in (ROOT / "docs/teaching").glob("*.rst")]


@pytest.mark.parametrize(
    "trap", TRAPS, ids=lambda trap: f"{trap['chapter']}-{trap['behavior']}"
)
def test_a_trap_is_noticed_by_the_behavior_that_the_page_names(
    trap: dict[str, str], tmp_path: Path
) -> None:
    project = tmp_path / "project"
    checkpoint = CHAPTERS[trap["chapter"]].ends_at
    copy_checkpoint(find_checkpoint(checkpoint), project)
    file = project / trap["file"]
    text = file.read_text()
    assert text.count(trap["right"]) == 1
    file.write_text(text.replace(trap["right"], trap["wrong"]))
    tests = [
        f"{path.relative_to(project)}::{trap['behavior']}"
        for path in project.glob("*/tests/*.py")
        if f"def {trap['behavior']}(" in path.read_text()
    ]
    assert tests

    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", *tests],
        cwd=project,
        env=environment(),
        capture_output=True,
        text=True,
    )

    assert finished.returncode == 1, finished.stdout
    assert finished.stdout.splitlines()[-1].startswith(("1 failed", "1 error"))


@pytest.mark.parametrize("page", CHAPTERS)
def test_every_chapter_has_traps_and_questions(page: str, built: Path) -> None:
    text = (ROOT / "docs/teaching/chapters.rst").read_text(encoding="utf-8")
    _, _, section = text.partition(f".. template:: about-chapter {page}\n")
    section, _, _ = section.partition(".. template:: about-chapter ")

    assert f".. template:: traps {page}\n" in section
    assert f".. template:: questions {page}\n" in section
    index = json.loads((built / "steps.json").read_text(encoding="utf-8"))
    chapter = index[f"tutorial/{page}"]
    assert 4 <= len(chapter["questions"]) <= 6
    assert "exercises" in [step["kind"] for step in chapter["steps"]]


@pytest.fixture
def teacher(
    tmp_path: Path, ports: Ports, browser: Browser, fresh_clone: Clone
) -> Iterator[Computer]:
    """The computer of a teacher, with the course on a disk that is named oddly."""
    course = fresh_clone.copy(tmp_path / "OLD DISK" / "course").folder
    Path(course, ".venv").symlink_to(sys.prefix)
    computer = Computer(course, ports, browser)
    yield computer
    computer.close()


@pytest.mark.parametrize("docname", [page for page in PAGES if page != OFFLINE])
def test_a_page_for_teachers(
    docname: str, built: Path, teacher: Computer, note: Note
) -> None:
    follow_page(docname, built, teacher, note)


def follow_page(docname: str, built: Path, teacher: Computer, note: Note) -> None:
    reader = Reader(load(ROOT, built, docname), teacher)
    note(docname, follow(reader))
    for equivalent in reader.equivalents:
        note("not run as shown", equivalent)


@pytest.mark.slow
def test_a_room_without_internet(
    built: Path, teacher: Computer, note: Note, free_port: int
) -> None:
    follow_page(OFFLINE, built, teacher, note)

    # Another terminal of the learner's, whose computer has no index of packages.
    learner = teacher.terminal(2)
    learner.environment["PIP_INDEX_URL"] = "http://127.0.0.1:1/simple"
    steps = load(ROOT, built, OFFLINE).steps
    setting = next(step for step in steps if step.get("terminal") == 2)
    learner.run(f"cd ..\n{setting['typed']}cd realtime-django\n", seconds=60)

    # The launcher has installed the packages.
    command = f"python3 tutorial.py serve cp0 --port {free_port}"
    server = learner.start(command)
    wait_until(lambda: "Serving cp0." in server.output, "nothing is served")
    assert status_of_page(free_port, "/") == 200
    learner.interrupt()

    # The pages' own commands install them, too.
    learner.run("mkdir ../mychat\ncd ../mychat\npython3 -m venv .venv", seconds=300)
    learner.run("source .venv/bin/activate", seconds=10)
    for chapter in CHAPTERS.values():
        if requirements := Course(ROOT).requirements([chapter]):
            installed = learner.run(install_command(requirements), seconds=300)
            assert installed.status == 0, installed.output
    checked = learner.run("python -m pip check", seconds=300)
    assert checked.output.endswith("No broken requirements found.\n")
