"""Directives of the guide's pages, and of its index and table of coverage.

A page shows no code but what is in a file of docs/examples: `example` shows it. It also
shows other files of the course, which its tests run as they are.
"""

from html import escape
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from directives.boxes import row, table_head
from directives.contents import (
    CONTENTS,
    FOLDER_OF_GUIDE,
    Contents,
    read_contents,
    read_marks,
)
from directives.directive import CourseDirective
from directives.errors import PageError
from directives.listings import caption, language_of, listing
from directives.nodes import drawing, example
from directives.steps import lines_of

EXAMPLES = "examples"
TESTS = "tests"


class Example(CourseDirective):
    """`example:: PATH`: a file of docs/examples, or its `:object:` of that name.

    With a slash before it, the path is that of any file of the course.
    """

    required_arguments = 1
    option_spec: ClassVar = {"object": directives.unchanged_required}

    def show(self) -> list[nodes.Node]:
        path, name = self.arguments[0], self.options.get("object")
        title = path[1:] if path.startswith("/") else f"docs/{EXAMPLES}/{path}"
        text = self.read_of_course(title)
        if name:
            text, title = lines_of(text, path, name), f"{title}, {name}"
        shown = example("", caption(title), listing(text, language_of(path)), path=path)
        self.set_source_info(shown)
        return [shown]


class Drawing(CourseDirective):
    """`drawing:: NAME.svg`: a drawing beside the page, in the colors of the page."""

    required_arguments = 1
    option_spec: ClassVar = {"alt": directives.unchanged_required}

    def show(self) -> list[nodes.Node]:
        if "alt" not in self.options:
            raise PageError(
                "A drawing needs words for those who cannot see it: add ':alt:'."
            )
        svg = self.read(FOLDER_OF_GUIDE + self.arguments[0])
        label = escape(" ".join(self.options["alt"].split()))
        svg = svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
        html = f'<div class="sequence-drawing" tabindex="0">{svg}</div>'
        shown = drawing("", nodes.raw("", html, format="html"))
        self.set_source_info(shown)
        return [shown]


class GuideDirective(CourseDirective):
    """A directive about the guide as a whole, so about pages that may be new."""

    def run(self) -> list[nodes.Node]:
        self.env.note_reread()
        return super().run()

    @property
    def contents(self) -> Contents:
        return read_contents(Path(self.env.srcdir))

    def link_to(self, page: str) -> str:
        """Return a link to a page of the guide, or "" while it is not written."""
        is_written = FOLDER_OF_GUIDE + page in self.env.found_docs
        return f":doc:`/{FOLDER_OF_GUIDE}{page}`" if is_written else ""


class GuideList(GuideDirective):
    """`guide-list::`: a table of all pages, and their place in the contents."""

    def show(self) -> list[nodes.Node]:
        rows = [item for item in self.contents.rows if self.link_to(item.page)]
        lines = table_head("Page", "What it is about", widths="1 3")
        for item in rows:
            lines += row(self.link_to(item.page), item.about)
        pages = [FOLDER_OF_GUIDE + item.page for item in rows]
        return [*self.parse(lines), self.toctree(pages, "Guide")]


class Corrections(GuideDirective):
    """`corrections::`: what older tutorials get wrong, and what is true."""

    def show(self) -> list[nodes.Node]:
        marks = read_marks(self.course.root / TESTS)
        titles = "What they say", "What is true", "More", "Test"
        lines = table_head(*titles, widths="4 4 2 4")
        for item in self.contents.corrections:
            tests = ", ".join(f"``{path}``" for path in marks.get(item.id, {}))
            lines += row(item.claim, item.fact, self.link_to(item.page), tests)
        return self.parse(lines)


class Coverage(GuideDirective):
    """`coverage::`: for everything the guide contains, its page and its tests."""

    def show(self) -> list[nodes.Node]:
        contents = self.contents
        marks = read_marks(self.course.root / TESTS)
        for unknown in marks.keys() - set(contents.ids):
            self.report(
                PageError(f"Tests cover {unknown}, and {CONTENTS} has no such.")
            )
        lines = table_head("", "What", "Page", "Tests", widths="1 6 3 6")
        subjects = [(item, item.about) for item in contents.rows] + [
            (item, f"“{item.claim}” {item.fact}") for item in contents.corrections
        ]
        for item, text in subjects:
            page, tests = self.link_to(item.page), marks.get(item.id, {})
            if page and not tests:
                error = f"No test covers {item.id}: mark it with covers('{item.id}')."
                self.report(PageError(error))
            if page:
                files = ", ".join(f"``{path}``: {len(tests[path])}" for path in tests)
                lines += row(item.id, text, page, files)
        return self.parse(lines)
