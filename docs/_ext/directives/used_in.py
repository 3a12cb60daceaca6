"""The index of commands: which chapter uses which, and what the launcher says of it.

Once all pages are read, what the index lists is compared with what the chapters type.
"""

import contextlib
import io
import os
import re
from collections.abc import Iterator
from typing import NamedTuple

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

import course.command_line
from course.command_line import command_line
from directives.checks import line_of
from directives.directive import FOLDER_OF_CHAPTERS, CourseDirective, course_of
from directives.nodes import parents, printed, start_here, typed

# What is typed into a chapter's terminal and begins like this belongs into the index.
INDEXED = ("python manage.py ", "python -m ")
LAUNCHER = "python3 tutorial.py"
COMMAND_IN_HELP = re.compile(r"^    (\w+)", re.MULTILINE)
COLUMNS = "72"

logger = logging.getLogger(__name__)


class used_in(nodes.General, nodes.Element):
    """Stands for links to chapters until all are read. Attribute: command."""


class Typed(NamedTuple):
    """A command line of a chapter."""

    text: str
    docname: str
    line: int

    def is_a(self, command: str) -> bool:
        return self.text == command or self.text.startswith(f"{command} ")


class UsedIn(CourseDirective):
    """`used-in:: COMMAND`: links to the chapters with a command that begins so."""

    required_arguments = 1
    final_argument_whitespace = True

    def show(self) -> list[nodes.Node]:
        # This page has to be read again whenever a chapter changes.
        for docname in chapter_pages(self.env):
            self.env.note_dependency(str(self.env.doc2path(docname)))
        shown = used_in(command=self.arguments[0])
        self.set_source_info(shown)
        return [shown]


class LauncherCommands(CourseDirective):
    """`launcher-commands::`: what tutorial.py says about itself and its commands."""

    def show(self) -> list[nodes.Node]:
        self.env.note_dependency(course.command_line.__file__)
        overview = help_of()
        commands = nodes.definition_list()
        for name in COMMAND_IN_HELP.findall(overview.partition("COMMAND\n")[2]):
            line = f"{LAUNCHER} {name}"
            commands += nodes.definition_list_item(
                "",
                nodes.term("", "", nodes.literal(line, line)),
                nodes.definition("", as_printed(help_of(name))),
            )
        return [as_printed(overview), commands]


def help_of(*command: str) -> str:
    """Return what tutorial.py prints when asked for help (on one of its commands)."""
    shown = io.StringIO()
    # The help is as wide as this variable says.
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = COLUMNS
    try:
        with contextlib.redirect_stdout(shown), contextlib.suppress(SystemExit):
            command_line().parse_args([*command, "--help"])
    finally:
        del os.environ["COLUMNS"]
        if before is not None:
            os.environ["COLUMNS"] = before
    return shown.getvalue()


def as_printed(text: str) -> nodes.Node:
    lines = text.splitlines(keepends=True)
    return printed("", "", *(nodes.inline("", line) for line in lines))


def link_chapters(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the links where the index has asked for them, and check that it is whole."""
    places = list(doctree.findall(used_in))
    if not places:
        return
    all_typed = list(typed_in_chapters(app.env))
    for place in places:
        pages = [line.docname for line in all_typed if line.is_a(place["command"])]
        if not pages:
            logger.error(
                f"No chapter uses '{place['command']}': correct it or remove it.",
                location=(docname, line_of(place)),
            )
        place.replace_self(links(app, list(dict.fromkeys(pages)), docname))
    for line in all_typed:
        is_listed = any(line.is_a(place["command"]) for place in places)
        if line.text.startswith(INDEXED) and not is_listed:
            logger.error(
                f"The index in {docname} lacks '{line.text}': "
                f"add what it does, and '.. used-in:: {line.text}'.",
                location=(line.docname, line.line),
            )


def chapter_pages(env: BuildEnvironment) -> list[str]:
    pages = [FOLDER_OF_CHAPTERS + chapter.page for chapter in course_of(env).chapters]
    return [page for page in pages if page in env.found_docs]


def typed_in_chapters(env: BuildEnvironment) -> Iterator[Typed]:
    for docname in chapter_pages(env):
        for block in env.get_doctree(docname).findall(typed):
            # What newcomers catch up with there was used in earlier chapters.
            if any(isinstance(around, start_here) for around in parents(block)):
                continue
            for line in block.astext().splitlines():
                yield Typed(line, docname, line_of(block))


def links(app: Sphinx, pages: list[str], docname: str) -> nodes.paragraph:
    shown = nodes.paragraph("", "Used in ", classes=["used-in"])
    for number, page in enumerate(pages):
        uri = app.builder.get_relative_uri(docname, page)
        if number:
            shown += nodes.Text(", ")
        shown += nodes.reference("", app.env.titles[page].astext(), refuri=uri)
    shown += nodes.Text(".")
    return shown
