"""The index of all pages: every build writes it to `steps.json` beside its pages.

    {"tutorial/echo": {"title": "Echo", "source": "docs/tutorial/echo.rst",
                       "sittings": [...], "questions": ["Why …?", ...],
                       "steps": [...]}, ...}

All pages are in it but those in changes/, which are written from the checkpoints.
A chapter's sittings have what sittings.py says of them, and `minutes`; other pages have
none. A step has what the page shows, taken from the page:

    kind      what it is, see below
    line      its line in the source
    section   the title of the innermost section around it
    box       "start" or "end" in the boxes at a chapter's ends, otherwise ""

    create           path, text; and copy_from, if it is a file that is no text
    edit             path, hunks [[["ctx" | "del" | "add", line], ...], ...], whole;
                     if it is a file that is no text, what create has
    remove           path
    ready-made       archive (its name, beside the page), files, typed, terminal,
                     background
    excerpt          path, object, checkpoint, text
    run              typed, typed_on_windows, terminal, background, exits, folder ("" or
                     "course"), cannot_run, instead, install (bool)
    output           printed
    stop             terminal
    pause-here       (nothing more)
    terminals        name, numbers, screens [{"typed": [...], "printed": [...]}, ...]
    browser-console  text, at, window
    console-log      printed
    screenshot       name, alt, at, width, height, theme, actions, side_by_side
    sequence         name, scenario, checkpoint, messages [{"from", "to", "label"}, ...]
    measurement      rows (of the table, its head first)
    exercises        (nothing more)
    now-passes       tests (each with its path, as pytest names it)
    example          path, object, text
    drawing          (nothing more)
    unverified       text: a block of which nothing says how to verify it

A text ends with a newline, unless it is empty; a line in a list has none.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.logging import suppress_logging

from directives.behaviors import questions_on
from directives.directive import CHANGES
from directives.nodes import block, box, line_of, parents
from directives.search import Section, sections_on, write_sections
from directives.shown import Step, shown_in

FILE = "steps.json"
# What shows something to type or to see, and so belongs into a block.
SHOWS = (nodes.FixedTextElement, nodes.raw, nodes.image)


def write_index(app: Sphinx, exception: Exception | None) -> None:
    """Write the index of all pages, once the pages are built."""
    if exception:
        return
    pages = {}
    sections: list[Section] = []
    # Whatever is wrong with a page has been said when it was built.
    with suppress_logging():
        for name in sorted(app.env.found_docs):
            if name.startswith(CHANGES):
                continue
            page = app.env.get_and_resolve_doctree(name, app.builder, tags=app.tags)
            source = Path(app.env.doc2path(name)).relative_to(app.srcdir.parent)
            pages[name] = {
                "title": app.env.titles[name].astext(),
                "source": source.as_posix(),
                "sittings": [
                    {**asdict(it), "minutes": it.minutes}
                    for it in app.env.metadata[name].get("sittings", [])
                ],
                "questions": questions_on(page),
                "steps": list(steps_on(page)),
            }
            if "nosearch" not in app.env.metadata[name]:
                sections += sections_on(page, app.builder.get_target_uri(name))
    text = json.dumps(pages, ensure_ascii=False, indent=1)
    (Path(app.outdir) / FILE).write_text(f"{text}\n", encoding="utf-8")
    write_sections(app, sections)


def steps_on(page: nodes.document) -> Iterator[Step]:
    """Yield what a page asks its reader to do and shows, in order."""
    for node in page.findall(nodes.Element):
        if isinstance(node, block):
            kind, shown = node["kind"], {**node["facts"], **shown_in(node)}
        elif is_unverified(node):
            kind, shown = "unverified", {"text": node.astext()}
        else:
            continue
        place = {
            "line": line_of(node),
            "section": section_of(node),
            "box": box_of(node),
        }
        yield {"kind": kind, **place, **shown}


def is_unverified(node: nodes.Node) -> bool:
    """Return whether this shows something that is in no block."""
    is_comment = isinstance(node, nodes.comment)
    in_block = any(isinstance(around, block) for around in parents(node))
    return isinstance(node, SHOWS) and not is_comment and not in_block


def section_of(node: nodes.Node) -> str:
    sections = (it for it in parents(node) if isinstance(it, nodes.section))
    return next((section[0].astext() for section in sections), "")


def box_of(node: nodes.Node) -> str:
    return next(
        (
            it["kind"].removesuffix("-here")
            for it in parents(node)
            if isinstance(it, box)
        ),
        "",
    )
