"""How files look on a page: listings, changed lines, captions and tabs."""

import difflib
from collections.abc import Iterable, Iterator

from docutils import nodes
from pygments import lexers
from pygments.token import STANDARD_TYPES, _TokenType
from sphinx_design.shared import create_component

from course.nodes import block_caption, hunk

LANGUAGES = {
    ".css": "css",
    ".html": "html+django",
    ".ini": "ini",
    ".js": "javascript",
    ".py": "python",
    ".toml": "toml",
    ".yml": "yaml",
}
LINES_OF_CONTEXT = 3


def language_of(path: str) -> str:
    """Return what a file is written in, by Pygments' name."""
    return LANGUAGES.get(path[path.rfind(".") :], "text")


def caption(text: str) -> block_caption:
    """Return the strip above a block."""
    return block_caption(text, text)


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
    old = before.splitlines(keepends=True)
    new = after.splitlines(keepends=True)
    old_lines = highlighted(before, language)
    new_lines = highlighted(after, language)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    found: list[nodes.Node] = []
    for group in matcher.get_grouped_opcodes(LINES_OF_CONTEXT):
        shown = hunk()
        for tag, old_start, old_end, new_start, new_end in group:
            if tag == "equal":
                shown += of_kind("ctx", new_lines[new_start:new_end])
            else:
                shown += of_kind("del", old_lines[old_start:old_end])
                shown += of_kind("add", new_lines[new_start:new_end])
        found.append(shown)
    return found


def of_kind(kind: str, lines: Iterable[list[nodes.Node]]) -> list[nodes.Node]:
    return [nodes.inline("", "", *parts, classes=[kind]) for parts in lines]


def highlighted(text: str, language: str) -> list[list[nodes.Node]]:
    """Return the lines of a text, each as colored parts that make up its characters."""
    lines: list[list[nodes.Node]] = []
    is_at_start = True
    for css_class, part in colored_parts(text, language):
        if is_at_start:
            lines.append([])
        shown = nodes.Text(part)
        lines[-1].append(
            nodes.inline("", "", shown, classes=[css_class]) if css_class else shown
        )
        is_at_start = part.endswith("\n")
    return lines


def colored_parts(text: str, language: str) -> Iterator[tuple[str, str]]:
    """Yield pieces of a text, none with more than one line, and their CSS classes."""
    lexer = lexers.get_lexer_by_name(language, stripnl=False, ensurenl=False)
    for token, value in lexer.get_tokens(text):
        for part in value.splitlines(keepends=True):
            yield css_class_of(token), part


def css_class_of(token: _TokenType) -> str:
    # A lexer may know more kinds of token than the color schemes do.
    while token not in STANDARD_TYPES and token.parent is not None:
        token = token.parent
    return STANDARD_TYPES.get(token, "")
