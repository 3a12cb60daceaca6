"""Directives that chapters.toml fills: start-here, end-here and chapter-list.

Their text is reStructuredText, so that Sphinx checks the links in it.
"""

from pathlib import Path

from docutils import nodes

from course.chapters import Chapter, folder_of
from directives.commands import SEPARATOR, install_block
from directives.directive import FOLDER_OF_CHAPTERS, CourseDirective
from directives.errors import PageError
from directives.nodes import end_here, folded, start_here
from directives.pages import changes_of, label_of_files

BEGINNER = "Do you begin with this chapter?"
MIGRATE = [
    "This project has a database. Make its tables, or Django reminds you of them "
    "whenever a server starts:",
    "",
    ".. run::",
    "",
    "   python manage.py migrate",
]


class StartHere(CourseDirective):
    """`start-here::`: what the reader needs, and where a newcomer gets it."""

    def show(self) -> list[nodes.Node]:
        chapter = self.chapter
        before, _ = self.course.neighbors(chapter)
        minutes = f"Allow about {chapter.minutes} minutes."
        if before is None:
            return [box(self, start_here(), [f"You have an empty folder. {minutes}"])]
        shown = box(
            self,
            start_here(),
            [
                f"You have the checkpoint ``{before.ends_at}``, where {link(before)} "
                f"ended. {minutes}"
            ],
        )
        shown += self.for_newcomers(before)
        return [shown]

    def for_newcomers(self, before: Chapter) -> nodes.Node:
        done = self.course.chapters[: self.course.chapters.index(self.chapter)]
        checkpoint = before.ends_at
        lines = [
            f"In the course's repository, this puts ``{checkpoint}`` into the folder "
            "``chanx_django``, and saves what is there first:",
            "",
            *in_repository(f"python3 tutorial.py reset {checkpoint}"),
            "Or have a Git branch made for each checkpoint, and go to that one's:",
            "",
            *in_repository("python3 tutorial.py branches", f"git switch {checkpoint}"),
            "Then work in ``chanx_django`` as in a folder of your own. A copy of "
            f"{folder(before)} in another place will do as well "
            f"({link_to_files(before)}). Make an environment there, as in "
            f"{link(done[0])}",
        ]
        requirements = self.course.requirements(done)
        if not requirements:
            return folded("", *self.parse([*lines, "."]), summary=BEGINNER)
        lines[-1] += ", and install in it what the chapters so far have installed:"
        shown = [*self.parse(lines), install_block(self, requirements)]
        if "DATABASES" in self.course.file(checkpoint, "config/settings.py"):
            shown += self.parse(MIGRATE)
        return folded("", *shown, summary=BEGINNER)


class EndHere(CourseDirective):
    """`end-here::`: what the reader has now, and what to do if it is not that."""

    def show(self) -> list[nodes.Node]:
        chapter = self.chapter
        before, following = self.course.neighbors(chapter)
        paragraphs = [
            f"Your folder now equals the checkpoint ``{chapter.ends_at}``: "
            f"{chapter.summary}.",
            f"**Are you stuck?** Compare your files with {link_to_files(chapter)} or "
            f"with {link_to_changes(chapter)}.",
        ]
        shown = box(self, end_here(), paragraphs)
        shown += self.for_repository(chapter, is_first=before is None)
        if following:
            next_one = f"**Next:** {link(following)}, {following.summary}."
            shown += self.parse([next_one])
        return [shown]

    def for_repository(self, chapter: Chapter, is_first: bool) -> nodes.Node:
        checkpoint = chapter.ends_at
        if is_first:
            summary = "Do you want to go on in the course's repository?"
            lines = [
                f"This puts ``{checkpoint}`` into its folder ``chanx_django``, and "
                "saves what is there first:",
                "",
                *in_repository(f"python3 tutorial.py reset {checkpoint}"),
            ]
        else:
            summary = "Do you work in the course's repository?"
            lines = [
                "``check`` says what is right in ``chanx_django`` and, for the first "
                "thing that is not, where to look. ``diff`` shows what differs:",
                "",
                *in_repository(
                    f"python3 tutorial.py check {checkpoint}",
                    f"python3 tutorial.py diff {checkpoint}",
                ),
            ]
        return folded("", *self.parse(lines), summary=summary)


class ChapterList(CourseDirective):
    """`chapter-list::`: a table of all chapters, and their place in the contents."""

    def show(self) -> list[nodes.Node]:
        pages = [FOLDER_OF_CHAPTERS + chapter.page for chapter in self.course.chapters]
        missing = [page for page in pages if page not in self.env.found_docs]
        if missing:
            error = (
                f"Chapters without a page: write {', '.join(missing)} (.rst), or "
                "correct checkpoints/chapters.toml."
            )
            self.report(PageError(error))
            pages = [page for page in pages if page not in missing]
        return [*self.parse(self.table()), self.toctree(pages, "Tutorial")]

    def table(self) -> list[str]:
        lines = [
            ".. list-table::",
            "   :header-rows: 1",
            "   :widths: 3 6 2 2",
            "   :class: chapters",
            "",
            *row("Chapter", "At its end you have", "Checkpoint", "Minutes"),
        ]
        for chapter in self.course.chapters:
            lines += row(
                link(chapter),
                chapter.summary,
                f":ref:`{chapter.ends_at} <{label_of_files(chapter)}>`",
                str(chapter.minutes),
            )
        return lines


def box(
    directive: CourseDirective, shown: nodes.Element, paragraphs: list[str]
) -> nodes.Element:
    """Fill a box with these paragraphs of reStructuredText and return it."""
    directive.set_source_info(shown)
    shown += directive.parse([line for text in paragraphs for line in (text, "")])
    return shown


def in_repository(*commands: str) -> list[str]:
    """Return the directive for commands in the folder of the course's repository."""
    on_windows = SEPARATOR.join(line.replace("python3 ", "py ") for line in commands)
    return [
        ".. run::",
        "   :folder: course",
        f"   :windows: {on_windows}",
        "",
        *(f"   {line}" for line in commands),
        "",
    ]


def table_head(*titles: str, widths: str) -> list[str]:
    return [
        ".. list-table::",
        "   :header-rows: 1",
        f"   :widths: {widths}",
        "",
        *row(*titles),
    ]


def row(first: str, *others: str) -> list[str]:
    return [f"   * - {first}", *(f"     - {cell}" for cell in others)]


def link(chapter: Chapter) -> str:
    return f":doc:`/{FOLDER_OF_CHAPTERS}{chapter.page}`"


def link_to_changes(chapter: Chapter) -> str:
    return f":doc:`all changes of this chapter </{changes_of(chapter)}>`"


def link_to_files(chapter: Chapter) -> str:
    return f":ref:`all files of {chapter.ends_at} <{label_of_files(chapter)}>`"


def folder(chapter: Chapter) -> str:
    return f"``{folder_of(chapter.ends_at, Path()).as_posix()}``"
