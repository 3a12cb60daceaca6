"""What all directives of the course share."""

import json
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.parsing import nested_parse_to_nodes

from course.chapters import Chapter
from directives.errors import PageError
from directives.nodes import block, division
from directives.project import Course, require_inside

# What makes the pictures and the recordings that pages show.
RECORD = "python3 tutorial.py docs --screenshots"
CHAPTERS = "tutorial/"
# The pages with all changes and all files of a chapter.
CHANGES = "changes/"

logger = logging.getLogger(__name__)


class CourseDirective(SphinxDirective):
    """A directive whose mistakes are errors of the build, with page and line."""

    # What each entry of its recording has, if it shows one.
    recorded_fields: ClassVar[set[str]] = set()

    def run(self) -> list[nodes.Node]:
        try:
            return self.show()
        except PageError as error:
            self.report(str(error))
            return []

    def show(self) -> list[nodes.Node]:
        """Return what the page shows. Raises PageError if it cannot be shown."""
        raise NotImplementedError

    def report(self, sentence: str) -> None:
        """Make this an error of the build, at the directive's line."""
        logger.error(sentence, location=(self.env.docname, self.get_source_info()[1]))

    def block(
        self, *children: nodes.Node, kind: str = "", **facts: Any
    ) -> list[nodes.Node]:
        """Return a block of the directive's own kind that shows these children."""
        shown = division(block, kind or self.name, facts=facts)
        shown += list(children)
        self.set_source_info(shown)
        return [shown]

    def parse(self, lines: list[str]) -> list[nodes.Node]:
        """Return what these lines of reStructuredText say, as if they stood here."""
        source, line = self.get_source_info()
        place = (source, line - 1)
        text = StringList(lines, items=[place] * len(lines))
        return nested_parse_to_nodes(self.state, text)

    def read(self, path: str) -> str:
        """Return what any file of the course contains.

        Raises PageError if it is not there.
        """
        require_inside(path)
        file = self.course.root / path
        self.env.note_dependency(str(file))
        if not file.is_file():
            raise PageError(f"There is no file {path}: correct the path.")
        return file.read_text(encoding="utf-8")

    def recording(self, name: str) -> list[dict[str, Any]]:
        """Return what docs/recordings/NAME.json has recorded; nothing if it is new.

        Raises PageError if it is no recording.
        """
        path = f"recordings/{name}.json"
        if not self.is_recorded(path):
            return []
        try:
            entries = json.loads(self.read(f"docs/{path}"))
        except ValueError:
            entries = []
        fields = self.recorded_fields
        is_right = [isinstance(it, dict) and fields <= set(it) for it in entries]
        if not all(is_right or [False]):
            raise PageError(
                f"docs/{path} is no list of entries with {', '.join(sorted(fields))}: "
                f"record it again with '{RECORD}'."
            )
        return list(entries)

    def is_recorded(self, path: str) -> bool:
        """Return whether the file of that path in docs/ is there.

        It is an error if not, unless this build is for making it.
        """
        file = self.course.root / "docs" / path
        self.env.note_dependency(str(file))
        if not file.is_file() and not self.config.course_records:
            self.report(f"There is no docs/{path}: make it with '{RECORD}'.")
        return file.is_file()

    def required_option(self, name: str, reason: str) -> str:
        """Return an option. Raises PageError if it is missing."""
        if name not in self.options:
            raise PageError(f"{reason}: add ':{name}:'.")
        return str(self.options[name])

    @property
    def course(self) -> Course:
        return course_of(self.env)

    @property
    def chapter(self) -> Chapter:
        """The chapter on whose page this is. Raises PageError on any other page."""
        chapter = chapter_of(self.env, self.env.docname)
        if chapter is None:
            raise PageError(
                f"'{self.name}' is for the pages in {CHAPTERS}: this page is no "
                "chapter's."
            )
        return chapter

    @property
    def body(self) -> list[str]:
        """The lines of the body. Raises PageError if there are none."""
        if not self.content:
            raise PageError(f"'{self.name}' is empty: indent its lines below it.")
        return list(self.content)


def course_of(env: BuildEnvironment) -> Course:
    """Return the course that the configuration names."""
    course = env.config.course
    assert isinstance(course, Course)
    return course


def chapter_of(env: BuildEnvironment, docname: str) -> Chapter | None:
    """Return the chapter that this page is about, or None if it is about none.

    Raises PageError for a page among the chapters that chapters.toml does not know.
    """
    folder, slash, page = docname.rpartition("/")
    if folder + slash not in (CHAPTERS, CHANGES):
        return None
    return course_of(env).chapter(page)


def positive(argument: str) -> int:
    """Convert an option to a number from 1 on."""
    return int(directives.positive_int(argument))
