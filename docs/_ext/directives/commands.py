"""Directives about terminals: install, run, output and stop."""

from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.addnodes import literal_strong

from directives.directive import CourseDirective, positive
from directives.errors import PageError
from directives.listings import caption, tabs
from directives.nodes import (
    command,
    install,
    output,
    printed,
    stop,
    typed,
    typed_on_windows,
)

OTHER_SYSTEMS = "Linux, macOS"
WINDOWS = "Windows"
# What separates the lines of an option that stands for several.
SEPARATOR = " ;; "


class Install(CourseDirective):
    """`install::`: what the chapter adds to the reader's environment, pinned."""

    def show(self) -> list[nodes.Node]:
        requirements = self.course.requirements([self.chapter])
        if not requirements:
            raise PageError(
                f"The chapter {self.chapter.title} requires no package: remove "
                "'install', or add to 'requires' in checkpoints/chapters.toml."
            )
        return [install_block(self, requirements)]


def install_block(directive: CourseDirective, requirements: list[str]) -> nodes.Node:
    """Return the block with the command that installs these requirements."""
    shown = install(
        "",
        caption("Terminal"),
        command_lines(typed(), [install_command(requirements)]),
        terminal=1,
        background=False,
        exits=0,
        folder="",
        cannot_run="",
        instead="",
    )
    directive.set_source_info(shown)
    return shown


def install_command(requirements: list[str]) -> str:
    """Return the command that installs these requirements on any system."""
    quoted = " ".join(f'"{requirement}"' for requirement in requirements)
    return f"python -m pip install {quoted}"


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
        shown = command(
            "",
            caption(self.caption()),
            self.lines(),
            terminal=self.options.get("terminal", 1),
            background="background" in self.options,
            exits=self.options.get("exits", 0),
            folder=self.options.get("folder", ""),
            cannot_run=self.options.get("cannot-run", ""),
            instead=self.options.get("instead", ""),
        )
        self.set_source_info(shown)
        return [shown]

    def lines(self) -> nodes.Element:
        lines = command_lines(typed(), self.body)
        if "windows" not in self.options:
            return lines
        on_windows = self.options["windows"].split(SEPARATOR)
        return tabs(
            {
                OTHER_SYSTEMS: [lines],
                WINDOWS: [command_lines(typed_on_windows(), on_windows)],
            },
            sync_group="system",
        )

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


def command_lines(block: nodes.Element, lines: list[str]) -> nodes.Element:
    """Fill a block with command lines and return it."""
    kind = "command"
    for line in lines:
        block += nodes.inline("", f"{line}\n", classes=[kind])
        kind = "continued" if line.endswith("\\") else "command"
    return block


class Output(CourseDirective):
    """`output::`: what the command right before it prints."""

    has_content = True

    def show(self) -> list[nodes.Node]:
        shown = output("", caption("Output"), printed_lines(self.body))
        self.set_source_info(shown)
        return [shown]


def printed_lines(lines: list[str]) -> printed:
    """Return lines that a terminal or a browser's console prints."""
    block = printed()
    for line in lines:
        kind = "omitted" if line.strip() == "…" else "printed"
        block += nodes.inline("", f"{line}\n", classes=[kind])
    return block


class Stop(CourseDirective):
    """`stop::`: end the server that a `run` in the background started."""

    option_spec: ClassVar = {"terminal": positive}

    def show(self) -> list[nodes.Node]:
        terminal = self.options.get("terminal", 1)
        what = "the server" if terminal == 1 else f"what runs in terminal {terminal}"
        sentence = nodes.paragraph("", f"Stop {what} with ")
        sentence += literal_strong("Ctrl-C", "Ctrl-C", classes=["kbd"])
        sentence += nodes.Text(".")
        shown = stop("", sentence, terminal=terminal)
        self.set_source_info(shown)
        return [shown]
