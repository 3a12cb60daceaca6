"""The exercises on a chapter's page, and in the teachers' table."""

from pathlib import Path

import pytest
from docutils import nodes

from directives.nodes import folded
from tests.support.small_course import (
    build,
    change,
    copy_small_course,
    index_of,
    texts_of,
)

EXERCISE = """
title = "Greet louder"
minutes = 5
task = "What does ``greet`` print?"
hints = ["Look at ``print``.", "It is one word."]
because = "It says so."
kind = "predict"
answer = ["Hello"]
"""
SOLUTION = """
[[solution]]
file = "chat/app.py"
old = ""
new = "loud\\n"
"""
PAGE = "tutorial/second"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """The small course, with a place for exercises on its second page."""
    folder = copy_small_course(tmp_path / "course")
    section = "Exercises\n---------\n\n.. exercises::\n\n"
    change(folder, PAGE, "Recap\n", f"{section}Recap\n")
    return folder


def add(course: Path, exercise: str) -> None:
    folder = course / "checkpoints" / "exercises" / "second" / "1"
    folder.mkdir(parents=True)
    (folder / "exercise.toml").write_text(exercise)


def test_the_task_is_shown_and_the_answer_folded(course: Path) -> None:
    before = copy_small_course(course.with_name("before"))
    add(course, EXERCISE)

    page = index_of(course)[PAGE]

    assert "exercises" in [step["kind"] for step in page["steps"]]
    assert "What does greet print?" in texts_of(course, PAGE)
    summaries = [it["summary"] for it in folds(course)]
    first = summaries.index("Hint 1")
    assert summaries[first : first + 3] == ["Hint 1", "Hint 2", "The answer"]
    # Whoever does them does so after the sitting.
    title = ["Exercises"]
    words = [it["words"] for it in page["sittings"]]
    assert words == [index_of(before)[PAGE]["sittings"][0]["words"] + len(title)]


def folds(course: Path) -> list[folded]:
    app, _ = build(course)
    doctree = app.env.get_and_resolve_doctree(PAGE, app.builder, tags=app.tags)
    return list(doctree.findall(folded))


def test_what_is_built_is_shown_as_a_change(course: Path) -> None:
    built = EXERCISE.replace("predict", "build").replace('answer = ["Hello"]', "")
    add(course, built + SOLUTION)

    shown = texts_of(course, PAGE, nodes.literal_block)

    assert "+loud" in shown[-1]


def test_the_teachers_table_has_all(course: Path) -> None:
    add(course, EXERCISE)
    index = course / "docs" / "index.rst"
    text = index.read_text(encoding="utf-8")
    index.write_text(f"{text}\n.. template:: exercise-table\n", encoding="utf-8")

    assert {"second/1", "Greet louder", "predict what happens"} <= {
        *texts_of(course, "index")
    }


def test_a_chapter_without_exercises_is_an_error(course: Path) -> None:
    _, said = build(course)

    assert any("second has no exercise in checkpoints/exercises/" in it for it in said)
