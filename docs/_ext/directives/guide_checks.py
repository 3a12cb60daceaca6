"""What a page of the guide must be; each mistake is an error of the build."""

from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

from directives.checks import (
    UNVERIFIED,
    Complaint,
    findall,
    is_in_block,
    logger,
    sections_of,
)
from directives.checks import line_of as line_of_node
from directives.contents import CONTENTS, FOLDER_OF_GUIDE, read_contents
from directives.directive import FOLDER_OF_CHAPTERS
from directives.nodes import Block, drawing, example, tasks

FIRST_SECTIONS = ["What it is", "When you need it", "The smallest example"]
LAST_SECTIONS = ["Pitfalls", "Bad input", "Read next"]
# The pages beside the ones that contents.toml names.
OTHER_PAGES = {"guide/index", "guide/coverage"}


def check_guide_page(app: Sphinx, doctree: nodes.document) -> None:
    """Report what is wrong with the page that was just read, if it is of the guide."""
    docname = app.env.docname
    if not docname.startswith(FOLDER_OF_GUIDE) or docname in OTHER_PAGES:
        return
    complaints = [
        *unknown_page(doctree, docname, Path(app.srcdir)),
        *wrong_sections(doctree),
        *untested_blocks(doctree),
        *missing_links(doctree),
        *missing_tasks(doctree),
    ]
    for node, sentence in complaints:
        logger.error(sentence, location=(docname, line_of_node(node)))


def unknown_page(
    doctree: nodes.document, docname: str, docs: Path
) -> Iterator[Complaint]:
    if docname not in read_contents(docs).pages:
        yield doctree, f"docs/{FOLDER_OF_GUIDE}{CONTENTS} does not name this page."


def wrong_sections(doctree: nodes.document) -> Iterator[Complaint]:
    found = list(sections_of(doctree))
    first, last = found[: len(FIRST_SECTIONS)], found[-len(LAST_SECTIONS) :]
    if first != FIRST_SECTIONS or last != LAST_SECTIONS:
        yield (
            doctree,
            f"A page of the guide begins with the sections {', '.join(FIRST_SECTIONS)} "
            f"and ends with {', '.join(LAST_SECTIONS)}; this one has "
            f"{', '.join(found)}.",
        )


def untested_blocks(doctree: nodes.document) -> Iterator[Complaint]:
    for node in findall(doctree, (Block,)):
        if not isinstance(node, example | drawing):
            yield node, "On a page of the guide nothing runs this: use 'example'."
    for node in findall(doctree, UNVERIFIED):
        if not is_in_block(node):
            yield (
                node,
                "Nothing tests this block: put it into a file of docs/examples, and "
                "show it with 'example', or a drawing with 'drawing'.",
            )


def missing_links(doctree: nodes.document) -> Iterator[Complaint]:
    """A page leads to what comes next: to a chapter, and to another page."""
    links = [
        node["reftarget"]
        for node in doctree.findall(addnodes.pending_xref)
        if node["reftype"] == "doc"
    ]
    if not any(FOLDER_OF_CHAPTERS in link for link in links):
        yield (
            doctree,
            f"Link a chapter: :doc:`/{FOLDER_OF_CHAPTERS}echo`, for instance.",
        )
    if all(FOLDER_OF_CHAPTERS in link for link in links):
        yield doctree, "Link another page of the guide."


def missing_tasks(doctree: nodes.document) -> Iterator[Complaint]:
    if not any(doctree.findall(tasks)):
        yield doctree, "Say what a reader may want who needs this page: 'i-want-to'."
