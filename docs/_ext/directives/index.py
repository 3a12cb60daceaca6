"""The index of all pages: every build writes it to `steps.json` beside its pages.

    {"tutorial/echo": {"title": "Echo", "source": "docs/tutorial/echo.rst",
                       "words": 2741, "steps": [...]}, ...}

All pages are in it but those in changes/, which are written from the checkpoints. `words` is what a reader reads: prose and results, and of the
project's code what is new, once. A step has what the page shows, taken from the page:

    kind      what it is, see below
    line      its line in the source
    section   the title of the innermost section around it
    box       "start" or "end" in the boxes at a chapter's ends, otherwise ""

    create           path, text
    edit             path, hunks [[["ctx" | "del" | "add", line], ...], ...], whole
    remove           path
    excerpt          path, object, checkpoint, text
    run              typed, typed_on_windows, terminal, background, exits, folder ("" or
                     "course"), cannot_run, instead, install (bool)
    output           printed
    stop             terminal
    terminals        name, numbers, screens [{"typed": [...], "printed": [...]}, ...]
    browser-console  text, at, window
    console-log      printed
    screenshot       name, alt, at, width, height, theme, actions, side_by_side
    sequence         name, scenario, checkpoint, messages [{"from", "to", "label"}, ...]
    measurement      rows (of the table, its head first), picture
    example          path, object, text
    drawing          (nothing more)
    unverified       text: a block of which nothing says how to verify it

A text ends with a newline, unless it is empty; a line in a list has none. `end-here` has
no step: its box begins with its first step.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.logging import suppress_logging

from directives import nodes as course
from directives.nodes import parents

FILE = "steps.json"
WORD = re.compile(r"\S*\w\S*")
# What a reader reads elsewhere, or does not need to read.
NOT_READ = (
    course.excerpt,
    course.typed_on_windows,
    course.folded,
    nodes.raw,
    nodes.comment,
)

Step = dict[str, Any]


def write_index(app: Sphinx, exception: Exception | None) -> None:
    """Write the index of all pages, once the pages are built."""
    if exception:
        return
    pages = {}
    with suppress_logging():
        for name in sorted(app.env.found_docs):
            if name.startswith("changes/"):
                continue
            page = app.env.get_and_resolve_doctree(name, app.builder, tags=app.tags)
            source = Path(app.env.doc2path(name)).relative_to(app.srcdir.parent)
            pages[name] = {
                "title": app.env.titles[name].astext(),
                "source": source.as_posix(),
                "words": words_on(page),
                "steps": list(steps_on(page)),
            }
    text = json.dumps(pages, ensure_ascii=False, indent=1)
    (Path(app.outdir) / FILE).write_text(f"{text}\n", encoding="utf-8")


def steps_on(page: nodes.document) -> Iterator[Step]:
    for node in page.findall(nodes.Element):
        is_block = isinstance(node, course.Block)
        is_shown = isinstance(node, SHOWS)
        if not (is_block or is_shown) or isinstance(node, nodes.comment):
            continue
        if any(isinstance(around, course.Block) for around in parents(node)):
            continue
        shown = (
            STEPS[type(node)](node)
            if is_block
            else {"kind": "unverified", "text": node.astext()}
        )
        yield {
            "kind": shown.pop("kind"),
            "line": line_of(node),
            "section": section_of(node),
            "box": box_of(node),
            **shown,
        }


SHOWS = (nodes.FixedTextElement, nodes.raw, nodes.image, course.lines)


def words_on(node: nodes.Node) -> int:
    if isinstance(node, NOT_READ):
        return 0
    if isinstance(node, course.edit):
        added = [
            line.astext()
            for line in node.findall(course.colored_line)
            if "add" in line["classes"]
        ]
        return sum(len(WORD.findall(line)) for line in added)
    if isinstance(node, nodes.Text):
        return len(WORD.findall(node.astext()))
    return sum(words_on(child) for child in node.children)


def line_of(node: nodes.Node) -> int:
    return next((n.line for n in [node, *parents(node)] if n.line is not None), 1)


def section_of(node: nodes.Node) -> str:
    sections = (it for it in parents(node) if isinstance(it, nodes.section))
    return next((section[0].astext() for section in sections), "")


def box_of(node: nodes.Node) -> str:
    for around in parents(node):
        if isinstance(around, course.start_here):
            return "start"
        if isinstance(around, course.end_here):
            return "end"
    return ""


def caption_of(node: nodes.Element) -> tuple[str, str]:
    caption = node.next_node(course.block_caption)
    path, _, name = caption.astext().partition(", ") if caption else ("", "", "")
    return path, name


def text_of(node: nodes.Element, kind: Any = nodes.literal_block) -> str:
    found = node.next_node(kind)
    text = found.astext() if found is not None else ""
    return text if not text or text.endswith("\n") else f"{text}\n"


def create(node: nodes.Element) -> Step:
    return {"kind": "create", "path": caption_of(node)[0], "text": text_of(node)}


def edit(node: nodes.Element) -> Step:
    hunks = [
        [
            [line["classes"][0], line.astext().removesuffix("\n")]
            for line in hunk.findall(course.colored_line)
        ]
        for hunk in node.findall(course.hunk)
    ]
    return {
        "kind": "edit",
        "path": caption_of(node)[0],
        "hunks": hunks,
        "whole": text_of(node),
    }


def remove(node: nodes.Element) -> Step:
    path = node.next_node(nodes.literal)
    return {"kind": "remove", "path": path.astext() if path else ""}


def excerpt(node: nodes.Element) -> Step:
    path, name = caption_of(node)
    return {
        "kind": "excerpt",
        "path": path,
        "object": name,
        "checkpoint": node["checkpoint"],
        "text": text_of(node),
    }


def run(node: nodes.Element) -> Step:
    options = "terminal", "background", "exits", "folder", "cannot_run", "instead"
    return {
        "kind": "run",
        "typed": text_of(node, course.typed),
        "typed_on_windows": text_of(node, course.typed_on_windows),
        **{name: node[name] for name in options},
        "install": isinstance(node, course.install),
    }


def output(node: nodes.Element) -> Step:
    return {"kind": "output", "printed": text_of(node, course.printed)}


def stop(node: nodes.Element) -> Step:
    return {"kind": "stop", "terminal": node["terminal"]}


def terminals(node: nodes.Element) -> Step:
    screens = []
    for screen in node.findall(course.screen):
        shown: dict[str, list[str]] = {"typed": [], "printed": []}
        for line in screen.findall(nodes.inline):
            is_typed = line["classes"][0] in ("command", "continued")
            text = line.astext().removesuffix("\n")
            shown["typed" if is_typed else "printed"].append(text)
        screens.append(shown)
    return {
        "kind": "terminals",
        "name": node["name"],
        "numbers": node["numbers"],
        "screens": screens,
    }


def console(node: nodes.Element) -> Step:
    return {
        "kind": "browser-console",
        "text": text_of(node),
        "at": node["at"],
        "window": node["window"],
    }


def log(node: nodes.Element) -> Step:
    return {"kind": "console-log", "printed": text_of(node, course.printed)}


def screenshot(node: nodes.Element) -> Step:
    image = node.next_node(nodes.image)
    options = "at", "width", "height", "theme", "actions", "side_by_side"
    return {
        "kind": "screenshot",
        "name": node["name"],
        "alt": image["alt"] if image else "",
        **{name: node[name] for name in options},
    }


def sequence(node: nodes.Element) -> Step:
    messages = []
    for message in node.findall(nodes.list_item):
        label = message.next_node(nodes.literal)
        ends = message.astext().partition(": ")[0].split(" to ")
        text = label.astext() if label else ""
        messages.append({"from": ends[0], "to": ends[1], "label": text})
    return {
        "kind": "sequence",
        "name": node["name"],
        "scenario": node["scenario"],
        "checkpoint": node["checkpoint"],
        "messages": messages,
    }


def measurement(node: nodes.Element) -> Step:
    image = node.next_node(nodes.image)
    rows = [
        [cell.astext() for cell in row.findall(nodes.entry)]
        for row in node.findall(nodes.row)
    ]
    picture = image["uri"] if image else ""
    return {"kind": "measurement", "rows": rows, "picture": picture}


def example(node: nodes.Element) -> Step:
    path, name = caption_of(node)
    return {"kind": "example", "path": path, "object": name, "text": text_of(node)}


def drawing(node: nodes.Element) -> Step:
    return {"kind": "drawing"}


STEPS = {
    course.create: create,
    course.edit: edit,
    course.remove: remove,
    course.excerpt: excerpt,
    course.command: run,
    course.install: run,
    course.output: output,
    course.stop: stop,
    course.terminals: terminals,
    course.snippet: console,
    course.log: log,
    course.screenshot: screenshot,
    course.sequence: sequence,
    course.measurement: measurement,
    course.example: example,
    course.drawing: drawing,
}
