"""What a page of the guide as a whole must be."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx import addnodes

from directives.chapter_checks import sections_of
from directives.directive import CHAPTERS
from directives.index import is_unverified
from directives.links import tasks_in
from directives.nodes import block
from directives.order_checks import Complaint

FIRST_SECTIONS = ["What it is", "When you need it", "The smallest example"]
LAST_SECTIONS = ["Pitfalls", "Bad input", "Read next"]
CONTENTS = "docs/guide/contents.toml"


def complaints_of_guide(doctree: nodes.document, source: Path) -> Iterator[Complaint]:
    """Yield what is wrong with a page of the guide, and where."""
    contents = tomllib.loads(source.with_name("contents.toml").read_text("utf-8"))
    if source.stem not in [row["page"] for row in contents["row"]]:
        yield doctree, f"{CONTENTS} does not name this page."
    yield from wrong_sections(doctree)
    yield from untested_blocks(doctree)
    yield from missing_links(doctree)
    if not tasks_in(source.read_text("utf-8")):
        yield doctree, "Say what a reader may want who needs this page: 'i-want-to'."


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
    for shown in doctree.findall(block):
        if shown["kind"] not in ("example", "drawing"):
            yield shown, "On a page of the guide nothing runs this: use 'example'."
    for node in filter(is_unverified, doctree.findall()):
        yield (
            node,
            "Nothing tests this block: put it into a file of docs/examples, and show "
            "it with 'example', or a drawing with 'drawing'.",
        )


def missing_links(doctree: nodes.document) -> Iterator[Complaint]:
    """A page leads to what comes next: to a chapter, and to another page."""
    links = [
        node["reftarget"]
        for node in doctree.findall(addnodes.pending_xref)
        if node["reftype"] == "doc"
    ]
    is_chapter = [CHAPTERS in link for link in links]
    if not any(is_chapter):
        yield doctree, f"Link a chapter: :doc:`/{CHAPTERS}echo`, for instance."
    if all(is_chapter):
        yield doctree, "Link another page of the guide."
