"""What servers and the page do by default, as the pages say."""

import inspect
import re

import pytest
import uvicorn
from daphne.cli import CommandLineInterface

from course.chapters import ROOT
from tests.limits.conftest import Measured

pytestmark = pytest.mark.covers("G17")


def test_the_defaults_are_as_the_page_says(measured: Measured) -> None:
    of_daphne = CommandLineInterface().parser.get_default
    of_uvicorn = inspect.signature(uvicorn.run).parameters

    for name in ["ping_interval", "ping_timeout", "websocket_max_message_size"]:
        measured(f"daphne.{name}", of_daphne(name))
    for name in ["ws_ping_interval", "ws_ping_timeout", "ws_max_size"]:
        measured(f"uvicorn.{name}", of_uvicorn[name].default)


def test_the_page_comes_back_as_the_page_on_limits_says(measured: Measured) -> None:
    scripts = ROOT / "chanx_django" / "chat" / "static" / "chat"
    text = "".join(script.read_text() for script in scripts.glob("*.js"))
    seconds = dict(re.findall(r"const ([A-Z_]+) = (\d+)(?:_000| \* SECOND);", text))

    for name in ["HEARTBEAT", "PATIENCE", "LONGEST_WAIT", "RECOUNT"]:
        measured(f"page.{name.lower()}", int(seconds[name]))
