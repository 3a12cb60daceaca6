"""Directives of the pages for teachers: schedules, what to say of a chapter, questions.

What people trip over is in docs/teaching/traps.toml: each trap is a mistake in a file
of a checkpoint, so that a test can make it and see what a learner sees.
"""

import datetime
import re
import tomllib
from pathlib import Path
from typing import ClassVar, NamedTuple

from docutils import nodes
from docutils.parsers.rst import directives

from course.chapters import Chapter
from directives.boxes import link, link_to_changes, link_to_files, row
from directives.directive import CourseDirective
from directives.errors import PageError
from directives.nodes import folded

FOLDER_OF_TEACHING = "teaching/"
TRAPS = "traps.toml"
# A line of a schedule that is no chapter: "15 Break".
SLOT = re.compile(r"(\d+) (.+)")
START = re.compile(r"(\d\d?):(\d\d)")


class Trap(NamedTuple):
    """A mistake that learners make: in a chapter's file, `wrong` stands for `right`.

    `what` says in reStructuredText what comes of it, and `behavior` is the test of the
    chapter's end that notices.
    """

    chapter: str
    file: str
    right: str
    wrong: str
    what: str
    behavior: str

    @property
    def sentence(self) -> str:
        """How `tutorial.py check` calls the behavior."""
        return self.behavior.removeprefix("test_").replace("_", " ")


def read_traps(docs: Path) -> list[Trap]:
    text = (docs / FOLDER_OF_TEACHING / TRAPS).read_text(encoding="utf-8")
    return [Trap(**trap) for trap in tomllib.loads(text)["trap"]]


class Schedule(CourseDirective):
    """`schedule::`: when what begins, from `:starts: 9:00`.

    Each line of the body is a chapter's page, or minutes and what they are for.
    """

    has_content = True
    option_spec: ClassVar = {"starts": directives.unchanged_required}

    def show(self) -> list[nodes.Node]:
        clock = self.start()
        rows = []
        for line in self.body:
            slot = SLOT.fullmatch(line)
            chapter = None if slot else self.course.chapter(line)
            minutes = chapter.minutes if chapter else int(slot[1] if slot else 0)
            what = link(chapter) if chapter else slot[2] if slot else ""
            rows += row(f"{clock:%H:%M}", what, str(minutes))
            clock += datetime.timedelta(minutes=minutes)
        rows += row(f"{clock:%H:%M}", "The end", "")
        head = row("Time", "What", "Minutes")
        return self.parse([*TABLE, "   :widths: 2 8 2", "", *head, *rows])

    def start(self) -> datetime.datetime:
        found = START.fullmatch(self.options.get("starts", ""))
        if not found:
            raise PageError("A schedule begins somewhen: add ':starts: 9:00'.")
        return datetime.datetime(2000, 1, 1, int(found[1]), int(found[2]))


class Weeks(CourseDirective):
    """`weeks:: 45`: a lesson of so many minutes for each chapter."""

    required_arguments = 1

    def show(self) -> list[nodes.Node]:
        minutes = directives.positive_int(self.arguments[0])
        rows = row("Week", "Chapter", "Minutes", "Left to show and ask")
        for number, chapter in enumerate(self.course.chapters, start=1):
            if chapter.minutes > minutes:
                raise PageError(
                    f"The chapter {chapter.title} takes {chapter.minutes} minutes, and "
                    f"a lesson has {minutes}: make the lessons longer."
                )
            left = str(minutes - chapter.minutes)
            rows += row(str(number), link(chapter), str(chapter.minutes), left)
        return self.parse([*TABLE, "   :widths: 1 4 2 3", "", *rows])


class AboutChapter(CourseDirective):
    """`about-chapter:: PAGE`: the facts of chapters.toml, and how to show its end."""

    required_arguments = 1

    def show(self) -> list[nodes.Node]:
        chapter = self.course.chapter(self.arguments[0])
        return self.parse(
            [
                f"{link(chapter)} takes about {chapter.minutes} minutes. You end "
                f"with {chapter.summary}: ``{chapter.ends_at}``, "
                f"{link_to_files(chapter)}, {link_to_changes(chapter)}. To show it: "
                f"``python3 tutorial.py serve {chapter.ends_at}``",
            ]
        )


class Traps(CourseDirective):
    """`traps:: PAGE`: what people trip over in that chapter."""

    required_arguments = 1

    def show(self) -> list[nodes.Node]:
        chapter = self.course.chapter(self.arguments[0])
        docs = Path(self.env.srcdir)
        self.env.note_dependency(str(docs / FOLDER_OF_TEACHING / TRAPS))
        lines = [
            line
            for trap in read_traps(docs)
            if trap.chapter == chapter.page
            for line in self.lines(trap, chapter)
        ]
        if not lines:
            raise PageError(f"No trap of {chapter.page} is in {TRAPS}: add one.")
        return self.parse(lines)

    def lines(self, trap: Trap, chapter: Chapter) -> list[str]:
        self.course.file(chapter.ends_at, trap.file)
        instead = f"``{trap.wrong}`` instead of ``{trap.right}``"
        if not trap.wrong:
            instead = f"``{trap.right}`` is missing"
        return [
            f"* In ``{trap.file}``, {instead}. {' '.join(trap.what.split())} "
            f"``check``: ✗ *{trap.sentence}*",
            "",
        ]


class Question(CourseDirective):
    """`question:: TEXT`: a question, with its answer in the body folded away."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def show(self) -> list[nodes.Node]:
        summary = " ".join(self.arguments[0].split())
        return [folded("", *self.parse(self.body), summary=summary)]


TABLE = [".. list-table::", "   :header-rows: 1"]
