"""The pages, built the way a reader gets them, and the steps on them."""

import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sphinx.cmd.build import main as sphinx

from course.chapters import Chapter, folder_of
from tests.chapters.failures import Failure

# What docs/_ext/directives/index.py says of each kind.
Step = dict[str, Any]

INDEX = "steps.json"


@dataclass
class Page:
    """A page to follow, and the course it belongs to.

    For a chapter, `start` and `end` are the projects that the reader has at its two
    ends.
    """

    root: Path
    source: str
    steps: list[Step]
    # The folder of the built page, in which its links lead to files.
    built: Path = Path()
    start: Path | None = None
    end: Path | None = None

    def place(self, step: Step) -> str:
        """Where a step is, and what it is."""
        return f"{self.source}:{step['line']}: {step['kind']}: "

    @property
    def place_of_end(self) -> str:
        """Where a reader looks whether all is as it should be."""
        boxes = (step for step in self.steps if step["box"] == "end")
        step = next(boxes, self.steps[-1] if self.steps else {"line": 1})
        return f"{self.source}:{step['line']}: the chapter's end: "


def build(docs: Path, out: Path, *options: str) -> None:
    """Build the pages. Raises Failure with what Sphinx says if it complains."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        status = sphinx(["--quiet", "--builder", "html", *options, str(docs), str(out)])
    if status:
        raise Failure(f"the pages cannot be built:\n{said.getvalue()}")


def load(root: Path, out: Path, name: str) -> Page:
    """Any page, after `build`."""
    entry = json.loads((out / INDEX).read_text(encoding="utf-8"))[name]
    return Page(root, entry["source"], entry["steps"], (out / name).parent)


def load_chapter(root: Path, out: Path, chapter: Chapter) -> Page:
    """The page of a chapter, after `build`."""
    page = load(root, out, f"tutorial/{chapter.page}")
    if chapter.starts_at:
        page.start = folder_of(chapter.starts_at, root)
    page.end = folder_of(chapter.ends_at, root)
    return page
