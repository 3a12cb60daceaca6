"""Draws who sends what to whom, as SVG."""

import textwrap
from dataclasses import dataclass
from html import escape
from itertools import pairwise

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
ARROW = 7


@dataclass(frozen=True)
class Message:
    """One arrow of the diagram."""

    sender: str
    receiver: str
    label: str


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
    participants = [participant(name, x, height) for name, x in columns.items()]
    return (
        f'<svg role="img" aria-label="{escape(title)}" width="{width:.0f}" '
        f'height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}">'
        f"{''.join(participants)}{''.join(arrows)}</svg>"
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
        needed = max(map(len, wrapped(message.label))) * CHARACTER + 3 * ARROW
        lacking = needed - sum(gaps[i] for i in between)
        for i in between:
            gaps[i] += max(0, lacking / len(between))
    columns = {names[0]: MARGIN + NARROWEST_COLUMN / 2}
    for (left, right), gap in zip(pairwise(names), gaps, strict=True):
        columns[right] = columns[left] + gap
    return columns


def wrapped(label: str) -> list[str]:
    # A path is not cut in two.
    return textwrap.wrap(label, WIDEST_LABEL, break_long_words=False)


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
    back = -ARROW if end > start else ARROW
    middle, first = (start + end) / 2, y - 6 - LINE * (len(label) - 1)
    texts = "".join(
        f'<text class="label" x="{middle:.1f}" y="{first + LINE * i:.1f}">'
        f"{escape(line)}</text>"
        for i, line in enumerate(label)
    )
    return (
        f'<path class="arrow" d="M{start:.1f} {y:.1f}H{end:.1f}"/>'
        f'<path class="tip" d="M{end:.1f} {y:.1f}l{back} -4v8z"/>{texts}'
    )
