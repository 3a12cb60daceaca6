"""What the directives put on a page, and how that becomes HTML.

The children of a block are what the reader sees, and nothing else. Its attribute
`facts` holds what index.py tells of it besides, for the test that follows the page.
"""

from collections.abc import Callable, Iterator
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator


class block(nodes.container):
    """Something that has to be verified.

    Attributes: kind, the name of its directive; facts, a dictionary.
    """


class box(nodes.container):
    """The box at one end of a chapter. Attribute: kind, "start-here" or "end-here"."""


class lines(nodes.General, nodes.FixedTextElement):
    """Preformatted lines: an inline for each, and in it the text with its newline.

    Attributes: kind, which is hunk, typed, typed_on_windows, printed or screen; for a
    hunk also place, the lines of the changed file that it shows, in words.
    """


class colored_line(nodes.inline):
    """A line of a file: ctx, del or add. Attribute: html, the same in colors."""


class folded(nodes.General, nodes.Element):
    """Something that is folded away until it is asked for. Attribute: summary."""


def division(kind: type[nodes.container], name: str, **attributes: Any) -> Any:
    """Return a node that becomes a <div> of the classes that its `kind` gives."""
    css_class = "block" if kind is block else "box"
    # Sphinx-design makes a plain <div> of such a container.
    return kind("", is_div=True, kind=name, classes=[css_class, name], **attributes)


def parents(node: nodes.Node) -> Iterator[nodes.Node]:
    """Yield what is around a node, from the innermost to the document."""
    while node.parent is not None:
        node = node.parent
        yield node


def line_of(node: nodes.Node) -> int:
    """Return the line of a node, or of the closest one around it that has one."""
    for placed in node, *parents(node):
        if placed.line is not None:
            # Docutils takes a section's line from the rule under its title.
            return placed.line - isinstance(placed, nodes.section)
    return 1


def blocks_in(doctree: nodes.Node, *kinds: str) -> Iterator[nodes.Element]:
    """Yield the blocks of these kinds, in the reader's order."""
    return (node for node in doctree.findall(block) if node["kind"] in kinds)


def add_nodes(app: Sphinx) -> None:
    """Tell Sphinx how the nodes that are no containers become HTML."""
    for node, opening, closing in (
        (lines, open_lines, "</pre></div>\n"),
        (colored_line, show_colored_line, ""),
        (folded, open_folded, "</details>\n"),
    ):
        app.add_node(node, html=(opening, closing_with(closing)))


def closing_with(html: str) -> Callable[[HTML5Translator, nodes.Element], None]:
    return lambda translator, node: translator.body.append(html)


def open_lines(translator: HTML5Translator, node: nodes.Element) -> None:
    kind = node["kind"].partition("_")[0]
    tag = translator.starttag(node, "div", "", CLASS=f"highlight {kind}")
    # Above the lines, which alone have a button that copies them.
    text = translator.encode(node.get("place", ""))
    place = f'<p class="place">{text}</p>' if text else ""
    translator.body.append(f"{tag}{place}<pre>")


def show_colored_line(translator: HTML5Translator, node: nodes.Element) -> None:
    tag = translator.starttag(node, "span", "")
    translator.body.append(f"{tag}{node['html']}</span>")
    raise nodes.SkipNode


def open_folded(translator: HTML5Translator, node: nodes.Element) -> None:
    summary = translator.encode(node["summary"])
    tag = translator.starttag(node, "details", CLASS="folded")
    translator.body.append(f"{tag}<summary>{summary}</summary>\n")


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
