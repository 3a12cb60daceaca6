"""What a chapter's page as a whole must be; each mistake is an error of the build."""

from collections.abc import Iterator

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

from course.chapters import Chapter
from directives.directive import chapter_of, course_of
from directives.errors import PageError
from directives.nodes import (
    Block,
    command,
    create,
    edit,
    end_here,
    log,
    output,
    parents,
    remove,
    screenshot,
    sequence,
    snippet,
    start_here,
    stop,
)
from directives.project import Course

FIRST_SECTION = "What you will build"
START = "Start here"
STEPS = "Steps"
OTHER_SECTIONS = [
    START,
    STEPS,
    "Try it",
    "What just happened",
    "Test it",
    "Recap",
    "You end here",
]
# What a section is for. The first chapter has no WebSocket to draw a diagram of.
CONTENTS: dict[str, tuple[tuple[type[nodes.Node], ...], str]] = {
    FIRST_SECTION: ((screenshot, sequence), "'screenshot' or 'sequence'"),
    START: ((start_here,), "'start-here'"),
    "What just happened": ((sequence,), "'sequence'"),
    "Test it": ((output,), "'run' and 'output'"),
    "You end here": ((end_here,), "'end-here'"),
}
NOT_NEEDED_AT_FIRST = {"What just happened"}
UNVERIFIED = (nodes.literal_block, nodes.doctest_block, nodes.raw, nodes.image)

Complaint = tuple[nodes.Node, str]

logger = logging.getLogger(__name__)


def check_page(app: Sphinx, doctree: nodes.document) -> None:
    """Report what is wrong with the page that was just read, if it is a chapter's."""
    docname = app.env.docname
    try:
        chapter = chapter_of(app.env, docname)
        if chapter is None:
            return
        course = course_of(app.env)
        complaints = [
            *wrong_title(doctree, chapter),
            *wrong_sections(doctree, chapter),
            *wrong_steps(doctree, course, chapter),
            *wrong_pairs(doctree),
            *wrong_terminals(doctree),
            *unverified_blocks(doctree),
        ]
    except PageError as error:
        complaints = [(doctree, str(error))]
    for node, sentence in complaints:
        logger.error(sentence, location=(docname, line_of(node)))


def line_of(node: nodes.Node) -> int:
    """Return the line of a node, or of the closest one around it that has one."""
    while node.line is None and node.parent is not None:
        node = node.parent
    # Docutils takes a section's line from the rule under its title.
    is_section = isinstance(node, nodes.section)
    return (node.line or 1) - (1 if is_section else 0)


def wrong_title(doctree: nodes.document, chapter: Chapter) -> Iterator[Complaint]:
    title = doctree.next_node(nodes.title)
    if title is None or title.astext() != chapter.title:
        yield (
            title.parent if title else doctree,
            f"The page's title is '{title.astext() if title else ''}', and in "
            f"checkpoints/chapters.toml it is '{chapter.title}': make them agree.",
        )


def wrong_sections(doctree: nodes.document, chapter: Chapter) -> Iterator[Complaint]:
    sections = sections_of(doctree)
    is_first = chapter.starts_at is None
    required = [FIRST_SECTION, *OTHER_SECTIONS]
    found = list(sections)
    if is_first and START in found:
        # The first chapter explains ideas and sets up the computer before it starts.
        found = found[:1] + found[found.index(START) :]
    if found != required:
        yield wrong_order(doctree, sections, found, required)
    for title, (kinds, directive) in CONTENTS.items():
        if title not in sections or (is_first and title in NOT_NEEDED_AT_FIRST):
            continue
        if not any(isinstance(node, kinds) for node in sections[title].findall()):
            yield sections[title], f"The section '{title}' lacks {directive}."


def sections_of(doctree: nodes.document) -> dict[str, nodes.section]:
    """Return the page's sections by title, in order."""
    page = doctree.next_node(nodes.section)
    children = page.children if page is not None else []
    return {
        child[0].astext(): child
        for child in children
        if isinstance(child, nodes.section)
    }


def wrong_order(
    doctree: nodes.document,
    sections: dict[str, nodes.section],
    found: list[str],
    required: list[str],
) -> Complaint:
    in_order = f"A chapter has the sections {', '.join(required)}, in this order."
    for title in required:
        if title not in sections:
            return doctree, f"The section '{title}' is missing. {in_order}"
    for title in found:
        if title not in required:
            return (
                sections[title],
                f"'{title}' is no section of a chapter: make it a subsection, or "
                f"correct its title. {in_order}",
            )
    title = next(
        has for has, wants in zip(found, required, strict=True) if has != wants
    )
    return sections[title], f"The section '{title}' is out of order. {in_order}"


def wrong_steps(
    doctree: nodes.document, course: Course, chapter: Chapter
) -> Iterator[Complaint]:
    """Every file that the chapter changes has one step."""
    seen: dict[str, nodes.Element] = {}
    for step in findall(doctree, (create, edit, remove)):
        path = step["path"]
        if path in seen:
            yield (
                step,
                f"{path} has a step in line {line_of(seen[path])} already: a chapter "
                "has one step for a file.",
            )
        seen.setdefault(path, step)
    place = sections_of(doctree).get(STEPS, doctree)
    for path, change in course.changes(chapter).items():
        if path not in seen:
            yield (
                place,
                f"The chapter changes {path}, and no step says so: add "
                f"'.. {change}:: {path}'.",
            )


def wrong_pairs(doctree: nodes.document) -> Iterator[Complaint]:
    """A result stands right after what gives it."""
    for kind, cause, sentence in (
        (output, command, "'output' stands right after the 'run' that prints it"),
        (log, snippet, "'console-log' stands right after its 'browser-console'"),
    ):
        for node in findall(doctree, (kind,)):
            if not isinstance(shown_before(node), cause):
                yield node, f"{sentence}: move it there."


def shown_before(node: nodes.Element) -> nodes.Node | None:
    siblings = node.parent.children
    before = siblings[: siblings.index(node)]
    visible = [
        sibling
        for sibling in before
        if not isinstance(sibling, nodes.comment | nodes.target)
    ]
    return visible[-1] if visible else None


def wrong_terminals(doctree: nodes.document) -> Iterator[Complaint]:
    """A terminal runs one thing at a time, and none runs on at the chapter's end."""
    busy: dict[int, nodes.Element] = {}
    for node in findall(doctree, (command, stop)):
        number = node["terminal"]
        if isinstance(node, stop):
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
        elif node["background"]:
            busy[number] = node
    for number, node in busy.items():
        yield (
            node,
            f"What runs in terminal {number} is never stopped: add 'stop' before the "
            "chapter ends.",
        )


def unverified_blocks(doctree: nodes.document) -> Iterator[Complaint]:
    for node in findall(doctree, UNVERIFIED):
        if not is_in_block(node):
            yield (
                node,
                "Nothing verifies this block: show files with 'create', 'edit' or "
                "'excerpt', commands with 'run', results with 'output', and pictures "
                "with 'screenshot'.",
            )


def is_in_block(node: nodes.Node) -> bool:
    return any(isinstance(around, Block) for around in parents(node))


def findall(
    doctree: nodes.document, kinds: tuple[type[nodes.Node], ...]
) -> Iterator[nodes.Element]:
    for node in doctree.findall(nodes.Element):
        if isinstance(node, kinds):
            yield node
