"""What somebody sends to harm others does them no harm."""

import json
from urllib.parse import quote

import pytest
from playwright.sync_api import expect
from websockets import Origin
from websockets.sync.client import connect

from tests.browser.windows import Windows

DANGEROUS = "<img src=x onerror=\"document.title = 'broken into'\">"


def test_markup_is_text_and_does_not_run(windows: Windows, room: str) -> None:
    name = "<img src=x onerror=alert(1)>"
    ada = windows.join("Ada", room)
    mallory = windows.join(name, room)
    ada.page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    mallory.page.on("dialog", lambda dialog: pytest.fail(dialog.message))

    mallory.message.press_sequentially("x")
    expect(ada.typing).to_contain_text("<img src=x")
    mallory.say(DANGEROUS)
    ada.has("message", DANGEROUS)
    mallory.say(f"/roll {DANGEROUS}")
    expect(mallory.error).to_contain_text("/roll 2d6")

    assert ada.lines() == [
        f"event, {name}: has joined",
        f"message, {name}: {DANGEROUS}",
    ]
    ada.has_members(name, "Ada")
    for chat in ada, mallory:
        assert chat.page.locator("img").count() == 0
        assert chat.page.title() == f"{room} · Chat"


def test_markup_in_an_address_is_text_and_does_not_run(windows: Windows) -> None:
    chat = windows.join("Ada", f"<b>{DANGEROUS.replace('/', '')}"[:80])

    assert chat.page.locator("img, b").count() == 0
    assert chat.page.locator("#title").text_content() == f"<b>{DANGEROUS}"[:80]


def test_nobody_hides_what_somebody_else_has_said(
    windows: Windows, room: str, server: str
) -> None:
    """An id that somebody else uses again."""
    ada = windows.join("Ada", room)
    url = f"ws://{server}/ws/chat/{quote(room)}/?username=Mallory"
    with connect(url, origin=Origin("http://localhost"), proxy=None) as mallory:

        def say(text: str, id: str) -> None:
            payload = {"message": text, "name": "Mallory", "id": id}
            mallory.send(json.dumps({"action": "new_chat_message", "payload": payload}))

        def heard() -> str:
            while (message := json.loads(mallory.recv(30)))["action"] != (
                "new_chat_message"
            ):
                pass
            return str(message["payload"]["id"])

        bob = windows.join("Bob", room)
        ada.say("Pay to account 1.")
        id = heard()
        bob.has("message", "Pay to account 1.")
        say("/roll 1d1", id)
        say("Pay to account 2.", id)
        ada.has("message", "Pay to account 2.")
        bob.has("message", "Pay to account 2.")

    assert ada.texts("own") == ["Pay to account 1."]
    assert bob.texts("message") == ["Pay to account 1.", "Pay to account 2."]
    for chat in ada, bob:
        assert chat.texts("roll") == ["rolled 1d1: 1"]
