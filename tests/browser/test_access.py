"""The pages for those who do not see them, or do not use a mouse."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.windows import Chat, Windows, serious_faults

THEMES = ["light", "dark"]


def open_landing_page(windows: Windows, room: str, **options: Any) -> Page:
    return windows.open("/chat/", **options)


def open_refused_entrance(windows: Windows, room: str, **options: Any) -> Page:
    page = windows.open(f"/chat/?room={room}&name={'x' * 41}", **options)
    expect(page.locator("#refusal")).not_to_be_empty()
    return page


def open_conversation(windows: Windows, room: str, **options: Any) -> Page:
    """Every kind of line, somebody who types, and a pill."""
    ada = windows.join("Ada", room, viewport={"width": 390, "height": 500}, **options)
    bob = windows.join("Bob", room)
    bob.say("Hello, Ada.")
    ada.say_at_once([f"Hello, Bob, {number}." for number in range(20)])
    ada.say("/roll 2d1")
    bob.has("roll", "rolled 2d1: 1 + 1 = 2")
    ada.has_delivered_all()
    ada.log.evaluate("log => { log.scrollTop = 0; }")
    bob.say("One more.")
    bob.message.press_sequentially("And")
    expect(ada.typing).to_have_text("Bob is typing …")
    expect(ada.page.locator("#unread")).to_be_visible()
    return ada.page


def open_refused_message(windows: Windows, room: str, **options: Any) -> Page:
    ada = windows.join("Ada", room, **options)
    ada.say("/roll many")
    expect(ada.page.locator("#log > .failed")).to_be_visible()
    ada.say("x" * 4097)
    expect(ada.error).to_contain_text("Take away 1")
    return ada.page


def open_console(windows: Windows, room: str, **options: Any) -> Page:
    page = windows.open("/", **options)
    page.fill("#path", f"/ws/chat/{room}/?username=ada")
    page.click("#connect")
    expect(page.locator("#log")).to_contain_text("open")
    page.fill("#text", '{"action": "ping"}')
    page.press("#text", "Enter")
    expect(page.locator("#log")).to_contain_text("pong")
    return page


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    "open_page",
    [
        open_landing_page,
        open_refused_entrance,
        open_conversation,
        open_refused_message,
        open_console,
    ],
    ids=lambda function: function.__name__.removeprefix("open_"),
)
def test_nothing_on_the_page_keeps_anybody_out(
    windows: Windows, room: str, open_page: Callable[..., Page], theme: str
) -> None:
    page = open_page(windows, room, color_scheme=theme)

    assert serious_faults(page) == []


def tab_to(page: Page, selector: str) -> None:
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.locator(selector).evaluate("one => one === document.activeElement"):
            return
    pytest.fail(f"the Tab key does not lead to {selector}")


def test_the_whole_chat_works_by_keyboard_alone(windows: Windows, room: str) -> None:
    bob = windows.join("Bob", room)
    page = windows.open("/chat/", viewport={"width": 700, "height": 400})
    ada = Chat(page)
    expect(page.locator("#name")).to_be_focused()
    page.keyboard.type("Ada")
    tab_to(page, "#room")
    page.keyboard.type(room)
    tab_to(page, "#join")
    page.keyboard.press("Enter")
    ada.is_joined()

    expect(ada.message).to_be_focused()
    page.keyboard.type("one line")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("and another")
    tab_to(page, "#send")
    page.keyboard.press("Space")
    bob.has("message", "one line and another")
    assert bob.texts("message") == ["one line\nand another"]

    expect(ada.message).to_be_focused()
    page.keyboard.type("and one more")
    page.keyboard.press("Enter")
    bob.has("message", "and one more")
    bob.say_at_once([f"message {number}" for number in range(40)])
    ada.has("message", "message 39")

    tab_to(page, "#log")
    page.keyboard.press("Home")
    page.wait_for_function("document.getElementById('log').scrollTop === 0")
    bob.say("Are you there?")
    expect(page.locator("#unread")).to_be_visible()
    tab_to(page, "#unread")
    page.keyboard.press("Enter")
    expect(page.locator("#unread")).to_be_hidden()
    expect(ada.log).to_be_focused()

    tab_to(page, "#leave")
    page.keyboard.press("Enter")
    ada.is_on_landing_page()
    bob.has("event", "has left")


def test_a_screen_reader_hears_what_is_new(windows: Windows, room: str) -> None:
    ada = windows.join("Ada", room)
    bob = windows.join("Bob", room)
    bob.say("Hello, Ada.")
    ada.has("message", "Hello, Ada.")
    bob.message.press_sequentially("And")
    expect(ada.typing).to_have_text("Bob is typing …")
    ada.say("/roll many")
    expect(ada.error).not_to_be_empty()

    tree = AccessibilityTree(ada)

    assert tree.live_region_with("Hello, Ada.") == ("log", "polite")
    assert tree.live_region_with("has joined") == ("log", "polite")
    assert tree.live_region_with("Bob is typing …")[1] == "polite"
    assert tree.live_region_with("joined") == ("status", "polite")
    assert tree.live_region_with(ada.error.inner_text()) == ("alert", "assertive")


class AccessibilityTree:
    """What the browser tells a screen reader about a page."""

    def __init__(self, chat: Chat) -> None:
        answer = chat.developer_tools().send("Accessibility.getFullAXTree")
        self.nodes: dict[str, dict[str, Any]] = {
            node["nodeId"]: node for node in answer["nodes"]
        }

    def live_region_with(self, text: str) -> tuple[str, str]:
        """The role of the region that announces a text, and how urgently."""
        for node in self.nodes.values():
            is_read = not node["ignored"] and node["role"]["value"] == "StaticText"
            if is_read and node["name"]["value"] == text:
                return self.region_around(node)
        pytest.fail(f"nothing says {text!r}")

    def region_around(self, node: dict[str, Any]) -> tuple[str, str]:
        while parent := self.nodes.get(node.get("parentId", "")):
            node = parent
            for item in node.get("properties", []):
                if item["name"] == "live" and item["value"]["value"] != "off":
                    return node["role"]["value"], item["value"]["value"]
        return "", ""
