"""The tests that pass from a step on, and the questions at a chapter's end."""

from pathlib import Path

import pytest
from docutils import nodes

from tests.support.small_course import (
    build,
    change,
    copy_small_course,
    index_of,
    texts_of,
)

TESTS = {
    "test_app.py": "def test_it_greets(): ...\n\n\nasync def test_twice(): ...\n",
    "test_new.py": "def test_twice(): ...\n",
}


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """The small course, with tests in its second chapter."""
    folder = copy_small_course(tmp_path / "course")
    steps = ""
    for name, text in TESTS.items():
        (folder / "checkpoints" / "two" / "chat" / name).write_text(text)
        steps += f".. create:: chat/{name}\n\n"
    change(folder, "tutorial/second", ".. install::\n", f".. install::\n\n{steps}")
    return folder


def add(course: Path, directive: str, lines: str) -> None:
    change(
        course, "tutorial/second", "Recap\n", f".. {directive}\n\n{lines}\n\nRecap\n"
    )


def test_what_passes_is_shown_in_the_words_of_check(course: Path) -> None:
    add(course, "now-passes::", "   test_it_greets\n   chat/test_new.py::test_twice")

    steps = index_of(course)["tutorial/second"]["steps"]

    (step,) = [step for step in steps if step["kind"] == "now-passes"]
    assert step["tests"] == [
        "chat/test_app.py::test_it_greets",
        "chat/test_new.py::test_twice",
    ]
    assert {"✓ it greets", "✓ twice"} <= {*texts_of(course, "tutorial/second")}


@pytest.mark.parametrize(
    ("test", "sentence"),
    [
        ("test_it_sings", "The project has no test test_it_sings at the chapter's end"),
        (
            "test_twice",
            "test_twice is in several files: write chat/test_app.py::test_twice or "
            "chat/test_new.py::test_twice.",
        ),
    ],
)
def test_a_test_that_is_none_or_several_is_an_error(
    course: Path, test: str, sentence: str
) -> None:
    add(course, "now-passes::", f"   {test}")

    (said,) = build(course)[1]

    assert f" ERROR: {sentence}" in said


def test_the_teachers_see_the_questions_of_a_chapter(course: Path) -> None:
    add(course, "question:: Who greets\n   whom?", "   Ada *Bob*.")
    add(course, "question:: Why?", "   Who knows.")
    teachers = course / "docs" / "teachers.rst"
    teachers.write_text(":orphan:\n\nAsk\n===\n\n.. template:: questions second\n")

    assert index_of(course)["tutorial/second"]["questions"] == [
        "Who greets whom?",
        "Why?",
    ]
    shown = texts_of(course, "teachers", nodes.reference)
    assert shown == ["Who greets whom?", "Why?"]


def test_a_chapter_without_questions_has_none_to_show(course: Path) -> None:
    teachers = course / "docs" / "teachers.rst"
    teachers.write_text(":orphan:\n\nAsk\n===\n\n.. template:: questions first\n")

    (said,) = build(course)[1]

    assert said.endswith("The page of first has no question: add one.")
