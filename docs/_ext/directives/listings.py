"""How files look on a page: listings, changed lines, captions and tabs."""

import difflib
import functools
from typing import NamedTuple

import pygments
from docutils import nodes
from pygments import lexers
from pygments.formatters import HtmlFormatter
from sphinx_design.shared import create_component

from directives.nodes import colored_line, lines
from directives.objects import name_around, objects_of

LANGUAGES = {
    ".conf": "nginx",
    ".css": "css",
    ".html": "html+django",
    ".ini": "ini",
    ".js": "javascript",
    ".py": "python",
    ".sh": "bash",
    ".template": "nginx",
    ".toml": "toml",
    ".yml": "yaml",
}
LINES_OF_CONTEXT = 3


def language_of(path: str) -> str:
    """Return what a file is written in, by Pygments' name."""
    return LANGUAGES.get(path[path.rfind(".") :], "text")


def caption(text: str) -> nodes.Element:
    """Return the strip above a block: a path, or where to type what follows."""
    return create_component(
        "caption", classes=["block-caption"], children=[nodes.inline(text, text)]
    )


def listing(text: str, language: str) -> nodes.Node:
    """Return a listing of the text, or a sentence if there is none."""
    if not text:
        return nodes.paragraph("", "an empty file", classes=["empty-file"])
    # `force` keeps Sphinx silent about a language that it cannot quite read.
    return nodes.literal_block(text, text, language=language, force=True)


def tabs(
    contents: dict[str, list[nodes.Node]], sync_group: str | None = None
) -> nodes.Element:
    """Return a set of tabs with these titles, the first one open.

    Where a group is named, a choice in one set is a choice in all of that group.
    """
    tab_set = create_component("tab-set", classes=["sd-tab-set"])
    for title, children in contents.items():
        label = nodes.rubric(title, title, classes=["sd-tab-label"])
        if sync_group:
            label["sync_group"], label["sync_id"] = sync_group, title
        content = create_component(
            "tab-content", classes=["sd-tab-content"], children=children
        )
        tab_set += create_component(
            "tab-item", classes=["sd-tab-item"], children=[label, content]
        )
    return tab_set


def hunks(before: str, after: str, language: str) -> list[nodes.Node]:
    """Return the changes that make one text the other, with some lines around each."""
    old, new = colored_lines(before, language), colored_lines(after, language)
    objects = objects_of(after) if language == "python" else {}
    matcher = difflib.SequenceMatcher(
        None, [line.text for line in old], [line.text for line in new], autojunk=False
    )
    found: list[nodes.Node] = []
    for group in matcher.get_grouped_opcodes(LINES_OF_CONTEXT):
        place = f"lines {group[0][3] + 1} to {group[-1][4]}"
        changed = [it for it in group if it[0] != "equal"]
        if name := name_around(objects, changed[0][3] + 1, changed[-1][4]):
            place += f", in {name}"
        shown = lines(kind="hunk", place=place)
        for tag, old_start, old_end, new_start, new_end in group:
            if tag == "equal":
                shown += of_class("ctx", new[new_start:new_end])
            else:
                shown += of_class("del", old[old_start:old_end])
                shown += of_class("add", new[new_start:new_end])
        found.append(shown)
    return found


class ColoredLine(NamedTuple):
    """A line of a file, with its newline, and the HTML that shows it."""

    text: str
    html: str


@functools.cache
def colored_lines(text: str, language: str) -> list[ColoredLine]:
    """Return the lines of a text that is a file or a part of one."""
    lexer = lexers.get_lexer_by_name(language, stripnl=False, ensurenl=False)
    html = pygments.highlight(text, lexer, HtmlFormatter(nowrap=True))
    # Not splitlines(), which knows more ends of a line than editors do.
    pairs = zip(text.split("\n"), html.split("\n"), strict=True)
    return [ColoredLine(f"{line}\n", f"{shown}\n") for line, shown in pairs][:-1]


def of_class(name: str, shown: list[ColoredLine]) -> list[nodes.Node]:
    return [colored_line("", it.text, html=it.html, classes=[name]) for it in shown]


def typed_lines(kind: str, commands: list[str]) -> lines:
    """Return command lines; what goes on with a long one is of class continued."""
    shown = lines(kind=kind)
    name = "command"
    for command in commands:
        shown += nodes.inline("", f"{command}\n", classes=[name])
        name = "continued" if command.endswith("\\") else "command"
    return shown


def printed_lines(text: list[str]) -> lines:
    """Return lines that a program prints; an ellipsis alone stands for some of them."""
    shown = lines(kind="printed")
    for line in text:
        name = "omitted" if line.strip() == "…" else "printed"
        shown += nodes.inline("", f"{line}\n", classes=[name])
    return shown
