"""The log of a chat: it follows, unless somebody reads back."""

import pytest
from playwright.sync_api import expect

from tests.browser.windows import Chat, Windows

AT_END = "log => log.scrollHeight - log.clientHeight - log.scrollTop < 2"


@pytest.fixture
def ada(windows: Windows, room: str) -> Chat:
    """She has a low window, and more to read than fits in it, in wide lines."""
    ada = windows.join("Ada", room, viewport={"width": 700, "height": 500})
    ada.say_at_once([f"message {number} {'and so on ' * 20}" for number in range(50)])
    ada.has_delivered_all()
    return ada


def is_at_end(chat: Chat) -> None:
    chat.page.wait_for_function(f"({AT_END})(document.getElementById('log'))")


def test_the_log_follows_what_is_said(windows: Windows, room: str, ada: Chat) -> None:
    bob = windows.join("Bob", room)
    is_at_end(ada)

    bob.say_at_once([f"Hello, Ada, {number}." for number in range(90)])
    ada.has("message", "Hello, Ada, 89.")

    is_at_end(ada)
    expect(ada.page.locator("#unread")).to_be_hidden()


def test_who_reads_back_stays_there_and_learns_what_is_new(
    windows: Windows, room: str, ada: Chat
) -> None:
    bob = windows.join("Bob", room)
    pill = ada.page.locator("#unread")
    ada.log.hover()
    ada.page.mouse.wheel(0, -600)
    ada.page.wait_for_function(f"!({AT_END})(document.getElementById('log'))")
    place = ada.log.evaluate("log => log.scrollTop")

    bob.say("one")
    expect(pill).to_have_text("1 new message")
    bob.say("two")
    expect(pill).to_have_text("2 new messages")

    assert ada.log.evaluate("log => log.scrollTop") == place
    pill.click()
    expect(pill).to_be_hidden()
    is_at_end(ada)
    bob.say("three")
    ada.has("message", "three")
    is_at_end(ada)


def test_scrolling_to_the_end_takes_the_hint_away(
    windows: Windows, room: str, ada: Chat
) -> None:
    bob = windows.join("Bob", room)
    pill = ada.page.locator("#unread")
    ada.log.evaluate("log => { log.scrollTop = 0; }")
    bob.say("one")
    expect(pill).to_be_visible()

    ada.log.evaluate("log => { log.scrollTop = log.scrollHeight; }")

    expect(pill).to_be_hidden()


def test_what_one_says_oneself_is_always_seen(ada: Chat) -> None:
    ada.log.evaluate("log => { log.scrollTop = 0; }")

    ada.say("here")

    ada.has("own", "here")
    is_at_end(ada)
