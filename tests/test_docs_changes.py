"""What a page shows of a change, and in which colors."""

import re
from html import unescape

import pytest
from docutils import nodes

from course.chapters import ROOT
from directives.listings import colored_lines, hunks, language_of
from directives.nodes import colored_line
from directives.project import Course
from tests.support.small_course import (
    SMALL_COURSE,
)

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
