from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page

from tests.examples.conftest import ServeExample
from tests.examples.server import RUN, Examples
from tests.support.ports import free_port

pytestmark = pytest.mark.covers("G7")

START = """
import("/static/browser/live_socket.js").then(({ LiveSocket }) => {
  window.statuses = [];
  window.heard = [];
  window.socket = new LiveSocket("/ws/echo/");
  socket.onstatus = (status) => statuses.push(status);
  socket.onmessage = (data) => heard.push(data);
})
"""


class Restarted:
    """A server that can be ended and started again on the same port."""

    def __init__(self, examples: Examples) -> None:
        self.examples = examples
        self.port = str(free_port())
        self.start()

    def start(self) -> None:
        command = [*RUN, "browser/echo.py", "--port", self.port]
        self.server = self.examples.serve(*command)


@pytest.fixture
def restarted(tmp_path: Path) -> Iterator[Restarted]:
    with Examples(tmp_path) as examples:
        yield Restarted(examples)


def test_what_is_sent_meanwhile_arrives_after_a_restart(
    page: Page, restarted: Restarted
) -> None:
    page.goto(restarted.server.origin)
    page.evaluate(START)
    page.wait_for_function("socket.status === 'open'")
    page.evaluate("socket.send('before')")
    page.wait_for_function("heard.length === 1")

    restarted.server.kill()
    page.wait_for_function("socket.status === 'waiting'")
    page.evaluate("socket.send('one'); socket.send('two')")
    restarted.start()

    page.wait_for_function("heard.length === 3")
    assert page.evaluate("heard") == ["before", "one", "two"]
    statuses = page.evaluate("statuses")
    assert statuses[:2] == ["open", "waiting"]
    assert statuses[-2:] == ["connecting", "open"]


def test_the_waits_grow_up_to_ten_seconds(
    page: Page, serve_example: ServeExample
) -> None:
    page.goto(serve_example("browser/echo.py").origin)

    # A socket that never opens, and timers that are noted and run at once.
    waits = page.evaluate(
        """
        import("/static/browser/live_socket.js").then(({ LiveSocket }) =>
          new Promise((resolve) => {
            const waits = [];
            window.WebSocket = class {
              constructor() { queueMicrotask(() => this.onclose({ code: 1006 })); }
            };
            window.setTimeout = (action, wait) => {
              waits.push(wait);
              if (waits.length < 8) queueMicrotask(action);
              else resolve(waits);
            };
            new LiveSocket("/ws/echo/");
          })
        )
        """
    )

    longest = [500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]
    assert all(
        most / 2 <= wait <= most for wait, most in zip(waits, longest, strict=True)
    ), waits
    assert len(set(waits)) == len(waits)


def test_a_full_queue_and_a_closed_socket_are_errors(
    page: Page, restarted: Restarted
) -> None:
    page.goto(restarted.server.origin)
    page.evaluate(START)
    page.wait_for_function("socket.status === 'open'")
    restarted.server.kill()
    page.wait_for_function("socket.status === 'waiting'")

    fill = "for (let number = 0; number < 100; number += 1) socket.send('x')"
    page.evaluate(fill)
    with pytest.raises(Error, match="Too many messages are waiting"):
        page.evaluate("socket.send('x')")

    page.evaluate("socket.close()")
    assert page.evaluate("socket.status") == "closed"
    with pytest.raises(Error, match="The socket is closed"):
        page.evaluate("socket.send('x')")


def test_a_refusal_by_the_consumer_is_final(
    page: Page, serve_example: ServeExample
) -> None:
    page.goto(serve_example("browser/refusing.py").origin)
    page.evaluate(START)

    page.wait_for_function("socket.status === 'closed'")
    assert page.evaluate("statuses") == ["open", "closed"]
