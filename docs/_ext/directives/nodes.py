"""What the directives put on a page, and how that becomes HTML.

The children of a block are what the reader sees, and nothing else. Its attribute `facts`
holds what index.py tells of it besides: what only the test that follows the page needs.
"""

from collections.abc import Callable, Iterator
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

# What the style sheet calls a block; any other is called like its directive.
LOOKS = {
    "create": "file create",
    "edit": "file edit",
    "excerpt": "file excerpt",
    "example": "file",
    "run": "terminal",
    "browser-console": "browser",
    "output": "result",
    "console-log": "result",
    "remove": "sentence",
    "stop": "sentence",
}


class block(nodes.General, nodes.Element):
    """Something that has to be verified.

    Attributes: kind, the name of its directive; facts, a dictionary.
    """


class block_caption(nodes.General, nodes.TextElement):
    """The strip above a listing: a file's path, or where to type what follows."""


class lines(nodes.General, nodes.FixedTextElement):
    """Preformatted lines: an inline for each, and in it the text with its newline.

    Attributes: kind, which is hunk, typed, typed_on_windows, printed or screen; for a
    hunk also place, the lines of the changed file that it shows, in words.
    """


class colored_line(nodes.inline):
    """A line of a file, of class ctx, del or add. Attribute: html, the same in colors."""


class folded(nodes.General, nodes.Element):
    """Something that is folded away until it is asked for. Attribute: summary."""


class box(nodes.General, nodes.Element):
    """The box at one end of a chapter. Attribute: end, "start" or "end"."""


def parents(node: nodes.Node) -> Iterator[nodes.Node]:
    """Yield what is around a node, from the innermost to the document."""
    while node.parent is not None:
        node = node.parent
        yield node


def line_of(node: nodes.Node) -> int:
    """Return the line of a node, or of the closest one around it that has one."""
    placed = [it for it in (node, *parents(node)) if it.line is not None]
    if not placed:
        return 1
    # Docutils takes a section's line from the rule under its title.
    return (placed[0].line or 1) - isinstance(placed[0], nodes.section)


def blocks_in(doctree: nodes.Node, *kinds: str) -> Iterator[nodes.Element]:
    """Yield the blocks of these kinds, in the reader's order."""
    for node in doctree.findall(block):
        if node["kind"] in kinds:
            yield node


def add_nodes(app: Sphinx) -> None:
    """Tell Sphinx how each node begins and ends in HTML."""
    for node, opening, closing in (
        (block, open_block, "</div>\n"),
        (block_caption, open_caption, "</div>\n"),
        (lines, open_lines, "</pre></div>\n"),
        (colored_line, show_colored_line, ""),
        (folded, open_folded, "</details>\n"),
        (box, open_box, "</div>\n"),
    ):
        app.add_node(node, html=(opening, closing_with(closing)))


def closing_with(html: str) -> Callable[[HTML5Translator, nodes.Element], None]:
    return lambda translator, node: translator.body.append(html)


def open_tag(
    translator: HTML5Translator, node: nodes.Element, tag: str, **attributes: Any
) -> None:
    translator.body.append(translator.starttag(node, tag, "", **attributes))


def open_block(translator: HTML5Translator, node: nodes.Element) -> None:
    look = LOOKS.get(node["kind"], node["kind"])
    open_tag(translator, node, "div", CLASS=f"block {look}")


def open_caption(translator: HTML5Translator, node: nodes.Element) -> None:
    open_tag(translator, node, "div", CLASS="block-caption")


def open_lines(translator: HTML5Translator, node: nodes.Element) -> None:
    kind = node["kind"].partition("_")[0]
    # Drawn by the style sheet, so that nobody copies it.
    place = {"data-place": node["place"]} if "place" in node else {}
    open_tag(translator, node, "div", CLASS=f"highlight {kind}", **place)
    translator.body.append("<pre>")


def show_colored_line(translator: HTML5Translator, node: nodes.Element) -> None:
    open_tag(translator, node, "span")
    translator.body.append(f"{node['html']}</span>")
    raise nodes.SkipNode


def open_folded(translator: HTML5Translator, node: nodes.Element) -> None:
    open_tag(translator, node, "details", CLASS="folded")
    translator.body.append(f"<summary>{translator.encode(node['summary'])}</summary>\n")


def open_box(translator: HTML5Translator, node: nodes.Element) -> None:
    open_tag(translator, node, "div", CLASS=f"box {node['end']}-here")


def give_captions_a_level(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Sphinx makes headings of the captions in the sidebar, but of no level."""
    tree = context["furo_navigation_tree"]
    heading = 'role="heading"'
    context["furo_navigation_tree"] = tree.replace(heading, f'{heading} aria-level="2"')
