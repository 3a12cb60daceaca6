"""The reader's browser: a real Chromium or Chrome, and its developer tools."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    ConsoleMessage,
    Error,
    Page,
    Response,
    sync_playwright,
)

from course.system_packages import require
from tests.replay.failures import Failure
from tests.replay.ports import Ports

# Without these, it would look for updates and the like, or refuse to run as root.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SECONDS_FOR_LOG = 10
SECONDS_TO_SETTLE = 0.3
MILLISECONDS_BETWEEN_LOOKS = 20

# The close code of a connection that never came to be, and what the browser writes to
# the console then.
NO_CONNECTION = "1006"
CANNOT_CONNECT = "console: WebSocket connection to .* failed"

# Reloading the page ends a snippet that waits for what never comes.
GUARD = (
    "milliseconds => window.guard = setTimeout(() => location.reload(), milliseconds)"
)


@contextmanager
def open_browser(ports: Ports) -> Iterator[Browser]:
    """Start the browser, without windows; it is closed when the block ends.

    Where a page of the course says localhost:8000, the browser goes to the free port
    that stands for it, and never knows.
    """
    rules = ",".join(
        f"MAP {host}:{page} 127.0.0.1:{real}"
        for page, real in ports.real.items()
        for host in ["localhost", "127.0.0.1"]
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=require("chromium"),
            args=[*ARGUMENTS, f"--host-resolver-rules={rules}"],
        )
        try:
            yield browser
        finally:
            browser.close()


def watch(context: BrowserContext, complaints: list[str]) -> None:
    """Have everything noted that goes wrong in these windows, whoever notices it."""

    def note_console(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            place = message.location["url"]
            complaints.append(f"console: {message.text} ({place})")

    def note_response(response: Response) -> None:
        if response.status >= 400:
            complaints.append(f"status {response.status}: {response.url}")

    context.on("console", note_console)
    context.on("response", note_response)
    context.on(
        "weberror", lambda thrown: complaints.append(f"error: {thrown.error.message}")
    )
    context.on(
        "requestfailed",
        lambda request: complaints.append(
            f"request failed: {request.url}: {request.failure}"
        ),
    )


def require_calm(complaints: list[str], announced: str) -> None:
    """Forget the complaints. Raises Failure for one that the page does not announce.

    A page announces a connection that fails by the code that its reader sees.
    """
    found = [
        complaint
        for complaint in complaints
        if NO_CONNECTION not in announced or not re.match(CANNOT_CONNECT, complaint)
    ]
    complaints.clear()
    if found:
        raise Failure(
            "the browser complains, and the page does not say so", got="\n".join(found)
        )


class Window:
    """A window of the browser with the console of its developer tools."""

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

    def paste(self, code: str, seconds: float = SECONDS_FOR_LOG) -> None:
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

    def wait_for_lines(self, count: int, seconds: float = SECONDS_FOR_LOG) -> None:
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
    """An argument of console.log as the console shows it."""
    if argument["type"] == "string":
        return str(argument["value"])
    if argument["type"] == "undefined":
        return "undefined"
    if argument.get("subtype") == "null":
        return "null"
    if argument["type"] == "boolean":
        return str(argument["value"]).lower()
    if "preview" not in argument:
        return str(argument.get("description", argument.get("value")))
    preview = argument["preview"]
    values = [(item["name"], shown_value(item)) for item in preview["properties"]]
    if preview.get("subtype") == "array":
        return f"({len(values)}) [{', '.join(value for _, value in values)}]"
    return "{" + ", ".join(f"{name}: {value}" for name, value in values) + "}"


def shown_value(item: dict[str, Any]) -> str:
    value = str(item.get("value", ""))
    return f"'{value}'" if item["type"] == "string" else value
