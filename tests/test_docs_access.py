"""The tutorial's pages for those who do not see them."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Route

from tests.browser.windows import Windows, serious_faults


@pytest.fixture
def windows(browser: Browser) -> Iterator[Windows]:
    """Windows in which nothing may go wrong unnoticed."""
    with Windows(browser, "pages.test") as windows:
        yield windows


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "name", ["index.html", "tutorial/redis-workers.html", "search.html?q=redis"]
)
def test_nothing_in_the_tutorial_keeps_anybody_out(
    windows: Windows, built: Path, name: str, theme: str
) -> None:
    def answer(route: Route) -> None:
        route.fulfill(path=f"{built}{urlsplit(route.request.url).path}")

    page = windows.new(color_scheme=theme)
    page.route("http://pages.test/**", answer)
    page.goto(f"http://pages.test/{name}")

    assert serious_faults(page) == []
