"""What people write, however strange, comes out on the other side as it was."""

import pytest
from playwright.sync_api import expect

from tests.browser.windows import Windows


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
