"""The pages, built the way a reader gets them, and the blocks on them."""

import contextlib
import io
import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from docutils import nodes
from sphinx.cmd.build import main as sphinx

from checkpoints.chapters import Chapter, folder_of
from course.nodes import (
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
}


@dataclass
class Page:
    """A chapter's page, and the course it belongs to."""

    root: Path
    chapter: Chapter
    doctree: nodes.document

    @property
    def start(self) -> Path | None:
        """The project that the reader has at the chapter's beginning."""
        starts_at = self.chapter.starts_at
        return folder_of(starts_at, self.root) if starts_at else None

    @property
    def end(self) -> Path:
        """The project that the reader has at the chapter's end."""
        return folder_of(self.chapter.ends_at, self.root)

    @property
    def path(self) -> str:
        return f"docs/tutorial/{self.chapter.page}.rst"

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
    file = out / ".doctrees" / "tutorial" / f"{chapter.page}.doctree"
    return Page(root, chapter, pickle.loads(file.read_bytes()))


def line_of(node: nodes.Node) -> int:
    """The line of a node, or of the closest one around it that has one."""
    return next((n.line for n in [node, *parents(node)] if n.line is not None), 1)


def name_of(block: nodes.Element) -> str:
    """What the directive of a block is called."""
    return NAMES.get(type(block), "run" if isinstance(block, Block) else block.tagname)
