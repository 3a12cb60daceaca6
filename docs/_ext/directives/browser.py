"""Directives about the browser: browser-console, console-log and screenshot."""

import re
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from directives.directive import CourseDirective, positive
from directives.errors import PageError
from directives.listings import caption, listing, printed_lines

SCREENSHOTS = "_static/screenshots"
DEFAULT_WIDTH = 768
# Of the window. A page that is higher makes a higher picture.
DEFAULT_HEIGHT = 400
# What may happen before a picture is taken.
ACTION = re.compile(r"(fill|press|wait) \S+ .+|click \S+|window \d+")
KNOWN = (
    "fill SELECTOR TEXT, press SELECTOR KEY, wait SELECTOR TEXT, click SELECTOR or "
    "window NUMBER"
)


class BrowserConsole(CourseDirective):
    """`browser-console::`: JavaScript to paste into the browser's console."""

    has_content = True
    option_spec: ClassVar = {
        "at": directives.unchanged_required,
        "window": positive,
    }

    def show(self) -> list[nodes.Node]:
        at = self.options.get("at", "/")
        window = self.options.get("window", 1)
        parts = ["Browser console"]
        if window > 1:
            parts.append(f"window {window}")
        if "at" in self.options:
            parts.append(f"at http://localhost:8000{at}")
        script = listing("\n".join(self.body) + "\n", "javascript")
        return self.block(caption(", ".join(parts)), script, at=at, window=window)


class ConsoleLog(CourseDirective):
    """`console-log::`: what the snippet right before it logs."""

    has_content = True

    def show(self) -> list[nodes.Node]:
        return self.block(caption("It logs"), printed_lines(self.body))


class Screenshot(CourseDirective):
    """`screenshot:: NAME`: a picture the replay takes, after the body's actions."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar = {
        "alt": directives.unchanged_required,
        "at": directives.unchanged_required,
        "width": positive,
        "height": positive,
        "theme": lambda argument: directives.choice(argument, ("light", "dark")),
        "side-by-side": directives.flag,
    }

    def show(self) -> list[nodes.Node]:
        name = self.arguments[0]
        alt = self.required_option(
            "alt", "A screenshot needs words for those who cannot see it"
        )
        actions = [line for line in self.content if line.strip()]
        for action in actions:
            if not ACTION.fullmatch(action):
                raise PageError(f"'{action}' is no action: write {KNOWN}.")
        path = f"{SCREENSHOTS}/{name}.png"
        is_there = self.is_recorded(path)
        return self.block(
            *([nodes.image(uri=f"/{path}", alt=alt)] if is_there else []),
            name=name,
            alt=alt,
            at=self.options.get("at", "/"),
            width=self.options.get("width", DEFAULT_WIDTH),
            height=self.options.get("height", DEFAULT_HEIGHT),
            theme=self.options.get("theme", "light"),
            actions=actions,
            side_by_side="side-by-side" in self.options,
        )
