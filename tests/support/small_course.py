"""A course with two chapters and one page of the guide, to build and to break."""

import io
import json
import re
import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

SMALL_COURSE = Path(__file__).parent.with_name("small_course")


def copy_small_course(folder: Path) -> Path:
    """Copy the course, in which nothing is wrong, and return its folder."""
    shutil.copytree(SMALL_COURSE, folder)
    test = folder / "tests" / "examples" / "one" / "test_greet.py"
    test.parent.mkdir(parents=True)
    (folder / "marks.txt").rename(test)
    return folder


def build(course: Path, **settings: object) -> tuple[Sphinx, list[str]]:
    """Read all pages; return what Sphinx says, with paths relative to the pages."""
    docs, said = course / "docs", io.StringIO()
    with docutils_namespace():
        app = Sphinx(
            docs,
            docs,
            docs / "_build" / "out",
            docs / "_build" / "doctrees",
            "dummy",
            confoverrides=settings,
            status=None,
            warning=said,
            freshenv=True,
        )
        app.build()
    text = re.sub(r"\x1b\[[\d;]*m", "", said.getvalue())
    return app, text.replace(f"{docs}/", "").splitlines()


def index_of(course: Path) -> dict[str, Any]:
    """Build the pages, which have no mistake, and return their index."""
    _, said = build(course)
    assert said == []
    index = course / "docs" / "_build" / "out" / "steps.json"
    pages: dict[str, Any] = json.loads(index.read_text(encoding="utf-8"))
    return pages


def change(course: Path, page: str, old: str, new: str) -> str:
    """Put other words into a page, and return all of it."""
    file = course / "docs" / f"{page}.rst"
    text = file.read_text(encoding="utf-8")
    assert old in text
    text = text.replace(old, new, 1)
    file.write_text(text, encoding="utf-8")
    return text


def line_of(page: str, place: str) -> int:
    """The first line of the page that begins with a text, the second for "text#2"."""
    text, _, number = place.partition("#")
    found = [i for i, line in enumerate(page.splitlines(), 1) if line.startswith(text)]
    return found[int(number or 1) - 1]


def texts_of(
    course: Path, page: str, kind: type[nodes.Element] = nodes.TextElement
) -> list[str]:
    """The texts of a page that has no mistake."""
    app, said = build(course)
    assert said == []
    doctree = app.env.get_and_resolve_doctree(page, app.builder, tags=app.tags)
    return [" | ".join(it.astext().split("\n\n")) for it in doctree.findall(kind)]
