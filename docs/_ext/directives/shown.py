"""What a block shows, taken from its nodes. For the format, see index.py."""

from collections.abc import Iterator
from typing import Any

from docutils import nodes

from directives.nodes import colored_line, lines

Step = dict[str, Any]


def shown_in(node: nodes.Element) -> Step:
    """Return what a block shows."""
    path, _, name = text_of(node, is_caption).strip().partition(", ")
    match node["kind"]:
        case "create" | "edit" if copied := node.next_node(is_copied):
            return {"path": path, "text": "", "copy_from": copied.astext()}
        case "create":
            return {"path": path, "text": text_of(node, nodes.literal_block)}
        case "edit":
            whole = text_of(node, nodes.literal_block)
            return {"path": path, "hunks": hunks_in(node), "whole": whole}
        case "remove":
            return {"path": text_of(node, nodes.literal).strip()}
        case "excerpt" | "example":
            text = text_of(node, nodes.literal_block)
            return {"path": path, "object": name, "text": text}
        case "ready-made":
            return {"typed": lines_in(node, "typed")}
        case "run":
            return {
                "typed": lines_in(node, "typed"),
                "typed_on_windows": lines_in(node, "typed_on_windows"),
            }
        case "output" | "console-log":
            return {"printed": lines_in(node, "printed")}
        case "terminals":
            return {"screens": [screen_in(it) for it in node.findall(lines)]}
        case "browser-console":
            return {"text": text_of(node, nodes.literal_block)}
        case "sequence":
            return {"messages": list(messages_in(node))}
        case "measurement":
            rows = [
                [cell.astext() for cell in row.findall(nodes.entry)]
                for row in node.findall(nodes.row)
            ]
            return {"rows": rows}
    return {}


def text_of(node: nodes.Element, kind: Any) -> str:
    """Return the text of the first node of that kind, with a newline at its end."""
    found = node.next_node(kind)
    text = found.astext() if found is not None else ""
    return text if not text or text.endswith("\n") else f"{text}\n"


def is_caption(node: nodes.Node) -> bool:
    return isinstance(node, nodes.container) and node["classes"] == ["block-caption"]


def is_copied(node: nodes.Node) -> bool:
    return isinstance(node, nodes.literal) and node["classes"] == ["copy-from"]


def hunks_in(node: nodes.Element) -> list[list[tuple[str, str]]]:
    return [
        [
            (line["classes"][0], line.astext().removesuffix("\n"))
            for line in hunk.findall(colored_line)
        ]
        for hunk in node.findall(lines)
    ]


def lines_in(node: nodes.Element, kind: str) -> str:
    found = (it for it in node.findall(lines) if it["kind"] == kind)
    return "".join(shown.astext() for shown in found)


def screen_in(shown: lines) -> Step:
    texts: Step = {"typed": [], "printed": []}
    for line in shown.findall(nodes.inline):
        is_typed = line["classes"][0] in ("command", "continued")
        texts["typed" if is_typed else "printed"].append(line.astext().rstrip("\n"))
    return texts


def messages_in(node: nodes.Element) -> Iterator[Step]:
    for item in node.findall(nodes.paragraph):
        ends, _, label = item.astext().partition(": ")
        sender, _, receiver = ends.partition(" to ")
        yield {"from": sender, "to": receiver, "label": label}
