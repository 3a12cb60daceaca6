from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.chapters.computer import Computer
from tests.chapters.ports import Ports, accepts


@pytest.fixture
def computer(tmp_path: Path, ports: Ports, browser: Browser) -> Iterator[Computer]:
    """A reader's computer, with nothing on it."""
    computer = Computer(tmp_path / "mychat", ports, browser)
    yield computer
    computer.close()
    assert not any(map(accepts, ports.real.values())), "a server outlives its test"
