"""What people write, however strange, comes out on the other side as it was."""

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


@pytest.mark.parametrize(
    "text",
    [
        "مرحبا بالعالم",
        "שלום, Ada, שלום",
        "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇬🇷",
        "e\u0301 \u202e reversed \u202c 한국어",
        "two\n  lines",
    ],
    ids=["arabic", "hebrew and latin", "emoji", "marks", "lines"],
)
def test_every_script_arrives_as_it_was(windows: Windows, room: str, text: str) -> None:
    ada = windows.join("Ada", room)
    bob = windows.join("Bob", room)

    bob.say(text)

    ada.has("message", text)
    assert ada.texts("message") == [text]
    assert bob.texts("own") == [text]


def test_right_to_left_text_runs_from_right_to_left(
    windows: Windows, room: str
) -> None:
    ada = windows.join("Ada", room)
    ada.say("مرحبا")
    ada.say("hello")

    directions = ada.page.locator("#log .text").evaluate_all(
        "all => all.map((text) => getComputedStyle(text).direction)"
    )
    assert directions == ["rtl", "ltr"]


def test_marks_of_direction_turn_nothing_but_their_message(
    windows: Windows, room: str
) -> None:
    alice = windows.join("alice", room)
    alice.say("hello \u202e evil")
    alice.has("own", "hello \u202e evil")

    time_is_behind_text = """() => {
      const line = document.querySelector("#log .own");
      const [text, time] = [".text", "time"].map((part) =>
        line.querySelector(part).getBoundingClientRect());
      return text.right <= time.left + 1;
    }"""
    assert alice.page.evaluate(time_is_behind_text)


@pytest.mark.parametrize("character", ["x", "🎉"])
def test_the_longest_message_arrives(
    windows: Windows, room: str, character: str
) -> None:
    ada = windows.join("Ada", room)
    bob = windows.join("Bob", room)

    bob.say(character * 4096)

    ada.has("message", character * 4096)
    bob.has_delivered_all()
    expect(bob.error).to_have_text("")


def test_a_longer_message_is_refused_beside_the_input_and_not_lost(
    windows: Windows, room: str
) -> None:
    ada = windows.join("Ada", room)

    ada.say("x" * 4097)

    expect(ada.error).to_contain_text("Take away 1")
    expect(ada.message).to_have_value("x" * 4097)
    assert ada.lines() == []
    error, message = (e.bounding_box() for e in (ada.error, ada.message))
    assert error
    assert message
    gap = error["y"] - (message["y"] + message["height"])
    assert abs(gap) < 80, "the error is not beside the input"

    ada.message.fill("x" * 4096)
    ada.message.press("Enter")
    ada.has("own", "x" * 4096)
    expect(ada.error).to_have_text("")


def test_bad_dice_tell_only_their_sender_what_is_wrong(
    windows: Windows, room: str
) -> None:
    ada = windows.join("Ada", room)
    bob = windows.join("Bob", room)

    ada.say("/roll many")
    expect(ada.error).to_contain_text("/roll 2d6")
    ada.say("/roll 2d1")
    bob.has("roll", "rolled 2d1: 1 + 1 = 2")

    assert bob.lines() == ["roll, Ada: rolled 2d1: 1 + 1 = 2"]


def test_a_hundred_quick_messages_arrive_in_order(windows: Windows, room: str) -> None:
    ada = windows.join("Ada", room)
    bob = windows.join("Bob", room)
    texts = [f"message {number}" for number in range(100)]

    for text in texts:
        ada.say(text)

    bob.has_texts("message", texts)
    ada.has_delivered_all()
    assert ada.texts("own") == texts


def test_two_people_who_talk_at_the_same_time_lose_nothing(
    windows: Windows, room: str
) -> None:
    ada = windows.join("Ada", room)
    bob = windows.join("Bob", room)
    of_ada = [f"ada {number}" for number in range(50)]
    of_bob = [f"bob {number}" for number in range(50)]

    ada.say_at_once(of_ada)
    bob.say_at_once(of_bob)

    ada.has_texts("message", of_bob)
    bob.has_texts("message", of_ada)
    assert ada.texts("own") == of_ada


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
