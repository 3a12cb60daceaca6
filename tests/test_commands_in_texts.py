"""Every command of the launcher that a text names is one that the launcher has."""

import re
import shlex

import pytest

from course.chapters import ROOT
from course.command_line import command_line
from course.exercise.data import all_exercises
from course.suites import names_of_suites

pytestmark = pytest.mark.quick

TEXTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.rst"))]
COMMAND = re.compile(r"tutorial\.py ([a-z][^`\n;]*)")
COMMANDS = sorted(
    {
        (command.strip(), str(text.relative_to(ROOT)))
        for text in TEXTS
        if "_build" not in text.parts
        for command in COMMAND.findall(text.read_text(encoding="utf-8"))
    }
)


NAMES = {"mine", *names_of_suites(), *(it.name for it in all_exercises())}


@pytest.mark.parametrize(("command", "text"), COMMANDS)
def test_the_launcher_has_the_command(
    command: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    name, *arguments = shlex.split(command, comments=True)
    # A command may be named alone, whatever it requires.
    line = [name, *arguments] if arguments else [name, "--help"]

    is_understood = True
    try:
        command_line().parse_args(line)
    except SystemExit as ending:
        is_understood = ending.code == 0
    assert is_understood, capsys.readouterr().err
    names = {word for word in arguments if not word.startswith("--")}
    assert {word for word in names if not word.isdecimal()} <= NAMES


def test_there_are_commands_to_check() -> None:
    assert {text for _, text in COMMANDS} > {"README.md", "docs/teaching/class.rst"}
