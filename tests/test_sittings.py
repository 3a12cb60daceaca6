"""How long chapters take is computed, and said wherever somebody plans with it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from docutils import nodes

from course.chapters import ROOT, load_chapters
from directives.sittings import in_words
from tests.support.small_course import build, change, copy_small_course, index_of

LONGEST = 25
# What the README says stays right when a sentence is added.
TOLERANCE = 3
PAGE = "tutorial/second"
PAUSE = ".. pause-here::\n\n   It greets.\n\nTry it\n"
# Until these are cut anew.
TOO_LONG = {"prerequisites", "echo", "redis-workers", "typed-messages", "fast-fan-out"}


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return copy_small_course(tmp_path / "course")


def sittings_of(course: Path) -> list[dict[str, Any]]:
    sittings: list[dict[str, Any]] = index_of(course)[PAGE]["sittings"]
    return sittings


def test_words_are_those_that_a_reader_reads_once(course: Path) -> None:
    [before] = sittings_of(course)
    change(course, PAGE, "A better", "A much better")
    change(course, PAGE, "Try it\n", ".. folded:: Why?\n\n   For a reason.\n\nTry it\n")
    added = '\n\n\ndef bye() -> None:\n    print("Bye", "bye")\n'
    file = course / "checkpoints" / "two" / "chat" / "app.py"
    file.write_text(file.read_text() + added)

    # "def", "bye()", "None:", 'print("Bye",', '"bye")' and "much".
    assert sittings_of(course)[0]["words"] == before["words"] + 6


def test_a_sitting_has_its_own_words_files_and_commands(course: Path) -> None:
    [whole] = sittings_of(course)
    change(course, PAGE, "Try it\n", PAUSE)

    first, second = sittings_of(course)

    assert (whole["files"], whole["commands"]) == (3, 5)
    assert (first["files"], first["commands"]) == (3, 1)
    assert (second["files"], second["commands"]) == (0, 4)
    # "Pause here" and "It greets."
    assert first["words"] + second["words"] == whole["words"] + 4
    assert whole["minutes"] == whole["words"] / 200 + 3 * 40 / 60 + 5 * 20 / 60


def test_the_task_that_a_solution_is_folded_under_takes_time(course: Path) -> None:
    before = sittings_of(course)
    step = ".. create:: chat/new.py\n"
    change(course, PAGE, step, f".. folded:: A solution\n\n   {step}")

    assert sittings_of(course) == before


def test_the_chapter_and_other_pages_say_how_long_it_takes(course: Path) -> None:
    change(course, PAGE, "A better", "A better " + "good " * 2000)
    change(course, PAGE, "Try it\n", PAUSE)
    app, said = build(course)

    assert said == []
    chapter, index = map(app.env.get_doctree, (PAGE, "index"))
    assert "Allow about 15 minutes, in two sittings of 3 and 12." in chapter.astext()
    assert "Pause here, after about 3 minutes. The next sitting takes about 12." in (
        chapter.astext()
    )
    rows = [row.astext().split("\n\n") for row in index.findall(nodes.row)]
    assert [row[-1] for row in rows] == ["Minutes", "3", "3 + 12"]


def test_a_chapter_is_divided_where_it_is_too_long_for_a_lesson(course: Path) -> None:
    change(course, PAGE, "A better", "A better " + "good " * 2000)
    change(course, PAGE, "Try it\n", PAUSE)
    page = course / "docs" / "plan.rst"
    page.write_text(":orphan:\n\nPlan\n====\n\n.. template:: weeks 12\n")
    app, said = build(course)

    assert said == []
    plan = app.env.get_and_resolve_doctree("plan", app.builder, tags=app.tags)
    rows = list(plan.findall(nodes.row))
    assert [row.astext().split("\n\n") for row in rows[2:]] == [
        ["2", "Second, sitting 1", "3", "9"],
        ["3", "Second, sitting 2", "12", "0"],
    ]


def test_no_sitting_of_the_course_is_too_long(built: Path) -> None:
    pages = json.loads((built / "steps.json").read_text(encoding="utf-8"))

    too_long = {
        chapter.page
        for chapter in load_chapters()
        for sitting in pages[f"tutorial/{chapter.page}"]["sittings"]
        if sitting["minutes"] > LONGEST
    }
    assert too_long == TOO_LONG


def test_the_readme_says_how_long_each_chapter_takes(built: Path) -> None:
    pages = json.loads((built / "steps.json").read_text(encoding="utf-8"))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    said = dict(re.findall(r"^\| (.+?) \| .+? \| .+? \| (\d+) \| ", readme, re.M))

    for chapter in load_chapters():
        sittings = pages[f"tutorial/{chapter.page}"]["sittings"]
        minutes = sum(sitting["minutes"] for sitting in sittings)
        assert abs(int(said[chapter.title]) - minutes) <= TOLERANCE, minutes


def test_minutes_in_words() -> None:
    assert in_words([7]) == "7 minutes"
    assert in_words([7, 9, 8]) == "24 minutes, in three sittings of 7, 9 and 8"
