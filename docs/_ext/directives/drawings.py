"""The directives `sequence`, from a recorded run, and `drawing`, made by hand."""

from html import escape
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from directives.directive import CourseDirective
from directives.nodes import folded
from directives.svg import Message, draw


class Sequence(CourseDirective):
    """`sequence:: NAME`: the messages of docs/recordings/NAME.json, top to bottom.

    The body is the scenario that was recorded, at the chapter's end or at another
    `:checkpoint:`; only the replay reads it.
    """

    required_arguments = 1
    has_content = True
    recorded_fields: ClassVar = {"from", "to", "label"}
    option_spec: ClassVar = {
        "alt-title": directives.unchanged_required,
        "checkpoint": directives.unchanged_required,
    }

    def show(self) -> list[nodes.Node]:
        name = self.arguments[0]
        title = self.required_option(
            "alt-title", "A diagram needs a title for those who cannot see it"
        )
        scenario = [line for line in self.body if line.strip()]
        checkpoint = self.options.get("checkpoint", self.chapter.ends_at)
        self.course.files(checkpoint)
        shown: list[nodes.Node] = []
        if entries := self.recording(name):
            messages = [Message(it["from"], it["to"], it["label"]) for it in entries]
            shown = [picture(draw(messages, title)), in_words(messages)]
        return self.block(*shown, name=name, scenario=scenario, checkpoint=checkpoint)


def in_words(messages: list[Message]) -> folded:
    """Return the same messages as a list."""
    items = nodes.enumerated_list("", enumtype="arabic", prefix="", suffix=".")
    for message in messages:
        sentence = nodes.paragraph("", f"{message.sender} to {message.receiver}: ")
        sentence += nodes.literal(message.label, message.label)
        items += nodes.list_item("", sentence)
    return folded("", items, summary="The same in words")


class Drawing(CourseDirective):
    """`drawing:: NAME.svg`: a drawing beside the page, in the colors of the page."""

    required_arguments = 1
    option_spec: ClassVar = {"alt": directives.unchanged_required}

    def show(self) -> list[nodes.Node]:
        alt = self.required_option(
            "alt", "A drawing needs words for those who cannot see it"
        )
        folder = self.env.docname.rpartition("/")[0]
        svg = self.read(f"docs/{folder}/{self.arguments[0]}")
        label = escape(" ".join(alt.split()))
        svg = svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
        return self.block(picture(svg))


def picture(svg: str) -> nodes.Node:
    # One that is wider than the screen can be moved with the keyboard.
    html = f'<div class="sequence-drawing" tabindex="0">{svg}</div>'
    return nodes.raw("", html, format="html")
