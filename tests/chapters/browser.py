"""The reader's browser: a real Chromium or Chrome, and all it complains of."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Response,
    sync_playwright,
)

from course.system_packages import find_browser, require_browser
from tests.chapters.failures import Failure
from tests.chapters.ports import Ports

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

# The close code of a connection that never came to be, and what the browser writes to
# the console then.
NO_CONNECTION = "1006"
CANNOT_CONNECT = "console: WebSocket connection to .* failed"


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
    require_browser()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(),
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
