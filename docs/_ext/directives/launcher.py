"""What the launcher says about itself."""

import contextlib
import io
import os
import re

from course.__main__ import command_line

COMMAND = re.compile(r"^    (\w+)", re.MULTILINE)
COLUMNS = "72"


def commands_of_launcher() -> list[str]:
    """Return the names of all commands."""
    return COMMAND.findall(help_of().partition("COMMAND\n")[2])


def help_of(*command: str) -> str:
    """Return what tutorial.py prints when asked for help (on one of its commands)."""
    shown = io.StringIO()
    # The help is as wide as this variable says.
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = COLUMNS
    try:
        with contextlib.redirect_stdout(shown), contextlib.suppress(SystemExit):
            command_line().parse_args([*command, "--help"])
    finally:
        del os.environ["COLUMNS"]
        if before is not None:
            os.environ["COLUMNS"] = before
    return shown.getvalue()
