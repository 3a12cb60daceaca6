"""Directives about terminals: install, run, output, stop and terminals."""

from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.addnodes import literal_strong

from directives.directive import RECORD, CourseDirective, positive
from directives.errors import PageError
from directives.listings import caption, printed_lines, tabs, typed_lines
from directives.nodes import lines

OTHER_SYSTEMS = "Linux, macOS"
WINDOWS = "Windows"
# What separates the lines of an option that stands for several.
SEPARATOR = " ;; "


class Run(CourseDirective):
    """`run::`: the commands in the body, as they are typed."""

    has_content = True
    option_spec: ClassVar = {
        "windows": directives.unchanged_required,
        "terminal": positive,
        "background": directives.flag,
        "exits": directives.nonnegative_int,
        "folder": lambda argument: directives.choice(argument, ("course",)),
        "cannot-run": directives.unchanged_required,
        "instead": directives.unchanged_required,
    }

    def show(self) -> list[nodes.Node]:
        if ("cannot-run" in self.options) != ("instead" in self.options):
            raise PageError(
                "':cannot-run:' (the reason) and ':instead:' (a command that runs "
                "everywhere) go together: write both or neither."
            )
        shown: nodes.Element = typed_lines("typed", self.commands())
        if "windows" in self.options:
            on_windows = self.options["windows"].split(SEPARATOR)
            windows = typed_lines("typed_on_windows", on_windows)
            shown = tabs({OTHER_SYSTEMS: [shown], WINDOWS: [windows]}, "system")
        return self.block(
            caption(self.caption()),
            shown,
            kind="run",
            terminal=self.options.get("terminal", 1),
            background="background" in self.options,
            exits=self.options.get("exits", 0),
            folder=self.options.get("folder", ""),
            cannot_run=self.options.get("cannot-run", ""),
            instead=self.options.get("instead", ""),
            install=isinstance(self, Install),
        )

    def commands(self) -> list[str]:
        return self.body

    def caption(self) -> str:
        parts = [terminal_name(self.options.get("terminal", 1)).capitalize()]
        if "folder" in self.options:
            parts.append("in the folder of the course's repository")
        if "background" in self.options:
            parts.append("keeps running")
        if self.options.get("exits"):
            parts.append("ends with an error")
        return ", ".join(parts)


def terminal_name(number: int) -> str:
    return "terminal" if number == 1 else f"terminal {number}"


class Install(Run):
    """`install::`: what the chapter adds to the reader's environment, pinned.

    With `:so-far:`, what all chapters before it have added.
    """

    has_content = False
    option_spec: ClassVar = {"so-far": directives.flag}

    def commands(self) -> list[str]:
        chapters = [self.chapter]
        if "so-far" in self.options:
            number = self.course.chapters.index(self.chapter)
            chapters = list(self.course.chapters[:number])
        requirements = self.course.requirements(chapters)
        if not requirements:
            raise PageError(
                f"The chapter {self.chapter.title} requires no package: remove "
                "'install', or add to 'requires' in checkpoints/chapters.toml."
            )
        return [install_command(requirements)]


def install_command(requirements: list[str]) -> str:
    """Return the command that installs these requirements on any system."""
    quoted = " ".join(f'"{requirement}"' for requirement in requirements)
    # The newest autobahn has no wheel for every system, and wants a compiler there.
    return f"python -m pip install --prefer-binary {quoted}"


class Output(CourseDirective):
    """`output::`: what the command right before it prints."""

    has_content = True

    def show(self) -> list[nodes.Node]:
        return self.block(caption("Output"), printed_lines(self.body))


class Stop(CourseDirective):
    """`stop::`: end the server that a `run` in the background started."""

    option_spec: ClassVar = {"terminal": positive}

    def show(self) -> list[nodes.Node]:
        terminal = self.options.get("terminal", 1)
        what = "the server" if terminal == 1 else f"what runs in terminal {terminal}"
        sentence = nodes.paragraph("", f"Stop {what} with ")
        sentence += literal_strong("Ctrl-C", "Ctrl-C", classes=["kbd"])
        sentence += nodes.Text(".")
        return self.block(sentence, terminal=terminal)


class Terminals(CourseDirective):
    """`terminals:: NAME`: what several terminals show, in docs/recordings/NAME.json.

    Each line of the body has the number of a terminal in which something runs, and what
    it is for.
    """

    required_arguments = 1
    has_content = True
    recorded_fields: ClassVar = {"typed", "printed"}

    def show(self) -> list[nodes.Node]:
        name = self.arguments[0]
        titles = dict(map(read_title, self.body))
        screens = self.recording(name)
        if screens and len(screens) != len(titles):
            raise PageError(
                f"docs/recordings/{name}.json has {len(screens)} terminals, and the "
                f"page names {len(titles)}: record it again with '{RECORD}'."
            )
        shown: list[nodes.Node] = []
        for (number, title), entry in zip(titles.items(), screens, strict=False):
            shown += [caption(f"Terminal {number}: {title}"), screen(entry)]
        return self.block(*shown, name=name, numbers=list(titles))


def read_title(line: str) -> tuple[int, str]:
    """Return a terminal's number and title. Raises PageError if one is missing."""
    number, _, title = line.partition(" ")
    if not number.isdecimal() or not title:
        raise PageError(
            f"'{line}' is no terminal: write its number and what it is for, as in "
            "'2 second server'."
        )
    return int(number), title


def screen(entry: dict[str, Any]) -> lines:
    """Return a terminal as it looks: below the commands what they printed."""
    shown = typed_lines("screen", list(entry["typed"]))
    for line in entry["printed"]:
        name = "log" if line.startswith("[process ") else "printed"
        shown += nodes.inline("", f"{line}\n", classes=[name])
    return shown
