"""The pages, built the way a reader gets them, and the blocks on them."""

import contextlib
import io
import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from docutils import nodes
from sphinx.cmd.build import main as sphinx

from course.chapters import Chapter, folder_of
from directives.nodes import (
    Block,
    create,
    edit,
    end_here,
    excerpt,
    install,
    lines,
    log,
    output,
    parents,
    remove,
    screenshot,
    sequence,
    snippet,
    stop,
    terminals,
)
from tests.replay.failures import Failure

# What shows something to type or to see, and so has to be part of a block.
SHOWS_SOMETHING = (nodes.FixedTextElement, nodes.raw, nodes.image, lines)

NAMES: dict[type[nodes.Element], str] = {
    create: "create",
    edit: "edit",
    remove: "remove",
    excerpt: "excerpt",
    install: "install",
    output: "output",
    stop: "stop",
    snippet: "browser-console",
    log: "console-log",
    end_here: "end-here",
    screenshot: "screenshot",
    sequence: "sequence",
    terminals: "terminals",
}


@dataclass
class Page:
    """A page to follow, and the course it belongs to.

    For a chapter, `start` and `end` are the projects that the reader has at its two
    ends.
    """

    root: Path
    docname: str
    doctree: nodes.document
    start: Path | None = None
    end: Path | None = None

    @property
    def path(self) -> str:
        return f"docs/{self.docname}.rst"

    def blocks(self) -> Iterator[nodes.Element]:
        """Everything on the page that has to be verified, in the reader's order."""
        for node in self.doctree.findall(nodes.Element):
            is_inside = any(isinstance(outer, Block) for outer in parents(node))
            shows = isinstance(node, (Block, *SHOWS_SOMETHING))
            if shows and not is_inside and not isinstance(node, nodes.comment):
                yield node

    def place(self, block: nodes.Element) -> str:
        """Where a block is, and what it is."""
        return f"{self.path}:{line_of(block)}: {name_of(block)}: "


def build(docs: Path, out: Path, *options: str) -> None:
    """Build the pages. Raises Failure with what Sphinx says if it complains."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        status = sphinx(["--quiet", "--builder", "html", *options, str(docs), str(out)])
    if status:
        raise Failure(f"the pages cannot be built:\n{said.getvalue()}")


def load(root: Path, out: Path, chapter: Chapter) -> Page:
    """The page of a chapter, after `build`."""
    page = load_page(root, out, f"tutorial/{chapter.page}")
    if chapter.starts_at:
        page.start = folder_of(chapter.starts_at, root)
    page.end = folder_of(chapter.ends_at, root)
    return page


def load_page(root: Path, out: Path, docname: str) -> Page:
    """Any page, after `build`."""
    file = out / ".doctrees" / f"{docname}.doctree"
    return Page(root, docname, pickle.loads(file.read_bytes()))


def line_of(node: nodes.Node) -> int:
    """The line of a node, or of the closest one around it that has one."""
    return next((n.line for n in [node, *parents(node)] if n.line is not None), 1)


def name_of(block: nodes.Element) -> str:
    """What the directive of a block is called."""
    return NAMES.get(type(block), "run" if isinstance(block, Block) else block.tagname)
