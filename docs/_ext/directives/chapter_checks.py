"""What a chapter's page as a whole must be."""

from collections.abc import Iterator

from docutils import nodes

from course.chapters import Chapter
from directives.index import is_unverified
from directives.nodes import block, blocks_in, box, line_of
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
    "Exercises",
    "Questions",
    "Recap",
    "You end here",
]
# What a section has one of. The first chapter has no WebSocket to draw a diagram of.
CONTENTS = {
    FIRST_SECTION: ["screenshot", "sequence"],
    START: ["start-here"],
    "What just happened": ["sequence"],
    "Test it": ["output"],
    "You end here": ["end-here"],
}
NOT_NEEDED_AT_FIRST = "What just happened"
# Until every chapter has its tests at its beginning, and exercises and questions.
NOT_NEEDED = {"Test it", "Exercises", "Questions"}

Complaint = tuple[nodes.Node, str]


def complaints_of_chapter(
    doctree: nodes.document, course: Course, chapter: Chapter
) -> Iterator[Complaint]:
    """Yield what is wrong with the page of a chapter, and where."""
    yield from wrong_title(doctree, chapter)
    yield from wrong_sections(doctree, chapter)
    yield from wrong_steps(doctree, course, chapter)
    yield from wrong_pairs(doctree)
    yield from wrong_terminals(doctree)
    for node in filter(is_unverified, doctree.findall()):
        yield (
            node,
            "Nothing verifies this block: show files with 'create', 'edit' or "
            "'excerpt', commands with 'run', results with 'output', and pictures "
            "with 'screenshot'.",
        )


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
    found = list(sections)
    left_out = NOT_NEEDED.difference(found)
    required = [FIRST_SECTION, *(it for it in OTHER_SECTIONS if it not in left_out)]
    if is_first and START in found:
        # The first chapter explains ideas and sets up the computer before it starts.
        found = found[:1] + found[found.index(START) :]
    if found != required:
        yield (
            doctree,
            f"A chapter has the sections {', '.join(required)}, in this order; this "
            f"one has {', '.join(found)}.",
        )
    for title, names in CONTENTS.items():
        if title not in sections or (is_first and title == NOT_NEEDED_AT_FIRST):
            continue
        if not set(names) & set(directives_in(sections[title])):
            wanted = " or ".join(f"'{name}'" for name in names)
            yield sections[title], f"The section '{title}' lacks {wanted}."


def directives_in(section: nodes.section) -> Iterator[str]:
    for node in section.findall(nodes.container):
        if isinstance(node, block | box):
            yield node["kind"]


def sections_of(doctree: nodes.document) -> dict[str, nodes.section]:
    """Return the page's sections by title, in order."""
    page = doctree.next_node(nodes.section)
    children = page.children if page is not None else []
    return {
        child[0].astext(): child
        for child in children
        if isinstance(child, nodes.section)
    }


def wrong_steps(
    doctree: nodes.document, course: Course, chapter: Chapter
) -> Iterator[Complaint]:
    """Every file that the chapter changes has one step, or comes ready-made."""
    seen: dict[str, nodes.Element] = {}
    for step in blocks_in(doctree, "create", "edit", "remove", "ready-made"):
        facts = step["facts"]
        for path in facts.get("files") or [facts["path"]]:
            if path in seen:
                yield (
                    step,
                    f"{path} has a step in line {line_of(seen[path])} already: a "
                    "chapter has one step for a file.",
                )
            seen.setdefault(path, step)
    for step in list(blocks_in(doctree, "ready-made"))[1:]:
        yield step, "A chapter has one 'ready-made': put all files into the first."
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
