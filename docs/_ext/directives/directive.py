"""What all directives of the course share."""

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx import addnodes
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.parsing import nested_parse_to_nodes

from course.chapters import Chapter
from directives.errors import PageError
from directives.project import Course, require_inside

# What makes the pictures and the recordings that pages show.
RECORD = "python3 tutorial.py docs --screenshots"
FOLDER_OF_CHAPTERS = "tutorial/"

logger = logging.getLogger(__name__)


class CourseDirective(SphinxDirective):
    """A directive whose mistakes are errors of the build, with page and line."""

    def run(self) -> list[nodes.Node]:
        try:
            return self.show()
        except PageError as error:
            self.report(error)
            return []

    def report(self, error: PageError) -> None:
        """Make this an error of the build, at the directive's line."""
        logger.error(str(error), location=(self.env.docname, self.lineno))

    def report_missing(self, path: str) -> None:
        """Report that a file the replay makes is not there."""
        if not self.config.course_records:
            error = f"There is no {path}: make it with '{RECORD}'."
            self.report(PageError(error))

    def parse(self, lines: list[str]) -> list[nodes.Node]:
        """Return what these lines of reStructuredText say, as if they stood here."""
        place = (self.get_source_info()[0], self.lineno - 1)
        text = StringList(lines, items=[place] * len(lines))
        return nested_parse_to_nodes(self.state, text)

    def read(self, path: str) -> str:
        """Return what a file in docs/ contains. Raises PageError if it is not there."""
        return self.read_of_course(f"docs/{path}")

    def read_of_course(self, path: str) -> str:
        """Return what any file contains. Raises PageError if it is not there."""
        require_inside(path)
        file = self.course.root / path
        if not file.is_file():
            raise PageError(f"There is no file {path}: correct the path.")
        self.env.note_dependency(str(file))
        return file.read_text(encoding="utf-8")

    def toctree(self, pages: list[str], title: str) -> nodes.Node:
        """Return these pages' place in the contents of all pages."""
        toctree = addnodes.toctree(
            entries=[(None, page) for page in pages],
            includefiles=pages,
            parent=self.env.docname,
            maxdepth=1,
            caption=title,
            rawcaption=title,
            hidden=True,
            glob=False,
            titlesonly=True,
            includehidden=False,
            numbered=0,
        )
        self.set_source_info(toctree)
        return nodes.compound("", toctree, classes=["toctree-wrapper"])

    def show(self) -> list[nodes.Node]:
        """Return what the page shows. Raises PageError if it cannot be shown."""
        raise NotImplementedError

    @property
    def course(self) -> Course:
        return course_of(self.env)

    @property
    def chapter(self) -> Chapter:
        """The chapter on whose page this is. Raises PageError on any other page."""
        chapter = chapter_of(self.env, self.env.docname)
        if chapter is None:
            raise PageError(
                f"'{self.name}' is for the pages in {FOLDER_OF_CHAPTERS}: "
                "this page is no chapter's."
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
    """Return the chapter of that page, or None if it is no chapter's.

    Raises PageError for a page among the chapters that chapters.toml does not know.
    """
    if not docname.startswith(FOLDER_OF_CHAPTERS):
        return None
    return course_of(env).chapter(docname.removeprefix(FOLDER_OF_CHAPTERS))


def positive(argument: str) -> int:
    """Convert an option to a number from 1 on."""
    number = directives.positive_int(argument)
    assert isinstance(number, int)
    return number
