"""The errors of the page, each of which is provoked."""

import re
import subprocess
import sys

import pytest

from tests.examples.facts import rows_of
from tests.examples.server import (
    EXAMPLES,
    module_of,
)

ERRORS = rows_of("troubleshooting/errors.csv")
DAPHNE = [sys.executable, "-m", "daphne"]
SETTINGS = {"DJANGO_SETTINGS_MODULE": "config.settings"}
EXAMPLE = {"EXAMPLE": module_of("troubleshooting/mistakes.py")}


def errors_of(place: str) -> list[str]:
    return [row["Name"] for row in ERRORS if row["Where"] == place]


def is_in(name: str, text: str) -> bool:
    """Whether that error's text, or one of its texts, is somewhere in this one."""
    [texts] = [row["Text"] for row in ERRORS if row["Name"] == name]
    # Python has changed its words.
    patterns = (
        re.escape(wanted).replace("…", ".+?") for wanted in texts.split(", or: ")
    )
    return any(re.search(pattern, text) for pattern in patterns)


def found_in(place: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("name", errors_of(place))


def output_of(command: list[str], environment: dict[str, str]) -> str:
    finished = subprocess.run(
        command,
        cwd=EXAMPLES,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    return finished.stdout
