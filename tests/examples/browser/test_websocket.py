import json
import re

import pytest
from playwright.sync_api import Error, Page

from tests.examples.conftest import ServeExample
from tests.examples.facts import Row, facts, rows_of
from tests.examples.server import Server

pytestmark = pytest.mark.covers("G7")

OPEN = """
new Promise((resolve) => {
  window.socket = new WebSocket("/ws/echo/", ["echo.v1"]);
  socket.onopen = resolve;
})
"""
# The fields of all events of a connection that opens, hears and closes, and of one that
# fails.
EVENTS = """
new Promise((resolve) => {
  const seen = {};
  const note = (event) => {
    const own = Object.getOwnPropertyNames(Object.getPrototypeOf(event));
    seen[event.type] = own.filter((name) => name !== "constructor");
  };
  const socket = new WebSocket("/ws/echo/");
  socket.onopen = (event) => { note(event); socket.send("hello"); };
  socket.onmessage = (event) => { note(event); socket.close(); };
  socket.onclose = () => {
    const refused = new WebSocket("/ws/nowhere/");
    refused.onerror = note;
    refused.onclose = (event) => { note(event); resolve(seen); };
  };
})
"""
CONSTANTS = {"CONNECTING", "OPEN", "CLOSING", "CLOSED"}


@pytest.fixture
def server(page: Page, serve_example: ServeExample) -> Server:
    server = serve_example("browser/echo.py")
    page.goto(server.origin)
    return server


def test_the_smallest_example(page: Page, server: Server) -> None:
    with page.expect_console_message(lambda message: "heard" in message.text) as heard:
        page.add_script_tag(url="/static/browser/smallest.js")

    assert heard.value.text == "heard hello"


def test_there_are_no_other_events(page: Page, server: Server) -> None:
    seen = page.evaluate(EVENTS)

    assert seen.keys() == {row["Event"] for row in rows_of("browser/events.csv")}


@pytest.mark.parametrize("row", facts("browser/events.csv"))
def test_an_event_brings(row: Row, page: Page, server: Server) -> None:
    fields = set(page.evaluate(EVENTS)[row["Event"]])

    promised = set(
        re.findall(r"\b(?:data|code|reason|wasClean)\b", row["What it brings"])
    )
    assert promised <= fields
    if not promised:
        assert row["What it brings"] == "nothing"
        assert fields & {"data", "code", "reason", "message"} == set()


def test_there_is_nothing_else_to_use(page: Page, server: Server) -> None:
    names = set(page.evaluate("Object.getOwnPropertyNames(WebSocket.prototype)"))

    rows = rows_of("browser/members.csv")
    listed = {row["Name"].partition("(")[0] for row in rows}
    handlers = {f"on{row['Event']}" for row in rows_of("browser/events.csv")}
    assert names - CONSTANTS - {"constructor"} == listed | handlers


@pytest.mark.parametrize("row", facts("browser/members.csv"))
def test_a_member(row: Row, page: Page, server: Server) -> None:
    page.evaluate(OPEN)
    calls = {"send(data)": "send('hello')", "close(code, reason)": "close()"}
    name = calls.get(row["Name"], row["Name"])

    value = page.evaluate(f"socket.{name}")

    shown = "undefined" if value is None else json.dumps(value)
    host = server.origin.removeprefix("http://")
    assert shown == row["On an open echo socket"].replace("HOST", host)


@pytest.mark.parametrize(
    ("binary_type", "kind"), [("blob", "Blob"), ("arraybuffer", "ArrayBuffer")]
)
def test_bytes_arrive_as_asked(
    page: Page, server: Server, binary_type: str, kind: str
) -> None:
    page.evaluate(OPEN)

    got = page.evaluate(
        """
        async (binaryType) => {
          socket.binaryType = binaryType;
          const message = new Promise((resolve) => { socket.onmessage = resolve; });
          socket.send(new Uint8Array([0, 255]));
          const { data } = await message;
          const bytes = new Uint8Array(await new Response(data).arrayBuffer());
          return [data.constructor.name, ...bytes];
        }
        """,
        binary_type,
    )

    assert got == [kind, 0, 255]


@pytest.mark.parametrize("row", facts("browser/mistakes.csv"))
def test_a_mistake(row: Row, page: Page, server: Server) -> None:
    page.evaluate(OPEN)

    if row["What it gets"] == "no error; it is lost":
        page.evaluate(row["What a page does"])
    else:
        with pytest.raises(Error, match=row["What it gets"]):
            page.evaluate(row["What a page does"])


def test_no_event_comes_before_the_code_has_ended(page: Page, server: Server) -> None:
    late = page.evaluate(
        """
        new Promise((resolve) => {
          const socket = new WebSocket("/ws/echo/");
          const end = Date.now() + 200;
          while (Date.now() < end);
          socket.onopen = () => resolve("open");
        })
        """
    )

    assert late == "open"


ADDRESS = """
import("/static/browser/address.js").then(({ socketAddress }) => [
  location.protocol, socketAddress("/ws/echo/")
])
"""


@pytest.mark.covers("G7", "C5")
def test_the_protocol_of_a_page_ends_with_a_colon(page: Page, server: Server) -> None:
    script = page.request.get(f"{server.origin}/static/browser/address.js").text()
    host = server.origin.removeprefix("http://")
    assert page.evaluate(ADDRESS) == ["http:", f"ws://{host}/ws/echo/"]

    page.route(
        "https://chat.test/**",
        lambda route: route.fulfill(
            body=script if route.request.url.endswith(".js") else "<!doctype html>",
            content_type=(
                "text/javascript" if route.request.url.endswith(".js") else "text/html"
            ),
        ),
    )
    page.goto("https://chat.test/")
    assert page.evaluate(ADDRESS) == ["https:", "wss://chat.test/ws/echo/"]
    with pytest.raises(Error, match="SecurityError"):
        page.evaluate("new WebSocket('ws://chat.test/ws/echo/')")
