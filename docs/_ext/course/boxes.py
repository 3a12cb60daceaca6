"""Directives that chapters.toml fills: start-here, end-here and chapter-list.

Their text is reStructuredText, so that Sphinx checks the links in it.
"""

from pathlib import Path

from docutils import nodes

from checkpoints.chapters import Chapter, folder_of
from course.commands import install_command
from course.directive import FOLDER_OF_CHAPTERS, CourseDirective
from course.errors import PageError
from course.nodes import end_here, start_here
from course.pages import changes_of, label_of_files


class StartHere(CourseDirective):
    """`start-here::`: what the reader needs, and where a newcomer gets it."""

    def show(self) -> list[nodes.Node]:
        chapter = self.chapter
        before, _ = self.course.neighbors(chapter)
        minutes = f"Allow about {chapter.minutes} minutes."
        if before is None:
            return [box(self, start_here(), [f"You have an empty folder. {minutes}"])]
        done = self.course.chapters[: self.course.chapters.index(chapter)]
        newcomer = (
            f"**Do you begin with this chapter?** Copy the folder {folder(before)} of "
            f"the course's repository ({link_to_files(before)}) to a folder of your "
            f"own. Make an environment there as in {link(done[0])}."
        )
        if requirements := self.course.requirements(done):
            newcomer += (
                " Install in it what the chapters before this one have installed: "
                f"``{install_command(requirements)}``"
            )
        paragraphs = [
            f"You have the checkpoint ``{before.ends_at}``, where {link(before)} ended."
            f" {minutes}",
            newcomer,
        ]
        return [box(self, start_here(), paragraphs)]


class EndHere(CourseDirective):
    """`end-here::`: what the reader has now, and what to do if it is not that."""

    def show(self) -> list[nodes.Node]:
        chapter = self.chapter
        _, following = self.course.neighbors(chapter)
        paragraphs = [
            f"Your folder now equals the checkpoint ``{chapter.ends_at}``, the folder "
            f"{folder(chapter)} of the course's repository: {chapter.summary}.",
            f"**Are you stuck?** Compare your files with {link_to_files(chapter)} or "
            f"with {link_to_changes(chapter)}, or go on from a copy of "
            f"{folder(chapter)}. In the course's repository, with your files in "
            "its folder ``chanx_django/``, ``python3 tutorial.py check "
            f"{chapter.ends_at}`` says what is right and where to look, and "
            f"``python3 tutorial.py diff {chapter.ends_at}`` what differs.",
        ]
        if following:
            paragraphs.append(f"**Next:** {link(following)}, {following.summary}.")
        return [box(self, end_here(), paragraphs)]


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
