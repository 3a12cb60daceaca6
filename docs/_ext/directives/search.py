"""What the pages' search knows: every section, in a script beside the pages.

MiniSearch makes its index of it in the browser, see docs/_static/search.js. A script
can be loaded from a file too, where a browser lets no page read other files.

    window.courseSections = [{"address": "guide/groups.html#fan-out", "page": "Groups",
                              "title": "...", "tasks": "...", "text": "..."}, ...]

A section's `text` is what it says in words, without the sections in it and without what
stands in blocks: code would be found by every name in it. `tasks` are the texts of its
`i-want-to`, and the numbers that stand first in the rows of its tables.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import sphinx.search
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.search.en import SearchEnglish

from directives.nodes import block, parents

FILE = "sections.js"
STEMMER = ["base-stemmer.js", "english-stemmer.js"]
NOT_SAID = (block, nodes.FixedTextElement, nodes.raw, nodes.comment, nodes.title)

Section = dict[str, str]


def add_search(app: Sphinx, config: Config) -> None:
    """Have Furo's page of results replaced, and the scripts copied that stem words."""
    config.templates_path.append(str(Path(__file__).parent.parent / "templates"))
    folder = Path(sphinx.search.__file__).parent / "minified-js"
    config.html_static_path += [str(folder / name) for name in STEMMER]


def replace_search(app: Sphinx) -> None:
    """Have Sphinx neither make its own index nor write the page that reads it."""
    app.builder.search = False  # type: ignore[attr-defined]


def search_page(app: Sphinx) -> list[tuple[str, dict[str, str], str]]:
    """Return the page of results, whose template stands in templates/."""
    return [("search", {"sections": FILE}, "search.html")]


def write_sections(app: Sphinx, sections: list[Section]) -> None:
    """Write the script, one section a line."""
    lines = ",\n".join(json.dumps(it, ensure_ascii=False) for it in sections)
    stopwords = json.dumps(sorted(SearchEnglish.stopwords))
    script = (
        f"window.courseStopwords = new Set({stopwords});\n"
        f"window.courseSections = [\n{lines}\n];\n"
    )
    Path(app.outdir, FILE).write_text(script, encoding="utf-8")


def sections_on(page: nodes.document, address: str) -> Iterator[Section]:
    """Yield the sections of a page that say something; the first one is the page."""
    for section in page.findall(nodes.section):
        is_page = section.parent is page
        found = {
            "address": address if is_page else f"{address}#{section['ids'][0]}",
            "page": next(page.findall(nodes.title)).astext(),
            "title": next(section.findall(nodes.title)).astext(),
            "tasks": ". ".join([*section.get("tasks", []), *numbers_in(section)]),
            "text": " ".join(words_of(section)),
        }
        if found["tasks"] or found["text"]:
            yield found


def numbers_in(section: nodes.section) -> Iterator[str]:
    """Yield the numbers that a table of the section explains, as one of close codes."""
    for row in section.findall(nodes.row):
        inner = next(it for it in parents(row) if isinstance(it, nodes.section))
        if inner is section and isinstance(row.parent, nodes.tbody):
            yield from (word for word in row[0].astext().split() if word.isdigit())


def words_of(node: nodes.Element) -> Iterator[str]:
    """Yield the texts of the paragraphs, cells and items of a section, one by one."""
    for child in node.children:
        if isinstance(child, (*NOT_SAID, nodes.section)) or is_mere_link(child):
            continue
        if isinstance(child, nodes.TextElement):
            yield " ".join(child.astext().split())
        elif isinstance(child, nodes.Element):
            yield from words_of(child)


def is_mere_link(node: nodes.Node) -> bool:
    """Return whether this says nothing but what the section it leads to says itself."""
    return isinstance(node, nodes.paragraph) and all(
        isinstance(child, nodes.reference) for child in node.children
    )
