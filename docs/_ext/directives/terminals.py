"""The directive `terminals`: what several terminals show, from a recorded run."""

import json
from pathlib import Path
from typing import ClassVar, TypedDict

from docutils import nodes

from directives.commands import command_lines
from directives.directive import RECORD, CourseDirective
from directives.errors import PageError
from directives.listings import caption
from directives.nodes import screen, terminals


class Screen(TypedDict):
    """One terminal: the lines that its reader typed, and those that it printed."""

    typed: list[str]
    printed: list[str]


class Terminals(CourseDirective):
    """`terminals:: NAME`: the terminals of docs/recordings/NAME.json.

    Each line of the body has the number of a terminal in which something runs, and what
    it is for.
    """

    required_arguments = 1
    has_content = True
    option_spec: ClassVar = {}

    def show(self) -> list[nodes.Node]:
        name = self.arguments[0]
        titles = dict(map(read_title, self.body))
        shown = terminals("", name=name, numbers=list(titles))
        self.set_source_info(shown)
        file = Path(self.env.srcdir, "recordings", f"{name}.json")
        self.env.note_dependency(str(file))
        if not file.is_file():
            self.report_missing(f"recording docs/recordings/{file.name}")
            return [shown]
        screens = read_screens(file, len(titles))
        for (number, title), content in zip(titles.items(), screens, strict=True):
            shown += [caption(f"Terminal {number}: {title}"), draw(content)]
        return [shown]


def read_title(line: str) -> tuple[int, str]:
    """Return a terminal's number and title. Raises PageError if one is missing."""
    number, _, title = line.partition(" ")
    if not number.isdecimal() or not title:
        raise PageError(
            f"'{line}' is no terminal: write its number and what it is for, as in "
            "'2 second server'."
        )
    return int(number), title


def read_screens(file: Path, count: int) -> list[Screen]:
    """Return so many recorded screens. Raises PageError if there are others."""
    try:
        screens: list[Screen] = [
            {"typed": list(entry["typed"]), "printed": list(entry["printed"])}
            for entry in json.loads(file.read_text(encoding="utf-8"))
        ]
    except (ValueError, TypeError, KeyError) as error:
        raise PageError(
            f"docs/recordings/{file.name} is no list of terminals with 'typed' and "
            f"'printed': record it again with '{RECORD}'."
        ) from error
    if len(screens) != count:
        raise PageError(
            f"docs/recordings/{file.name} has {len(screens)} terminals, and the page "
            f"names {count}: record it again with '{RECORD}'."
        )
    return screens


def draw(content: Screen) -> screen:
    """Return a terminal as it looks: below the commands what they printed."""
    shown = screen()
    command_lines(shown, content["typed"])
    for line in content["printed"]:
        kind = "log" if line.startswith("[process ") else "printed"
        shown += nodes.inline("", f"{line}\n", classes=[kind])
    return shown
