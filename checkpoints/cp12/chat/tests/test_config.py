import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

PROJECT = Path(__file__).parents[2]


def test_the_server_has_the_page_too(server: str) -> None:
    with urlopen(f"http://{server}/") as response:
        assert "<title>WebSocket console</title>" in response.read().decode()


def test_a_server_that_is_not_started_by_manage_py_finds_the_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE")

    command = [sys.executable, "-c", "import config.asgi"]
    subprocess.run(command, cwd=PROJECT, check=True)
