"""The directive `sequence`: who sends what to whom, drawn from a recorded run."""

import json
import textwrap
import unicodedata
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from directives.directive import RECORD, CourseDirective
from directives.errors import PageError
from directives.nodes import alternative, sequence

# Every other participant is a client, and stands to the left of these.
SERVER_SIDE = ["server", "layer", "tasks", "worker"]

# In SVG units, which are CSS pixels at full size.
CHARACTER = 7.3
LINE = 16
GAP = 22
MARGIN = 12
HEADER = 30
NARROWEST_COLUMN = 90
WIDEST_LABEL = 26
# A path is not cut in two, unless it is very long.
LONGEST_WORD = 36
ARROW = 7


@dataclass(frozen=True)
class Message:
    """One arrow of the diagram."""

    sender: str
    receiver: str
    label: str


class Sequence(CourseDirective):
    """`sequence:: NAME`: the messages of docs/recordings/NAME.json, top to bottom.

    The body is the scenario that was recorded, at the chapter's end or at another
    `:checkpoint:`; only the replay reads it.
    """

    required_arguments = 1
    has_content = True
    option_spec: ClassVar = {
        "alt-title": directives.unchanged_required,
        "checkpoint": directives.unchanged_required,
    }

    def show(self) -> list[nodes.Node]:
        name = self.arguments[0]
        if "alt-title" not in self.options:
            raise PageError(
                "A diagram needs a title for those who cannot see it: add "
                "':alt-title:'."
            )
        scenario = [line for line in self.body if line.strip()]
        file = Path(self.env.srcdir, "recordings", f"{name}.json")
        self.env.note_dependency(str(file))
        checkpoint = self.options.get("checkpoint", self.chapter.ends_at)
        self.course.files(checkpoint)
        shown = sequence("", name=name, scenario=scenario, checkpoint=checkpoint)
        self.set_source_info(shown)
        if file.is_file():
            messages = read_messages(file)
            drawing = draw(messages, self.options["alt-title"])
            shown += [nodes.raw("", drawing, format="html"), in_words(messages)]
        else:
            self.report_missing(f"recording docs/recordings/{file.name}")
        return [shown]


def read_messages(file: Path) -> list[Message]:
    """Return the recorded messages. Raises PageError if there are none to draw."""
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))
        messages = [Message(e["from"], e["to"], e["label"]) for e in entries]
    except (ValueError, TypeError, KeyError) as error:
        raise PageError(
            f"docs/recordings/{file.name} is no list of messages with 'from', 'to' and "
            f"'label': record it again with '{RECORD}'."
        ) from error
    if not messages:
        raise PageError(f"docs/recordings/{file.name} has no message to draw.")
    return messages


def in_words(messages: list[Message]) -> alternative:
    """Return the same messages as a list."""
    items = nodes.enumerated_list("", enumtype="arabic", prefix="", suffix=".")
    for message in messages:
        sentence = nodes.paragraph("", f"{message.sender} to {message.receiver}: ")
        sentence += nodes.literal(message.label, message.label)
        items += nodes.list_item("", sentence)
    return alternative("", items, summary="The same in words")


def draw(messages: list[Message], title: str) -> str:
    """Return the diagram as an SVG element whose colors come from the page's CSS."""
    columns = columns_of(messages)
    arrows: list[str] = []
    y = float(MARGIN + HEADER)
    for message in messages:
        label = wrapped(message.label)
        y += GAP + LINE * len(label)
        start, end = columns[message.sender], columns[message.receiver]
        arrows.append(arrow(start, end, y, label))
    width = max(columns.values()) + NARROWEST_COLUMN / 2 + MARGIN
    height = y + GAP
    participants = [
        participant(text, x, height) for text, x in columns.items()
    ]  # fmt: skip
    return (
        '<div class="sequence-drawing" tabindex="0">'
        f'<svg role="img" aria-label="{escape(title)}" width="{width:.0f}" '
        f'height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}">'
        f"{''.join(participants)}{''.join(arrows)}</svg></div>"
    )


def columns_of(messages: list[Message]) -> dict[str, float]:
    """Return where each participant's line stands, wide enough for every label."""
    seen = dict.fromkeys(
        name for message in messages for name in (message.sender, message.receiver)
    )
    clients = [name for name in seen if name not in SERVER_SIDE]
    names = clients + [name for name in SERVER_SIDE if name in seen]
    gaps = [float(NARROWEST_COLUMN)] * (len(names) - 1)
    for message in messages:
        ends = sorted([names.index(message.sender), names.index(message.receiver)])
        between = range(*ends)
        needed = width_of(wrapped(message.label)) + 3 * ARROW
        lacking = needed - sum(gaps[i] for i in between)
        for i in between:
            gaps[i] += max(0, lacking / len(between))
    columns = {names[0]: MARGIN + NARROWEST_COLUMN / 2}
    for (left, right), gap in zip(pairwise(names), gaps, strict=True):
        columns[right] = columns[left] + gap
    return columns


def wrapped(label: str) -> list[str]:
    longest = max(map(len, label.split()), default=0)
    is_cut = longest > LONGEST_WORD
    return textwrap.wrap(label, WIDEST_LABEL, break_long_words=is_cut) or [""]


def width_of(lines: list[str]) -> float:
    return (
        max(sum(cells(character) for character in line) for line in lines) * CHARACTER
    )


def cells(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def participant(name: str, x: float, height: float) -> str:
    width = NARROWEST_COLUMN - 2 * MARGIN
    return (
        f'<line class="life" x1="{x:.1f}" x2="{x:.1f}" y1="{MARGIN + HEADER}" '
        f'y2="{height:.1f}"/>'
        f'<rect class="head" x="{x - width / 2:.1f}" y="{MARGIN}" width="{width}" '
        f'height="{HEADER}" rx="4"/>'
        f'<text class="name" x="{x:.1f}" y="{MARGIN + 20}">{escape(name)}</text>'
    )


def arrow(start: float, end: float, y: float, label: list[str]) -> str:
    if start == end:
        path, tip, pointing = f"M{start:.1f} {y - 10:.1f}h24v10h-24", start, -1
        middle, anchor = start + 2 * ARROW + 16, " start"
    else:
        path, tip = f"M{start:.1f} {y:.1f}H{end:.1f}", end
        pointing = 1 if end > start else -1
        middle, anchor = (start + end) / 2, ""
    head = f"M{tip:.1f} {y:.1f}l{-pointing * ARROW} -4v8z"
    first = y - 6 - LINE * (len(label) - 1)
    texts = "".join(
        f'<text class="label{anchor}" x="{middle:.1f}" y="{first + LINE * i:.1f}">'
        f"{escape(line)}</text>"
        for i, line in enumerate(label)
    )
    return f'<path class="arrow" d="{path}"/><path class="tip" d="{head}"/>{texts}'
