"""A page for each chapter with all that it changes and all files it ends with.

They are written before Sphinx looks for pages, into a folder that Git ignores.
"""

import os
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx

from course.chapters import Chapter
from directives.directive import FOLDER_OF_CHAPTERS, CourseDirective
from directives.listings import hunks, language_of, listing
from directives.nodes import folded
from directives.project import Change, Course

FOLDER_OF_PAGES = "changes/"


def changes_of(chapter: Chapter) -> str:
    """Return the name of the page with all that the chapter changes."""
    return FOLDER_OF_PAGES + chapter.page


def label_of_files(chapter: Chapter) -> str:
    """Return the label of the list of all files that the chapter ends with."""
    return f"files-of-{chapter.ends_at}"


def write_pages(app: Sphinx) -> None:
    """Write what is missing or differs, and delete what no chapter asks for."""
    course: Course = app.config.course
    folder = Path(app.srcdir, FOLDER_OF_PAGES)
    folder.mkdir(exist_ok=True)
    wanted = {
        folder / f"{chapter.page}.rst": page_of(course, chapter)
        for chapter in course.chapters
    }
    for page, text in wanted.items():
        if not page.exists() or page.read_text(encoding="utf-8") != text:
            replace(page, text)
    for page in set(folder.glob("*.rst")) - set(wanted):
        page.unlink(missing_ok=True)


def replace(page: Path, text: str) -> None:
    # Another build may be reading the page: it gets the old text or the new one.
    new = page.with_suffix(f".{os.getpid()}")
    new.write_text(text, encoding="utf-8")
    new.replace(page)


def page_of(course: Course, chapter: Chapter) -> str:
    """Return the page's reStructuredText."""
    start, end = chapter.starts_at, chapter.ends_at
    changes = course.changes(chapter)
    parts = [
        # In no table of contents, and no results of the search: the chapter has it all.
        ":orphan:\n:nosearch:",
        heading(f"{chapter.title}: changes and files", "="),
        f"What the chapter :doc:`/{FOLDER_OF_CHAPTERS}{chapter.page}` changes, file by "
        f"file, and :ref:`every file it ends with <{label_of_files(chapter)}>`.",
        heading(f"From {start} to {end}" if start else f"From nothing to {end}", "-"),
    ]
    for path in changes:
        parts.append(heading(f"``{path}``", "~"))
        parts.append(f".. chapter-change:: {path}\n   :chapter: {chapter.page}")
    parts.append(f".. _{label_of_files(chapter)}:")
    parts.append(heading(f"All files of {end}", "-"))
    for path in course.files(end):
        parts.append(f".. checkpoint-file:: {path}\n   :checkpoint: {end}")
    return "\n\n".join(parts) + "\n"


def heading(text: str, underline: str) -> str:
    return f"{text}\n{underline * len(text)}"


class ChapterChange(CourseDirective):
    """`chapter-change:: PATH`: what a chapter does to a file."""

    required_arguments = 1
    option_spec: ClassVar = {"chapter": directives.unchanged_required}

    def show(self) -> list[nodes.Node]:
        path = self.arguments[0]
        chapter = self.course.chapter(self.options["chapter"])
        before = self.course.files(chapter.starts_at).get(path, "")
        after = self.course.files(chapter.ends_at).get(path, "")
        match self.course.changes(chapter)[path]:
            case Change.CREATE:
                return [sentence("new"), listing(after, language_of(path))]
            case Change.EDIT:
                return hunks(before, after, language_of(path))
            case Change.REMOVE:
                return [sentence("deleted")]


def sentence(word: str) -> nodes.Node:
    return nodes.paragraph("", f"This file is {word}.")


class CheckpointFile(CourseDirective):
    """`checkpoint-file:: PATH`: a file of a checkpoint, folded away."""

    required_arguments = 1
    option_spec: ClassVar = {"checkpoint": directives.unchanged_required}

    def show(self) -> list[nodes.Node]:
        path = self.arguments[0]
        text = self.course.file(self.options["checkpoint"], path)
        return [folded("", listing(text, language_of(path)), summary=path)]
