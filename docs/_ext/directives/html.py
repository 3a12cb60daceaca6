"""How the course's nodes become HTML."""

from collections.abc import Callable
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from directives import nodes as course

Visitor = Callable[[HTML5Translator, nodes.Element], None]

# Each becomes a <div> with this class.
DIVISIONS: dict[type[nodes.Element], str] = {
    course.create: "block file create",
    course.edit: "block file edit",
    course.remove: "block sentence",
    course.excerpt: "block file excerpt",
    course.command: "block terminal",
    course.install: "block terminal",
    course.output: "block result",
    course.stop: "block sentence",
    course.terminals: "block terminals",
    course.snippet: "block browser",
    course.log: "block result",
    course.screenshot: "block screenshot",
    course.sequence: "block sequence",
    course.measurement: "block measurement",
    course.example: "block file",
    course.drawing: "block drawing",
    course.start_here: "box start-here",
    course.end_here: "box end-here",
    course.block_caption: "block-caption",
}
# Each becomes a <pre>, inside what Sphinx puts around a listing.
LINES: dict[type[nodes.Element], str] = {
    course.hunk: "hunk",
    course.typed: "typed",
    course.typed_on_windows: "typed",
    course.printed: "printed",
    course.screen: "screen",
}


def add_nodes(app: Sphinx) -> None:
    """Tell Sphinx about every node of the course."""
    for node, css_class in DIVISIONS.items():
        app.add_node(node, html=(opening("div", css_class), closing("</div>\n")))
    for node, css_class in LINES.items():
        start = (opening_lines(css_class), closing("</pre></div>\n"))
        app.add_node(node, html=start)
    app.add_node(course.colored_line, html=(show_colored_line, closing("")))
    app.add_node(course.tasks, html=(skip, closing("")))
    for node in course.folded, course.alternative:
        app.add_node(node, html=(open_folded, closing("</details>\n")))


def show_colored_line(translator: HTML5Translator, node: nodes.Element) -> None:
    tag = translator.starttag(node, "span", "")
    translator.body.append(f"{tag}{node['html']}</span>")
    raise nodes.SkipNode


def skip(translator: HTML5Translator, node: nodes.Element) -> None:
    raise nodes.SkipNode


def opening(tag: str, css_class: str) -> Visitor:
    def visit(translator: HTML5Translator, node: nodes.Element) -> None:
        translator.body.append(translator.starttag(node, tag, CLASS=css_class))

    return visit


def opening_lines(css_class: str) -> Visitor:
    def visit(translator: HTML5Translator, node: nodes.Element) -> None:
        # Drawn by the style sheet, so that nobody copies it.
        place = {"data-place": node["place"]} if "place" in node else {}
        tag = translator.starttag(
            node, "div", "", CLASS=f"highlight {css_class}", **place
        )
        translator.body.append(f"{tag}<pre>")

    return visit


def open_folded(translator: HTML5Translator, node: nodes.Element) -> None:
    summary = translator.encode(node["summary"])
    tag = translator.starttag(node, "details", CLASS="folded")
    translator.body.append(f"{tag}<summary>{summary}</summary>\n")


def closing(text: str) -> Visitor:
    def depart(translator: HTML5Translator, node: nodes.Element) -> None:
        translator.body.append(text)

    return depart


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
