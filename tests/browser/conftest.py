from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.windows import Windows
from tests.support.browser import open_browser
from tests.support.programs import Programs


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One server for all tests that do it no harm: each is in a room of its own."""
    with Programs(tmp_path_factory.mktemp("server")) as programs:
        yield programs.daphne().address


@pytest.fixture
def programs(tmp_path: Path) -> Iterator[Programs]:
    """Programs for one test, which may do them harm."""
    with Programs(tmp_path) as programs:
        yield programs


@pytest.fixture
def windows(browser: Browser, server: str) -> Iterator[Windows]:
    """Windows on the server; in none of them may anything go wrong unnoticed."""
    with Windows(browser, server) as windows:
        yield windows


@pytest.fixture
def room(request: pytest.FixtureRequest) -> str:
    """A room that no other test is in."""
    name: str = request.node.name
    return name[-80:]
