"""The assistant's page."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.windows import Windows, serious_faults

# Whatever a model may write: markup, and links to elsewhere.
TEXT = """<img src=x onerror=alert(1)> [a](javascript:alert(1)) [b](https://evil.example/)
[c](//evil.example/guide/x.html) [Groups](guide/groups.html#fan-out)"""

# The socket of the page, for a test to close.
KEEP_SOCKET = """
    window.WebSocket = class extends WebSocket {
      constructor(url) { super(url); window.socket = this; }
    };
"""


def ask(page: Page, question: str) -> None:
    expect(page.locator("#status")).to_have_text("ready")
    page.fill("#question", question)
    page.press("#question", "Enter")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_answer_is_asked_for_and_read_on_a_phone(
    windows: Windows, theme: str
) -> None:
    viewport = {"width": 390, "height": 700}
    page = windows.open("/assistants/", viewport=viewport, color_scheme=theme)

    ask(page, "How do I reconnect?")

    expect(page.locator("article")).to_have_attribute("data-state", "complete")
    expect(page.locator("article .answer")).to_contain_text("mends itself")
    expect(page.locator("#question")).to_have_value("")
    expect(page.locator("#question")).to_be_focused()
    assert serious_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_nothing_is_sent_before_the_script_is_there(windows: Windows) -> None:
    page = windows.open("/assistants/", java_script_enabled=False)

    expect(page.locator("#send")).to_be_disabled()


def test_an_answer_that_is_gone_is_not_waited_for(windows: Windows) -> None:
    page = windows.open("/assistants/")
    page.add_init_script(KEEP_SOCKET)
    page.reload()
    ask(page, "How do I reconnect?")
    expect(page.locator(".answer")).not_to_be_empty()

    # Somebody else comes back after the outage.
    page.context.clear_cookies()
    page.evaluate("socket.close()")

    expect(page.locator(".end")).to_contain_text("There is no answer")
    expect(page.locator("#stop")).to_be_hidden()
    expect(page.locator("#send")).to_be_enabled()


def test_an_answer_goes_on_while_the_page_is_reloaded(windows: Windows) -> None:
    page = windows.open("/assistants/")
    ask(page, "How do I reconnect?")
    expect(page.locator(".answer")).not_to_be_empty()

    page.reload()

    expect(page.locator("article")).to_have_count(1)
    expect(page.locator("article")).to_have_attribute("data-state", "complete")
    reloaded = page.locator(".answer").inner_text()
    page.reload()
    expect(page.locator(".answer")).to_have_text(reloaded)


def test_an_answer_is_stopped(windows: Windows) -> None:
    page = windows.open("/assistants/")
    ask(page, "How do I reconnect?")
    expect(page.locator(".answer")).not_to_be_empty()

    page.click("#stop")

    expect(page.locator("article")).to_have_attribute("data-state", "stopped")
    expect(page.locator(".end")).to_have_text("You stopped this answer.")
    expect(page.locator("#stop")).to_be_hidden()


def test_text_of_a_model_stays_text_but_for_links_to_the_course(
    windows: Windows,
) -> None:
    page = windows.open("/assistants/")

    links = page.evaluate(
        """async (text) => {
          const { withCourseLinks } = await import("/static/assistants/text.js");
          const parts = withCourseLinks(text, "http://127.0.0.1:8001/");
          return parts.filter((part) => part instanceof Node).map((link) => link.href);
        }""",
        TEXT,
    )

    assert links == ["http://127.0.0.1:8001/guide/groups.html#fan-out"]
