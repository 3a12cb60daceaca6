"""The guide's index by task: a page says what a reader wants, the index collects it."""

from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from directives.contents import read_contents
from directives.directive import CourseDirective
from directives.nodes import task_index, tasks


class IWantTo(CourseDirective):
    """`i-want-to::`: what a reader wants, one a line, whom this section answers."""

    has_content = True

    def show(self) -> list[nodes.Node]:
        shown = tasks(tasks=self.body)
        self.set_source_info(shown)
        return [shown]


class TaskIndex(CourseDirective):
    """`task-index::`: all of them, with links, page by page."""

    def show(self) -> list[nodes.Node]:
        # Any page of the guide may have changed, or be new.
        self.env.note_reread()
        return [task_index()]


def link_tasks(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the links where the index has asked for them."""
    for place in list(doctree.findall(task_index)):
        shown: list[nodes.Node] = []
        for page in guide_pages(app.env):
            uri = app.builder.get_relative_uri(docname, page)
            title = app.env.titles[page].astext()
            shown.append(nodes.paragraph("", "", nodes.strong(title, title)))
            items = nodes.bullet_list()
            for anchor, text in tasks_on(app.env.get_doctree(page)):
                link = nodes.reference("", text, refuri=f"{uri}#{anchor}")
                items += nodes.list_item("", nodes.paragraph("", "", link))
            shown.append(items)
        place.replace_self(shown)


def guide_pages(env: BuildEnvironment) -> list[str]:
    pages = read_contents(Path(env.srcdir)).pages
    return [page for page in pages if page in env.found_docs]


def tasks_on(doctree: nodes.document) -> Iterator[tuple[str, str]]:
    """Yield the section's anchor and the text of every task on a page."""
    for node in doctree.findall(tasks):
        section = node.parent
        while not isinstance(section, nodes.section):
            section = section.parent
        for text in node["tasks"]:
            yield section["ids"][0], text
