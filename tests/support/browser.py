"""The browser of the tests: a real Chromium or Chrome, and all it complains of."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Response,
    sync_playwright,
)

from course.system_packages import find_browser, require_browser

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


@contextmanager
def open_browser(ports: Mapping[int, int] | None = None) -> Iterator[Browser]:
    """Start the browser, without windows; it is closed when the block ends.

    Where an address has one of the ports, the browser goes to the one that stands for
    it on this computer, and never knows.
    """
    rules = ",".join(
        f"MAP {host}:{port} 127.0.0.1:{real}"
        for port, real in (ports or {}).items()
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
