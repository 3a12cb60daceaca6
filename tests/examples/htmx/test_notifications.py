"""The finished project's notifications, as HTML in a real browser."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.npm import unpack
from tests.examples.conftest import ServeExample
from tests.examples.htmx.conftest import wait_until_open
from tests.examples.server import EXAMPLES, RUN, Examples, Server
from tests.support.browser import watch
from tests.support.ports import free_port

pytestmark = pytest.mark.covers("G24")

NOTIFICATIONS = "htmx/notifications.py"
SETTING = ' hx-config="ws.pauseOnBackground:false"'
HIDE = """
isHidden => {
  Object.defineProperty(document, "hidden", { configurable: true, value: isHidden });
  document.dispatchEvent(new Event("visibilitychange"));
}
"""


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser finds wrong, the policy of the page included."""
    complaints: list[str] = []
    watch(page.context, complaints)
    return complaints


@pytest.fixture
def server(page: Page, serve_example: ServeExample) -> Server:
    server = serve_example(NOTIFICATIONS)
    page.goto(server.origin)
    wait_until_open(page)
    return server


def tell(page: Page, message: str) -> None:
    page.get_by_label("Message").fill(message)
    page.get_by_role("button").click()


def test_text_is_shown_as_it_was_typed(
    page: Page, server: Server, complaints: list[str]
) -> None:
    items = page.get_by_role("log").get_by_role("listitem")

    tell(page, "<b>Tea</b> & cake")
    expect(items).to_have_count(1)
    tell(page, "at five")
    expect(items).to_have_count(2)

    texts = [re.sub(r" \d\d:\d\d$", "", it) for it in items.all_text_contents()]
    assert texts == ["<b>Tea</b> & cake", "at five"]
    assert complaints == []
    tell(page, " ")
    expect(page.get_by_role("alert")).to_contain_text("at least 1 character")


def replace_in_page(page: Page, server: Server, text: str, by: str) -> None:
    """Have the page come with another text in that place."""

    def answer(route: Route) -> None:
        response = route.fetch()
        assert text in response.text()
        route.fulfill(response=response, body=response.text().replace(text, by))

    page.route(f"{server.origin}/", answer)


@pytest.mark.parametrize("setting", [SETTING, ""])
def test_a_hidden_page_hears_nothing_unless_it_says_so(
    page: Page, server: Server, setting: str
) -> None:
    replace_in_page(page, server, SETTING, setting)
    page.goto(server.origin)
    wait_until_open(page)
    log = page.get_by_role("log")

    page.evaluate(HIDE, True)
    if not setting:
        wait_until_open(page, False)
    tell(page, "said meanwhile")
    page.evaluate(HIDE, False)
    wait_until_open(page)
    tell(page, "said later")

    expect(log).to_contain_text("said later")
    assert ("said meanwhile" in log.inner_text()) == bool(setting)
    page.unroute_all()


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


@pytest.mark.parametrize(
    ("tag", "connects"), [("script", True), ("script defer", False)]
)
def test_htmx_does_not_wait_for_an_extension_that_is_deferred(
    page: Page, serve_example: ServeExample, tag: str, connects: bool
) -> None:
    def answer_late(route: Route) -> None:
        # As on a slow line. htmx itself has begun long before.
        time.sleep(1)
        route.continue_()

    server = serve_example(NOTIFICATIONS)
    replace_in_page(page, server, "<script ", f"<{tag} ")
    page.route("**/hx-ws.min.js", answer_late)
    page.goto(server.origin)

    if connects:
        wait_until_open(page)
    else:
        assert page.evaluate("document.body._htmx?.ws") is None
    page.unroute_all()


@pytest.mark.slow
def test_the_scripts_are_those_of_the_package(tmp_path: Path) -> None:
    [package] = re.findall(r"npm pack (\S+)", (EXAMPLES / "htmx/get.sh").read_text())
    files = unpack(package, tmp_path) / "dist"

    for file, name in (
        ("htmx.min.js", "/static/htmx/htmx.min.js"),
        ("ext/hx-ws.min.js", "/static/htmx/hx-ws.min.js"),
    ):
        served = EXAMPLES / f"htmx{name}"
        assert served.read_bytes() == (files / file).read_bytes()
