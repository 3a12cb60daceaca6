import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.examples.server import RUN, Examples, Server, environment_for, run
from tests.support.browser import open_browser


class ServeExample(Protocol):
    def __call__(self, example: str, **environment: str) -> Server: ...


class RunExample(Protocol):
    def __call__(
        self, example: str, *command: str, **environment: str
    ) -> subprocess.CompletedProcess[str]: ...


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for a module's logs, and for the database of all that it runs."""
    return tmp_path_factory.mktemp("examples")


@pytest.fixture(scope="module")
def examples(folder: Path) -> Iterator[Examples]:
    """Programs that run until the module's last test."""
    with Examples(folder) as examples:
        yield examples


@pytest.fixture(scope="module")
def serve_example(examples: Examples) -> ServeExample:
    """Serves an example, such as "routing/rooms.py", until the module's last test.

    Asked again for the same one with the same environment, it gives the same server.
    """
    servers: dict[str, Server] = {}

    def serve(example: str, **environment: str) -> Server:
        key = f"{example} {environment}"
        if key not in servers:
            command = [*RUN, example, "--port", "0"]
            servers[key] = examples.serve(*command, **environment)
        return servers[key]

    return serve


@pytest.fixture(scope="module")
def run_example(folder: Path) -> RunExample:
    """Runs a command of Django's with an example's project, and waits for its end."""

    def run_command(
        example: str, *command: str, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return run([example, *command], environment_for(folder, **environment))

    return run_command


@pytest.fixture(scope="module")
def redis_url(examples: Examples) -> str:
    """The address of a real Redis that keeps nothing on disk."""
    return examples.redis().url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium or Chrome.

    Not for longer than a module: Playwright has an event loop running all the while,
    and no test that is a coroutine could run beside it.
    """
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty tab without cookies.

    It is that of the test before, unless that has closed it: a new one is a program
    more to start.
    """
    context.clear_cookies()
    page = context.pages[0] if context.pages else context.new_page()
    page.goto("about:blank")
    return page
