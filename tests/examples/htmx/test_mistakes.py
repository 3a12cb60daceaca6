"""What goes wrong with HTML over the socket, in a real browser."""

import time

import pytest
from playwright.sync_api import Page, Route, expect

from tests.examples.conftest import ServeExample
from tests.examples.facts import Row, facts
from tests.examples.htmx.conftest import tell, wait_until_open
from tests.examples.server import Server

pytestmark = pytest.mark.covers("G24")

HIDE = """
isHidden => {
  Object.defineProperty(document, "hidden", { configurable: true, value: isHidden });
  document.dispatchEvent(new Event("visibilitychange"));
}
"""
# The code with which it ends, and whether htmx makes a new connection.
WAIT_FOR_END = """
([attribute, text]) => new Promise((resolve) => {
  const element = document.createElement("div");
  element.setAttribute("hx-ws:connect", attribute);
  let again = "no";
  element.addEventListener("htmx:ws:after:connection", ({ detail }) => {
    if (text) detail.connection.socket.send(text);
  });
  element.addEventListener("htmx:ws:close", ({ detail: { code } }) => {
    if (code === null) return;
    element.addEventListener("htmx:ws:before:connection", () => { again = "yes"; });
    setTimeout(() => { element.remove(); resolve([String(code), again]); });
  });
  document.body.append(element);
  htmx.process(element);
})
"""
SENT = {
    "the consumer raises": "raise",
    "the consumer closes with 1000": "1000",
    "the consumer closes with 4403": "4403",
    "the server refuses the handshake": "",
}


@pytest.fixture
def server(serve_example: ServeExample) -> Server:
    return serve_example("htmx/mistakes.py")


@pytest.mark.parametrize("row", facts("htmx/ends.csv"))
def test_after_an_end(row: Row, page: Page, server: Server) -> None:
    page.goto(server.origin)
    wait_until_open(page)
    text = SENT[row["How the connection ends"]]
    path = "/ws/notifications/" if text else "/ws/nowhere/"

    found = page.evaluate(WAIT_FOR_END, [path, text])

    assert found == [row["Code in the browser"], row["htmx connects again"]]


@pytest.mark.parametrize("row", facts("htmx/unescaped.csv"))
def test_unescaped_text_is_a_part_of_the_page(
    row: Row, page: Page, server: Server
) -> None:
    guarded, unguarded = "/", "/without-policy/"
    answers = {
        path: what_happens(page, server, path, row["Somebody writes"])
        for path in (guarded, unguarded)
    }

    assert answers[unguarded] == row["Without a policy"]
    assert answers[guarded] == row["With the page's policy"]


# Resolves as soon as one of the three has happened.
WAIT_FOR_EFFECT = """
text => new Promise((resolve) => {
  Object.defineProperty(window, "ran", { set: () => resolve("the script runs") });
  const on = (event, effect) => document.addEventListener(event, () => resolve(effect));
  on("securitypolicyviolation", "the script is blocked");
  on("htmx:after:request", "the request is sent");
  document.body._htmx.ws.connection.socket.send(text);
})
"""


def what_happens(page: Page, server: Server, path: str, text: str) -> str:
    page.goto(server.origin + path)
    wait_until_open(page)
    effect: str = page.evaluate(WAIT_FOR_EFFECT, text)
    if effect == "the request is sent":
        assert '"GET /asked-for/" 200' in server.output
    return effect


@pytest.mark.parametrize(
    ("path", "hears_all"), [("/", True), ("/without-setting/", False)]
)
def test_a_hidden_page_hears_nothing_unless_it_says_so(
    page: Page, server: Server, path: str, hears_all: bool
) -> None:
    page.goto(server.origin + path)
    wait_until_open(page)
    log = page.get_by_role("log")

    page.evaluate(HIDE, True)
    if not hears_all:
        wait_until_open(page, False)
    tell(page, "said meanwhile")
    page.evaluate(HIDE, False)
    wait_until_open(page)
    tell(page, "said later")

    expect(log).to_contain_text("said later")
    assert ("said meanwhile" in log.inner_text()) == hears_all


@pytest.mark.parametrize(("path", "connects"), [("/", True), ("/deferred/", False)])
def test_htmx_does_not_wait_for_an_extension_that_is_deferred(
    page: Page, server: Server, path: str, connects: bool
) -> None:
    def go_on_late(route: Route) -> None:
        # As on a slow line: htmx itself has begun long before.
        time.sleep(1)
        route.continue_()

    page.route("**/hx-ws.min.js", go_on_late)
    page.goto(server.origin + path)

    if connects:
        wait_until_open(page)
    else:
        assert page.evaluate("document.body._htmx?.ws") is None
    page.unroute_all()
