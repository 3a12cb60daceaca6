"""A window of the reader's browser, with the console of its developer tools."""

import json
import re
from typing import Any

from playwright.sync_api import CDPSession, Error, Page

from tests.chapters.failures import Failure

SECONDS_TO_SETTLE = 0.3
MILLISECONDS_BETWEEN_LOOKS = 20

# Reloading the page ends a snippet that waits for what never comes.
GUARD = (
    "milliseconds => window.guard = setTimeout(() => location.reload(), milliseconds)"
)

# The close code of a connection that never came to be, or the state of a client that
# tries again; and what the browser writes to the console then.
NO_CONNECTION = ("1006", "waiting")
CANNOT_CONNECT = "console: WebSocket connection to .* failed"


class Window:
    """A window of the browser, and what is logged in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.lines: list[str] = []
        self._console: CDPSession = page.context.new_cdp_session(page)
        self._console.on("Runtime.consoleAPICalled", self._note)
        self._console.send("Runtime.enable")

    def _note(self, event: dict[str, Any]) -> None:
        self.lines += " ".join(map(as_logged, event["args"])).split("\n")

    def open(self, url: str) -> None:
        """Go to an address. Raises Failure if no page comes."""
        try:
            response = self.page.goto(url)
        except Error as error:
            raise Failure(
                f"the browser could not open {url}: {error.message}"
            ) from None
        if response and not response.ok:
            raise Failure(f"the server answered {url} with status {response.status}")
        self.lines.clear()

    def paste(self, code: str, seconds: float) -> None:
        """Run code as the console does. Raises Failure if it throws or hangs."""
        milliseconds = seconds * 1000
        self.lines.clear()
        self.page.evaluate(GUARD, milliseconds)
        try:
            answer = self._console.send(
                "Runtime.evaluate",
                {
                    "expression": code,
                    # The console's mode: const can come again, await is for anywhere.
                    "replMode": True,
                    "awaitPromise": True,
                    "userGesture": True,
                    "timeout": milliseconds,
                },
            )
        except Error:
            raise Failure(
                f"the snippet did not end within {seconds:g} seconds and was stopped; "
                f"until then it logged:\n{self.logged}"
            ) from None
        self.page.evaluate("clearTimeout(window.guard)")
        if "exceptionDetails" in answer:
            thrown = answer["exceptionDetails"]
            text = thrown.get("exception", {}).get("description", thrown["text"])
            raise Failure(f"the snippet throws: {text.splitlines()[0]}")

    def wait_for_lines(self, count: int, seconds: float) -> None:
        """Wait until so many lines are logged, and a moment for more than those."""
        waited = 0
        while len(self.lines) < count and waited < seconds * 1000:
            self.page.wait_for_timeout(MILLISECONDS_BETWEEN_LOOKS)
            waited += MILLISECONDS_BETWEEN_LOOKS
        self.page.wait_for_timeout(SECONDS_TO_SETTLE * 1000)

    @property
    def logged(self) -> str:
        return "\n".join(self.lines)


def as_logged(argument: dict[str, Any]) -> str:
    """A value as the console shows it; of an object, only what kind it is of."""
    value = argument.get("value", argument.get("description", argument["type"]))
    return value if isinstance(value, str) else json.dumps(value)


def require_calm(complaints: list[str], announced: str) -> None:
    """Forget the complaints. Raises Failure for one that the page does not announce.

    A page announces a connection that fails by the code or state that its reader sees.
    """
    found = [
        complaint
        for complaint in complaints
        if not any(word in announced for word in NO_CONNECTION)
        or not re.match(CANNOT_CONNECT, complaint)
    ]
    complaints.clear()
    if found:
        problem = "the browser complains, and the page does not say so"
        raise Failure(problem, got="\n".join(found))
