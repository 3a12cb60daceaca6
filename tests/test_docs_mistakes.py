"""A mistake on a page is an error with its line."""

import csv
from pathlib import Path

import pytest

from directives.errors import PageError
from directives.templates import render
from tests.support.small_course import (
    SMALL_COURSE,
    build,
    change,
    line_of,
)

RECORD = "with 'python3 tutorial.py docs --screenshots'."
MISTAKES = list(
    csv.DictReader((SMALL_COURSE / "mistakes.csv").read_text("utf-8").splitlines())
)


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

    assert (
        "index.rst:4: ERROR: Nothing tells how long the chapter Second takes: write "
        in said
    )


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
