import pytest
from playwright.sync_api import Page

from tests.examples.conftest import ServeExample
from tests.examples.facts import rows_of

pytestmark = pytest.mark.covers("G6")

# Notes each event of the page, and readyState then and after each call.
WATCH = """
() => new Promise((resolve) => {
  const seen = [];
  const socket = new WebSocket(`ws://${location.host}/ws/life/`);
  const note = (event) => seen.push([event, socket.readyState]);
  note("");
  socket.onopen = () => { note("open"); socket.send("hello"); note(""); };
  socket.onmessage = () => { note("message"); socket.close(); note(""); };
  socket.onclose = () => { note("close"); resolve(seen); };
})
"""


def test_the_life_of_a_connection(page: Page, serve_example: ServeExample) -> None:
    server = serve_example("handshake/life.py")
    page.goto(server.origin)

    seen = page.evaluate(WATCH)

    rows = rows_of("handshake/life.csv")
    assert seen == [[row["The page's event"], int(row["readyState"])] for row in rows]
    server.wait_for_output("gets websocket.disconnect")
    got = [row["The consumer gets"] for row in rows]
    assert [
        line.removeprefix("The consumer gets ").removesuffix(".")
        for line in server.output.splitlines()
        if line.startswith("The consumer gets ")
    ] == [event for event in got if event]
