"""Windows of a real browser, and the chat page in one of them."""

import re
from typing import Any, Self
from urllib.parse import urlencode

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    Page,
    expect,
)

from tests.support.browser import watch

# Much longer than anything takes that should happen at once, on a busy machine too, and
# shorter than it takes until the page asks anew who is there.
SECONDS = 25
expect.set_options(timeout=SECONDS * 1000)

KINDS = ["message", "own", "event", "roll", "announcement"]

# What the browser itself says of a server that is away.
SERVER_IS_AWAY = r"WebSocket connection to .* failed"


class Windows:
    """Opens windows, each as if on a computer of its own, and closes them at the end.

    Their consoles, scripts and requests may have nothing to complain of, except what
    matches one of the patterns in `expected`.
    """

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser = browser
        self._address = address
        self._contexts: list[BrowserContext] = []
        self._complaints: list[str] = []
        self.expected: list[str] = []

    def new(self, **options: Any) -> Page:
        """An empty window; the options are those of Playwright."""
        context = self._browser.new_context(**{"reduced_motion": "reduce"} | options)
        self._contexts.append(context)
        context.set_default_timeout(SECONDS * 1000)
        watch(context, self._complaints)
        return context.new_page()

    def open(self, path: str, address: str = "", **options: Any) -> Page:
        """A new window with this page of the chat."""
        page = self.new(**options)
        page.goto(self.url(path, address))
        return page

    def url(self, path: str, address: str = "") -> str:
        return f"http://{address or self._address}{path}"

    def join(self, name: str, room: str, address: str = "", **options: Any) -> "Chat":
        """A new window in a room of the chat."""
        path = f"/chat/?{urlencode({'room': room, 'name': name})}"
        chat = Chat(self.open(path, address, **options))
        chat.is_joined()
        return chat

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: object, *_: object) -> None:
        for context in self._contexts:
            context.close()
        complaints = [
            complaint
            for complaint in self._complaints
            if not any(re.search(pattern, complaint) for pattern in self.expected)
        ]
        assert error or complaints == [], complaints


class Chat:
    """The chat page in a window, as the person in front of it uses it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.log = page.locator("#log")
        self.message = page.locator("#message")
        self.error = page.locator("#error")
        self.typing = page.locator("#typing")

    def join(self, name: str, room: str) -> None:
        self.page.fill("#name", name)
        self.page.fill("#room", room)
        self.page.click("#join")

    def leave(self) -> None:
        self.page.click("#leave")

    def say(self, text: str) -> None:
        self.message.fill(text)
        self.message.press("Enter")

    def say_at_once(self, texts: list[str]) -> None:
        """Say all of them faster than anybody can type."""
        self.page.evaluate(
            """texts => {
              for (const text of texts) {
                document.getElementById("message").value = text;
                document.getElementById("say").requestSubmit();
              }
            }""",
            texts,
        )

    def texts(self, kind: str) -> list[str]:
        """What the lines of a kind say now, exactly."""
        return self.page.locator(f"#log > .{kind} .text").all_text_contents()

    def lines(self) -> list[str]:
        """All lines now, each as "kind, name: text"."""
        lines: list[str] = self.log.locator("> *").evaluate_all(
            """(lines, kinds) => lines.map((line) => {
              const kind = kinds.find((kind) => line.classList.contains(kind));
              const [name, text] = [".name", ".text"].map(
                (part) => line.querySelector(part).textContent
              );
              return `${kind}, ${name}: ${text}`;
            })""",
            KINDS,
        )
        return lines

    def has(self, kind: str, text: str) -> None:
        """Wait until the newest line of a kind has this text."""
        expect(self.page.locator(f"#log > .{kind} .text").last).to_have_text(text)

    def has_texts(self, kind: str, texts: list[str]) -> None:
        """Wait until the lines of a kind have these texts, in this order."""
        expect(self.page.locator(f"#log > .{kind} .text")).to_have_text(texts)

    def has_members(self, *names: str) -> None:
        expect(self.page.locator("#members > *")).to_have_text(list(names))

    def is_joined(self) -> None:
        expect(self.page.locator("#status")).to_have_text("joined")

    def has_lost_the_server(self) -> None:
        expect(self.page.locator("#status")).not_to_have_text("joined")

    def is_on_landing_page(self) -> None:
        expect(self.page.locator("#landing")).to_be_visible()
        expect(self.page.locator("#chat")).to_be_hidden()

    def has_delivered_all(self) -> None:
        expect(self.page.locator("#log > .pending")).to_have_count(0)

    def developer_tools(self) -> CDPSession:
        return self.page.context.new_cdp_session(self.page)


def serious_faults(page: Page) -> list[str]:
    """What axe-core calls serious or critical, with the elements it is about."""
    # Without this it also describes all that is in order, which takes longer.
    options = {"resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{fault['id']}: {[node['html'] for node in fault['nodes']]}"
        for fault in found
        if fault["impact"] in {"serious", "critical"}
    ]
