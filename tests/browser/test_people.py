"""Several windows: who hears, sees and reads what."""

import pytest
from playwright.sync_api import Error, expect

from tests.browser.windows import Chat, Windows


def test_two_people_talk(windows: Windows, room: str) -> None:
    ada = windows.join("Ada", room)
    bob = windows.join("Bob", room)
    ada.has("event", "has joined")

    bob.say("Hello, Ada.")
    ada.has("message", "Hello, Ada.")
    ada.say("Hello, Bob.")
    bob.has("message", "Hello, Bob.")

    assert ada.lines() == [
        "event, Bob: has joined",
        "message, Bob: Hello, Ada.",
        "own, Ada: Hello, Bob.",
    ]
    assert bob.lines() == ["own, Bob: Hello, Ada.", "message, Ada: Hello, Bob."]


def test_a_name_stands_once_above_a_run_of_messages(
    windows: Windows, room: str
) -> None:
    guests = [windows.join(name, room) for name in ("Bob", "Carol")]
    ada = windows.join("Ada", room)
    for guest in guests:
        guest.say_at_once(["one", "two"])
        guest.has_delivered_all()
    ada.has_texts("message", ["one", "two", "one", "two"])

    widths = ada.page.locator("#log > .message .name").evaluate_all(
        "names => names.map((name) => name.getBoundingClientRect().width)"
    )
    assert [width > 1 for width in widths] == [True, False, True, False]


def test_a_line_tells_its_time_in_the_reader_s_time_zone(
    windows: Windows, room: str
) -> None:
    ada = windows.join("Ada", room)
    bob = windows.join("Bob", room, timezone_id="Asia/Kathmandu", locale="en-GB")
    ada.say("What time is it?")

    time = bob.page.locator("#log > .message time")
    utc = time.get_attribute("datetime")
    hours_and_minutes = bob.page.evaluate(
        """utc => new Date(utc).toLocaleTimeString("en-GB", {
          timeZone: "Asia/Kathmandu", hour: "2-digit", minute: "2-digit"
        })""",
        utc,
    )
    expect(time).to_have_text(hours_and_minutes)


def test_rooms_hear_nothing_of_each_other(windows: Windows, room: str) -> None:
    ada = windows.join("Ada", f"{room} 1")
    bob = windows.join("Bob", f"{room} 1")
    carol = windows.join("Carol", f"{room} 2")

    ada.say("Is anybody here?")
    bob.has("message", "Is anybody here?")
    carol.say("/roll 1d1")
    carol.has("roll", "rolled 1d1: 1")

    # Her roll went to the server and came back: so would have what the others said.
    assert carol.lines() == ["roll, Carol: rolled 1d1: 1"]
    carol.has_members("Carol")
    bob.has_members("Ada", "Bob")
    assert "roll, Carol: rolled 1d1: 1" not in bob.lines()


def test_names_are_shown_as_people_write_them(windows: Windows, room: str) -> None:
    ada = windows.join("Ada", room)
    long = "Ζωή 🎉 " + "x" * 30
    guest = Chat(windows.open("/chat/"))
    guest.join(f"  {long} ", room)
    guest.is_joined()

    guest.say("Hello")

    ada.has("message", "Hello")
    assert ada.lines() == [f"event, {long}: has joined", f"message, {long}: Hello"]
    ada.has_members("Ada", long)


def test_typing_is_shown_until_it_ends(windows: Windows, room: str) -> None:
    ada = windows.join("Ada", room)
    bob = windows.join("Bob", room)

    bob.message.press_sequentially("He")
    expect(ada.typing).to_have_text("Bob is typing …")
    bob.message.fill("")
    expect(ada.typing).to_have_text("")

    bob.message.press_sequentially("Hello")
    expect(ada.typing).to_have_text("Bob is typing …")
    bob.message.press("Enter")
    ada.has("message", "Hello")
    expect(ada.typing).to_have_text("")

    bob.message.press_sequentially("Bye")
    expect(ada.typing).to_have_text("Bob is typing …")
    bob.leave()
    expect(ada.typing).to_have_text("")


def test_who_leaves_is_gone_at_once(windows: Windows, room: str) -> None:
    ada = windows.join("Ada", room)
    bob = windows.join("Bob", room)
    ada.has_members("Ada", "Bob")

    bob.leave()

    bob.is_on_landing_page()
    ada.has("event", "has left")
    ada.has_members("Ada")


def test_who_closes_the_window_is_gone_at_once(windows: Windows, room: str) -> None:
    ada = windows.join("Ada", room)
    bob = windows.join("Bob", room)
    ada.has_members("Ada", "Bob")

    bob.page.close()

    ada.has("event", "has left")
    ada.has_members("Ada")


def test_whose_tab_crashes_is_gone_at_once(windows: Windows, room: str) -> None:
    ada = windows.join("Ada", room)
    bob = windows.join("Bob", room)
    ada.has_members("Ada", "Bob")

    with bob.page.expect_event("crash"), pytest.raises(Error):
        bob.page.goto("chrome://crash")

    ada.has("event", "has left")
    ada.has_members("Ada")


def test_the_second_window_of_a_person_neither_joins_nor_leaves(
    windows: Windows, room: str
) -> None:
    ada = windows.join("Ada", room)
    windows.join("Bob", room)
    ada.has_members("Ada", "Bob")

    second = windows.join("Bob", room)
    second.say("Here I am as well.")
    ada.has("message", "Here I am as well.")
    second.leave()
    ada.say("/roll 1d1")
    ada.has("roll", "rolled 1d1: 1")

    assert ada.lines() == [
        "event, Bob: has joined",
        "message, Bob: Here I am as well.",
        "roll, Ada: rolled 1d1: 1",
    ]
    ada.has_members("Ada", "Bob")
