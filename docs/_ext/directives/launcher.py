"""What the launcher says about itself."""

import contextlib
import io
import os
import re
from unittest import mock

from course.command_line import command_line

COMMAND = re.compile(r"^    (\w+)", re.MULTILINE)


def commands_of_launcher() -> list[str]:
    """Return the names of all commands."""
    return COMMAND.findall(help_of().partition("COMMAND\n")[2])


def help_of(*command: str) -> str:
    """Return what tutorial.py prints when asked for help (on one of its commands)."""
    shown = io.StringIO()
    # The help is as wide as this variable says.
    width = mock.patch.dict(os.environ, COLUMNS="72")
    with width, contextlib.redirect_stdout(shown), contextlib.suppress(SystemExit):
        command_line().parse_args([*command, "--help"])
    return shown.getvalue()
