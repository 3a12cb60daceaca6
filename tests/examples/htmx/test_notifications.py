"""The finished project's notifications, as HTML in a real browser."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.npm import unpack
from tests.examples.conftest import ServeExample
from tests.examples.htmx.conftest import tell, wait_until_open
from tests.examples.server import EXAMPLES, RUN, Examples
from tests.support.browser import watch
from tests.support.ports import free_port

pytestmark = pytest.mark.covers("G24")

NOTIFICATIONS = "htmx/notifications.py"


def test_text_is_shown_as_it_was_typed(page: Page, serve_example: ServeExample) -> None:
    # What the browser finds wrong, also what the page's policy forbids.
    complaints: list[str] = []
    watch(page.context, complaints)
    page.goto(serve_example(NOTIFICATIONS).origin)
    wait_until_open(page)
    items = page.get_by_role("log").get_by_role("listitem")

    tell(page, "<b>Tea</b> & cake")
    expect(items).to_have_count(1)
    tell(page, "at five")
    expect(items).to_have_count(2)

    texts = [re.sub(r" \d\d:\d\d$", "", it) for it in items.all_inner_texts()]
    assert texts == ["<b>Tea</b> & cake", "at five"]
    assert complaints == []

    tell(page, " ")
    expect(page.get_by_role("alert")).to_contain_text("at least 1 character")


def test_it_comes_back_by_itself(page: Page, tmp_path: Path) -> None:
    with Examples(tmp_path) as examples:
        command = [*RUN, NOTIFICATIONS, "--port", str(free_port())]
        server = examples.serve(*command)
        page.goto(server.origin)
        wait_until_open(page)

        server.kill()
        wait_until_open(page, False)
        examples.serve(*command)

        wait_until_open(page)
        tell(page, "again")
        expect(page.get_by_role("log")).to_contain_text("again")


@pytest.mark.slow
def test_the_scripts_are_those_of_the_package(tmp_path: Path) -> None:
    [package] = re.findall(r"npm pack (\S+)", (EXAMPLES / "htmx/get.sh").read_text())
    files = unpack(package, tmp_path) / "dist"

    for file, path in (
        ("htmx.min.js", "/static/htmx/htmx.min.js"),
        ("ext/hx-ws.min.js", "/static/htmx/hx-ws.min.js"),
    ):
        served = EXAMPLES / "htmx" / path.removeprefix("/")
        assert served.read_bytes() == (files / file).read_bytes()
