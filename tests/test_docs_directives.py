"""A mistake on a page is an error with its line; a right page shows the files."""

import csv
import json
import re
from html import unescape
from pathlib import Path

import pytest
from docutils import nodes

from course.chapters import ROOT
from directives.errors import PageError
from directives.listings import colored_lines, hunks, language_of
from directives.nodes import colored_line
from directives.objects import lines_of as lines_of_object
from directives.project import Course
from directives.templates import render
from tests.support.small_course import (
    SMALL_COURSE,
    build,
    change,
    copy_small_course,
    index_of,
    line_of,
)

RECORD = "with 'python3 tutorial.py docs --screenshots'."


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return copy_small_course(tmp_path / "course")


with (SMALL_COURSE / "mistakes.csv").open(encoding="utf-8") as table:
    MISTAKES = list(csv.DictReader(table))


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake["name"])
def test_a_mistake_is_an_error_with_page_and_line(
    course: Path, mistake: dict[str, str]
) -> None:
    old, new = (mistake[name].replace(r"\n", "\n") for name in ("old", "new"))
    page = change(course, mistake["page"], old, new)

    said = build(course)[1]

    place = f"{mistake['page']}.rst:{line_of(page, mistake['place'])}: ERROR: "
    assert any(text.startswith(place) and mistake["says"] in text for text in said), (
        said
    )


@pytest.mark.parametrize(
    ("page", "lines", "sentence"),
    [
        (
            "tutorial/third",
            "",
            "1: ERROR: third is no chapter of checkpoints/chapters.toml: name one of ",
        ),
        (
            "other",
            ".. create:: chat/app.py",
            "6: ERROR: 'create' is for the pages in tutorial/: this page is no ",
        ),
        ("guide/two-more", "", "1: ERROR: docs/guide/contents.toml does not name "),
    ],
)
def test_a_page_in_the_wrong_place_is_an_error(
    course: Path, page: str, lines: str, sentence: str
) -> None:
    file = course / "docs" / f"{page}.rst"
    file.write_text(f":orphan:\n\nPage\n====\n\n{lines}\n")

    said = build(course)[1]

    assert any(text.startswith(f"{page}.rst:{sentence}") for text in said), said


def test_a_chapter_without_a_page_is_an_error(course: Path) -> None:
    (course / "docs" / "tutorial" / "second.rst").unlink()

    said = "\n".join(build(course)[1])

    assert "index.rst:4: WARNING: toctree contains reference to nonexisting" in said


def test_install_without_requirements_is_an_error(course: Path) -> None:
    page = change(course, "tutorial/first", "Try it\n", ".. install::\n\nTry it\n")

    assert build(course)[1] == [
        f"tutorial/first.rst:{line_of(page, '.. install')}: ERROR: The chapter First "
        "requires no package: remove 'install', or add to 'requires' in "
        "checkpoints/chapters.toml."
    ]


@pytest.mark.parametrize("name", ["second", "terminals"])
@pytest.mark.parametrize("recorded", ["{", "[1]", '[{"from": "a"}]', "{}", "[]"])
def test_a_recording_that_is_none_is_an_error(
    course: Path, name: str, recorded: str
) -> None:
    (course / "docs" / "recordings" / f"{name}.json").write_text(recorded)

    said = build(course)[1]

    sentence = f"ERROR: docs/recordings/{name}.json is no list of entries with "
    assert any(sentence in text and text.endswith(RECORD) for text in said), said


def test_pictures_may_be_missing_while_they_are_made(course: Path) -> None:
    (course / "docs" / "_static" / "screenshots" / "second.png").unlink()
    for recording in "second", "terminals":
        (course / "docs" / "recordings" / f"{recording}.json").unlink()

    assert build(course, course_records=True)[1] == []


def test_what_work_leaves_behind_is_no_part_of_the_course(course: Path) -> None:
    project = course / "checkpoints" / "two"
    (project / "loadtest.svg").write_text("<svg/>")
    for path in "collected/left.css", ".ruff_cache/left", "chat/__pycache__/a.pyc":
        (project / path).parent.mkdir()
        (project / path).write_text("left behind")
    (project / "db.sqlite3").write_bytes(b"\0")

    assert build(course)[1] == []


def test_a_file_may_have_any_line_ends(course: Path) -> None:
    file = course / "checkpoints" / "two" / "chat" / "app.py"
    right = index_of(course)
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n").removesuffix(b"\r\n"))

    assert index_of(course) == right


def test_a_file_that_is_no_text_is_named_and_copied(course: Path) -> None:
    picture = course / "checkpoints" / "two" / "logo.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\0")
    change(course, "tutorial/second", "Try it\n", ".. create:: logo.png\n\nTry it\n")

    steps = index_of(course)["tutorial/second"]["steps"]

    (step,) = [step for step in steps if step.get("path") == "logo.png"]
    assert (step["text"], step["copy_from"]) == ("", "checkpoints/two/logo.png")


# Kind, and what is shown, of every step of the second chapter outside of its boxes.
SHOWN = [
    ("screenshot", "actions", ["fill #name Ada Lovelace", "click #greet"]),
    ("run", "typed", 'python -m pip install --prefer-binary "Django==5.2.19"\n'),
    ("create", "text", "NEW = True\n"),
    ("edit", "path", "chat/app.py"),
    ("remove", "path", "chat/old.py"),
    ("excerpt", "object", "Greeter.greet"),
    ("run", "typed_on_windows", "set A=1\npython manage.py runserver\n"),
    ("output", "printed", "…\nready\n"),
    (
        "terminals",
        "screens",
        [{"typed": ["python manage.py runserver"], "printed": ["ready"]}],
    ),
    ("browser-console", "text", 'console.log("hi");\n'),
    ("console-log", "printed", "hi\n"),
    ("stop", "terminal", 1),
    (
        "sequence",
        "messages",
        json.loads((SMALL_COURSE / "docs/recordings/second.json").read_text()),
    ),
    ("run", "typed", "python -m pytest -q\n"),
    ("output", "printed", "1 passed\n"),
]


def test_the_index_has_what_a_page_shows(course: Path) -> None:
    page = index_of(course)["tutorial/second"]

    assert (page["title"], page["source"]) == ("Second", "docs/tutorial/second.rst")
    steps = [step for step in page["steps"] if not step["box"]]
    assert [
        (step["kind"], name, step[name])
        for step, (_, name, _) in zip(steps, SHOWN, strict=True)
    ] == SHOWN
    (excerpt,) = [step for step in steps if step["kind"] == "excerpt"]
    text = "    @staticmethod\n    def greet() -> str:\n        return GREETING\n"
    assert (excerpt["text"], excerpt["section"]) == (text, "Steps")
    assert excerpt["line"] == line_of(
        (course / "docs/tutorial/second.rst").read_text(), ".. excerpt"
    )


def test_a_listing_is_the_file_at_the_chapters_end(course: Path) -> None:
    steps = index_of(course)["tutorial/first"]["steps"]

    app = (course / "checkpoints/one/chat/app.py").read_text()
    assert [step["text"] for step in steps if step["kind"] == "create"] == [
        *("", app, "OLD = True\n"),
    ]
    assert "an empty file" in texts_of(course, "tutorial/first")
    assert lines_of_object(app, "app.py", "GREETING") == 'GREETING = "Hello"\n'


@pytest.mark.parametrize(
    ("wrong", "rows", "sentence"),
    [(1, ["1"], "Deliveries were lost"), (0, ["1", "2"], "does not show everything")],
)
def test_a_measurement_is_whole_and_lost_nothing(
    wrong: int, rows: list[str], sentence: str
) -> None:
    measured = {"table": ["head", *rows], "cells": [{"wrong": wrong}]}

    with pytest.raises(PageError, match=sentence):
        render("measurement", read_json=lambda path: measured)


def test_the_boxes_say_how_to_come_here_and_to_go_on(course: Path) -> None:
    steps = index_of(course)["tutorial/second"]["steps"]

    assert [(step["box"], step["typed"]) for step in steps if step["box"]] == [
        ("start", "python3 tutorial.py start one\n"),
        ("start", "python3 tutorial.py branches\ngit switch one\n"),
        ("end", "python3 tutorial.py check two\npython3 tutorial.py diff two\n"),
    ]


def test_words_are_those_that_a_reader_reads_once(course: Path) -> None:
    before = index_of(course)["tutorial/second"]["words"]
    change(course, "tutorial/second", "A better", "A much better")
    added = '\n\n\ndef bye() -> None:\n    print("Bye", "bye")\n'
    file = course / "checkpoints" / "two" / "chat" / "app.py"
    file.write_text(file.read_text() + added)

    # "def", "bye()", "None:", 'print("Bye",', '"bye")' and "much".
    assert index_of(course)["tutorial/second"]["words"] == before + 6


def test_an_example_is_shown_whole_or_in_part(course: Path) -> None:
    steps = index_of(course)["guide/one"]["steps"]

    text = (course / "docs/examples/one/greet.py").read_text()
    examples = [step for step in steps if step["kind"] == "example"]
    assert [(step["path"], step["object"], step["text"]) for step in examples] == [
        ("docs/examples/one/greet.py", "", text),
        ("docs/examples/one/greet.py", "Greeter.greet", text.partition("\n")[2]),
        ("deploy/proxy.yml", "", "port: 80\n"),
    ]


def texts_of(
    course: Path, page: str, kind: type[nodes.Element] = nodes.TextElement
) -> list[str]:
    """The texts of a page that has no mistake."""
    app, said = build(course)
    assert said == []
    doctree = app.env.get_and_resolve_doctree(page, app.builder, tags=app.tags)
    return [" | ".join(it.astext().split("\n\n")) for it in doctree.findall(kind)]


def test_a_figure_is_what_a_test_has_measured(course: Path) -> None:
    assert "It took 0.5 s for 2,000 clients." in texts_of(course, "guide/one")


def test_a_drawing_has_its_words(course: Path) -> None:
    label = '<svg role="img" aria-label="A line, from &quot;left&quot; to right." '

    assert label in "\n".join(texts_of(course, "guide/one"))


def test_an_error_and_a_task_lead_to_the_sections_that_answer(course: Path) -> None:
    app, _ = build(course)
    text = "Error: nobody says '…', at all"
    links = {
        link.astext(): link.get("refid") or link.get("refuri")
        for page in ("guide/one", "guide/index")
        for link in app.env.get_and_resolve_doctree(
            page, app.builder, tags=app.tags
        ).findall(nodes.reference)
    }

    assert links[text] == "no-greeting"
    assert links["greet somebody"].endswith("#when-you-need-it")
    assert links["greet everybody"].endswith("#when-you-need-it")
    shown = texts_of(course, "guide/one")
    assert shown.count(text) > 1
    assert {"Cause: Nobody says anything,\nnot even that.", "Cure: Say something."} <= {
        *shown
    }


def test_the_table_counts_the_tests_of_each_subject(course: Path) -> None:
    assert texts_of(course, "guide/coverage", nodes.row)[1:] == [
        "G1 | the first things | Page one | examples/one/test_greet.py: 2",
        "C1 | “It is green.” It is red. | Page one | examples/one/test_greet.py: 1",
    ]


def test_a_schedule_adds_up_and_a_week_has_what_is_left(course: Path) -> None:
    page = course / "docs" / "day.rst"
    page.write_text(
        ":orphan:\n\nDay\n===\n\n.. template:: schedule 9:50\n\n   first\n   15 Break\n"
        "   second\n\n.. template:: weeks 45\n"
    )

    assert texts_of(course, "day", nodes.row) == [
        "Time | What | Minutes",
        "09:50 | First | 5",
        "09:55 | Break | 15",
        "10:10 | Second | 5",
        "10:15 | The end | ",
        "Week | Chapter | Minutes | Left to show and ask",
        "1 | First | 5 | 40",
        "2 | Second | 5 | 40",
    ]


COURSE = Course(ROOT)
EDITS = [
    pytest.param(before, after, path, id=f"{chapter.page}:{path}")
    for chapter in COURSE.chapters
    for path, change in COURSE.changes(chapter).items()
    if change == "edit"
    and isinstance(before := COURSE.files(chapter.starts_at)[path], str)
    and isinstance(after := COURSE.files(chapter.ends_at)[path], str)
]


@pytest.mark.parametrize(("before", "after", "path"), EDITS)
def test_the_changes_on_every_page_rebuild_the_file(
    before: str, after: str, path: str
) -> None:
    done, rest = "", before
    # As a reader does who finds each place by its lines.
    for hunk in hunks(before, after, language_of(path)):
        assert isinstance(hunk, nodes.Element)
        shown = [
            (line["classes"], line.astext()) for line in hunk.findall(colored_line)
        ]
        old = "".join(text for kinds, text in shown if kinds != ["add"])
        new = "".join(text for kinds, text in shown if kinds != ["del"])
        between, found, rest = rest.partition(old)
        assert found, old
        done += between + new
        first, last = map(int, re.findall(r"\d+", hunk["place"])[:2])
        assert "".join(after.splitlines(keepends=True)[first - 1 : last]) == new
    assert done + rest == after


def test_a_change_says_in_what_it_is() -> None:
    before, after = (
        (SMALL_COURSE / "checkpoints" / name / "chat" / "app.py").read_text()
        for name in ("one", "two")
    )

    places = [it["place"] for it in hunks(before, after, "python")]  # type: ignore[index]

    assert places == ["lines 1 to 7", "lines 14 to 17, in main"]


@pytest.mark.parametrize("checkpoint", COURSE.checkpoints)
def test_colors_change_no_character(checkpoint: str) -> None:
    for path, text in COURSE.files(checkpoint).items():
        if isinstance(text, str):
            lines = colored_lines(text, language_of(path))
            assert "".join(line.text for line in lines) == text
            html = "".join(line.html for line in lines)
            assert unescape(re.sub("<[^>]*>", "", html)) == text
