"""What must stand before what on a chapter's page."""

from collections.abc import Iterator

from docutils import nodes

from directives.nodes import block, blocks_in, line_of
from directives.sittings import FILES

# What shows that the files so far do something.
SEEN = ("run", "browser-console", "screenshot", "terminals", "now-passes")
MOST_FILES = 3

Complaint = tuple[nodes.Node, str]


def wrong_order(doctree: nodes.document) -> Iterator[Complaint]:
    """Yield what stands where it cannot be followed, and why."""
    yield from wrong_pairs(doctree)
    yield from wrong_terminals(doctree)
    yield from too_many_files(doctree)


def wrong_pairs(doctree: nodes.document) -> Iterator[Complaint]:
    """A result stands right after what gives it."""
    for kind, cause in ("output", "run"), ("console-log", "browser-console"):
        for node in blocks_in(doctree, kind):
            before = shown_before(node)
            if not isinstance(before, block) or before["kind"] != cause:
                yield (
                    node,
                    f"'{kind}' stands right after its '{cause}': move it there.",
                )


def shown_before(node: nodes.Element) -> nodes.Node | None:
    siblings = node.parent.children
    invisible = nodes.comment | nodes.target
    before = siblings[: siblings.index(node)]
    return next((it for it in reversed(before) if not isinstance(it, invisible)), None)


def too_many_files(doctree: nodes.document) -> Iterator[Complaint]:
    """After a few files, something runs or is seen."""
    in_a_row = 0
    for node in blocks_in(doctree, *FILES, *SEEN):
        if node["kind"] in FILES:
            in_a_row += 1
        elif not node["facts"].get("install"):
            in_a_row = 0
        if in_a_row > MOST_FILES:
            yield (
                node,
                f"This is one file more than {MOST_FILES} without anything to see: "
                f"add one of {', '.join(SEEN)} before.",
            )
            return


def wrong_terminals(doctree: nodes.document) -> Iterator[Complaint]:
    """A terminal runs one thing at a time, and none runs on at the chapter's end."""
    busy: dict[int, nodes.Element] = {}
    for node in blocks_in(doctree, "run", "ready-made", "stop", "pause-here"):
        if node["kind"] == "pause-here":
            for number in busy:
                yield (
                    node,
                    f"What runs in terminal {number} runs on over the pause: add "
                    "'stop' before.",
                )
            continue
        number = node["facts"]["terminal"]
        if node["kind"] == "stop":
            if busy.pop(number, None) is None:
                yield (
                    node,
                    f"Nothing runs in terminal {number}: remove 'stop', or add "
                    "':background:' to the 'run' that starts the server.",
                )
        elif number in busy:
            yield (
                node,
                f"Terminal {number} is taken by the server of line "
                f"{line_of(busy[number])}: add 'stop' before, or type this into "
                "another one with ':terminal:'.",
            )
        elif node["facts"]["background"]:
            busy[number] = node
    for number, node in busy.items():
        yield (
            node,
            f"What runs in terminal {number} is never stopped: add 'stop' before the "
            "chapter ends.",
        )
