"""How long a chapter takes: in how many sittings, and how many minutes in each.

A chapter has one sitting, and one more for each `pause-here`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from course.chapters import Chapter
from directives.directive import CHAPTERS, CourseDirective
from directives.errors import PageError
from directives.nodes import block, blocks_in, box, colored_line, folded, lines

WORD = re.compile(r"\S*\w\S*")
WORDS_A_MINUTE = 200
MINUTES_A_FILE = 40 / 60
MINUTES_A_COMMAND = 20 / 60
FILES = ("create", "edit", "remove")
NUMBERS = ["no", "one", "two", "three", "four", "five"]


@dataclass
class Sitting:
    """What a reader reads and does until the chapter ends or pauses.

    The words are prose and results, and what is new of the code that is typed, once.
    """

    words: int = 0
    files: int = 0
    commands: int = 0

    @property
    def minutes(self) -> float:
        reading = self.words / WORDS_A_MINUTE
        doing = self.files * MINUTES_A_FILE + self.commands * MINUTES_A_COMMAND
        return reading + doing


class PauseHere(CourseDirective):
    """`pause-here::`: a sitting ends; the body says what works now."""

    has_content = True

    def show(self) -> list[nodes.Node]:
        title = nodes.paragraph("", "", nodes.strong("", "Pause here"))
        return self.block(title, *self.parse(list(self.content)))


def sittings_in(page: nodes.document) -> list[Sitting]:
    """Return the sittings of a chapter's page."""
    found = [Sitting()]
    for node in read_in(page):
        now = found[-1]
        if isinstance(node, nodes.Text):
            now.words += len(WORD.findall(node.astext()))
        elif isinstance(node, lines) and node["kind"] == "typed":
            typed = node.findall(nodes.inline)
            now.commands += sum(it["classes"] == ["command"] for it in typed)
        elif isinstance(node, block):
            now.files += node["kind"] in FILES
            now.commands += node["kind"] == "browser-console"
            if node["kind"] == "pause-here":
                found.append(Sitting())
    return found


def read_in(node: nodes.Node) -> Iterator[nodes.Node]:
    """Yield this part of a page, without what is there to be looked up."""
    inside = node.children
    match node:
        case nodes.raw() | nodes.comment():
            return
        case folded():
            # What the reader was asked to write, for instance.
            yield from (it for step in blocks_in(node, *FILES) for it in read_in(step))
            return
        case lines() if node["kind"] == "typed_on_windows":
            return
        case block() if node["kind"] in ("excerpt", "exercises"):
            return
        case block() if node["kind"] == "edit":
            inside = [
                it for it in node.findall(colored_line) if it["classes"] == ["add"]
            ]
    yield node
    for child in inside:
        yield from read_in(child)


def read_chapters_first(
    app: Sphinx, env: BuildEnvironment, docnames: list[str]
) -> None:
    """Have the other pages read when it is known how long each chapter takes."""
    docnames.sort(key=lambda name: not name.startswith(CHAPTERS))


def show_minutes(app: Sphinx, doctree: nodes.document) -> None:
    """Write on a chapter's page how long it takes, and note it for other pages."""
    name = app.env.docname
    if not name.startswith(CHAPTERS):
        return
    sittings = sittings_in(doctree)
    app.env.metadata[name]["sittings"] = sittings
    minutes = [round(it.minutes) for it in sittings]
    for start in (it for it in doctree.findall(box) if it["kind"] == "start-here"):
        add_to(start, f" Allow about {in_words(minutes)}.")
    pauses = blocks_in(doctree, "pause-here")
    for pause, (done, to_come) in zip(pauses, pairwise(minutes), strict=True):
        text = f", after about {done} minutes. The next sitting takes about {to_come}."
        add_to(pause, text)


def add_to(node: nodes.Element, text: str) -> None:
    """Add a text to the first paragraph."""
    paragraph = node.next_node(nodes.paragraph)
    assert paragraph
    paragraph += nodes.Text(text)


def in_words(minutes: list[int]) -> str:
    """Return how long a chapter takes, as it is said."""
    if len(minutes) == 1:
        return f"{minutes[0]} minutes"
    *most, last = minutes
    return (
        f"{sum(minutes)} minutes, in {NUMBERS[len(minutes)]} sittings of "
        f"{', '.join(map(str, most))} and {last}"
    )


def minutes_of(env: BuildEnvironment, chapter: Chapter) -> list[int]:
    """Return the minutes of each of a chapter's sittings.

    Raises PageError if the chapter has no page.
    """
    # The page that shows them depends on the chapter's.
    env.note_reread()
    try:
        sittings = env.metadata[CHAPTERS + chapter.page]["sittings"]
    except KeyError:
        raise PageError(
            f"Nothing tells how long the chapter {chapter.title} takes: write "
            f"docs/{CHAPTERS}{chapter.page}.rst."
        ) from None
    return [round(it.minutes) for it in sittings]
