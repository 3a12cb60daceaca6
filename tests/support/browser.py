"""The one way in which tests start a browser: a real Chromium or Chrome, no windows."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Request,
    Response,
    sync_playwright,
)

from course.system_packages import require

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
def open_browser(*arguments: str) -> Iterator[Browser]:
    """Start the browser; it is closed when the block ends."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=require("chromium"), args=[*ARGUMENTS, *arguments]
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

    def note_failure(request: Request) -> None:
        # Whoever goes to another page ends what the last one was still loading.
        if request.failure != "net::ERR_ABORTED":
            complaints.append(f"request failed: {request.url}: {request.failure}")

    context.on("requestfailed", note_failure)
