"""What was said while somebody was away, before, or not quite: it is all there."""

import json
import sqlite3
from contextlib import closing
from urllib.parse import quote

from playwright.sync_api import expect
from websockets import Origin
from websockets.sync.client import connect

from tests.browser.windows import SERVER_IS_AWAY, Windows
from tests.support.ports import free_port
from tests.support.programs import Programs

PHONE = {"width": 390, "height": 700}
TOP_OF = """(text) => {
  const lines = [...document.querySelectorAll("#log .text")];
  return lines.find((line) => line.textContent === text).getBoundingClientRect().top;
}"""

# A message was said after the server had looked, and came before the answer.
OVERTAKE = """async () => {
  const { History } = await import("/static/chat/history.js");
  const shown = [];
  const past = new History({ send: () => {} });
  past.onmessage = ({ seq }) => shown.push(seq);
  past.answer({ messages: [], more: false, newest: 0 });
  past.hear({ seq: 1 });
  past.answer({ messages: [], more: false, newest: 0 });
  past.answer({ messages: [{ seq: 1 }], more: false, newest: 1 });
  return shown;
}"""


def say_all(address: str, room: str, texts: list[str]) -> None:
    """Have somebody say them, and wait until the last one is stored."""
    url = f"ws://{address}/ws/chat/{quote(room)}/?username=Zoe"
    with connect(url, origin=Origin("http://localhost"), proxy=None) as socket:
        for text in texts:
            payload = {"message": text, "name": "Zoe", "id": text}
            said = {"action": "new_chat_message", "payload": payload}
            socket.send(json.dumps(said))
        saved = 0
        while saved < len(texts):
            saved += json.loads(socket.recv(60))["action"] == "message_saved"


def test_what_was_missed_stands_in_its_place(
    windows: Windows, programs: Programs
) -> None:
    windows.expected = [SERVER_IS_AWAY]
    port = free_port()
    other = programs.daphne()
    with programs.daphne(port=port) as server:
        bob = windows.join("Bob", "lobby", server.address, viewport=PHONE)
        ada = windows.join("Ada", "lobby", server.address, viewport=PHONE)
        ada.say("before")
        bob.has("message", "before")
    bob.has_lost_the_server()
    bob.say("my own, meanwhile")
    missed = [f"missed {number}" for number in range(120)]
    say_all(other.address, "lobby", missed)

    with programs.daphne(port=port):
        bob.is_joined()
        bob.has_delivered_all()
        ada.has("message", "my own, meanwhile")
        ada.say("after")
        bob.has("message", "after")
        # No server told this one of it: there is no Redis between them.
        say_all(other.address, "lobby", ["told to nobody here"])
        for chat in ada, bob:
            chat.has("message", "told to nobody here")

    notes = bob.page.locator("#log > .missed .note").all_text_contents()
    assert notes == ["said while you were away"] * 120
    expected = ["before", *missed, "my own, meanwhile", "after", "told to nobody here"]
    for chat in ada, bob:
        texts = chat.page.locator("#log > [data-seq] .text").all_text_contents()
        assert texts == expected
    assert bob.lines().count("event, : You are back.") == 1


def test_reading_back_loads_what_is_older_and_moves_nothing(
    windows: Windows, room: str, server: str
) -> None:
    texts = [f"message {number}" for number in range(120)]
    say_all(server, room, texts)
    ada = windows.join("Ada", room, viewport={"width": 700, "height": 500})
    ada.has_texts("message", texts[70:])
    # In one go, before any answer comes.
    place = ada.page.evaluate(
        f"(text) => {{ document.getElementById('log').scrollTop = 10;"
        f" return ({TOP_OF})(text); }}",
        "message 71",
    )
    ada.has_texts("message", texts[20:])

    assert abs(ada.page.evaluate(TOP_OF, "message 71") - place) <= 1
    ada.log.evaluate("log => { log.scrollTop = 0; }")
    ada.has_texts("message", texts)


def test_a_reload_loses_nothing_that_was_typed(
    windows: Windows, programs: Programs
) -> None:
    windows.expected = [SERVER_IS_AWAY]
    port = free_port()
    with programs.daphne(port=port) as server:
        ada = windows.join("Ada", "lobby", server.address)
        ada.say("stored")
        ada.has_delivered_all()
    ada.has_lost_the_server()
    # Else the page would be quicker than the reload.
    ada.page.evaluate(
        "() => { window.WebSocket = class { static OPEN = 1; close() {} }; }"
    )
    ada.say("one")
    ada.say("two")
    ada.message.fill("not yet said")

    with programs.daphne(port=port) as server:
        bob = windows.join("Bob", "lobby", server.address)
        ada.page.reload()
        bob.has_texts("message", ["stored", "one", "two"])

        ada.has_delivered_all()
        ada.has_texts("own", ["stored", "one", "two"])
        expect(ada.message).to_have_value("not yet said")


def test_what_could_not_be_stored_is_sent_again(
    windows: Windows, programs: Programs
) -> None:
    address = programs.daphne().address
    ada = windows.join("Ada", "lobby", address)
    bob = windows.join("Bob", "lobby", address)
    with closing(sqlite3.connect(programs.folder / "db.sqlite3")) as database:
        database.execute("ALTER TABLE chat_message RENAME TO gone")
        ada.say("hello")
        expect(ada.error).to_contain_text("Your message may not be stored.")
        expect(ada.page.locator("#log > .pending")).to_have_count(1)
        database.execute("ALTER TABLE gone RENAME TO chat_message")

    ada.has_delivered_all()
    bob.has_texts("message", ["hello"])


def test_a_room_that_was_deleted_is_left_with_a_word(
    windows: Windows, programs: Programs
) -> None:
    ada = windows.join("Ada", "lobby", programs.daphne().address)
    ada.say("hello")
    ada.has_delivered_all()
    with closing(sqlite3.connect(programs.folder / "db.sqlite3")) as database, database:
        database.execute("DELETE FROM chat_message")
        database.execute("DELETE FROM chat_room")

    ada.say("anybody?")

    ada.is_on_landing_page()
    expect(ada.page.locator("#refusal")).to_contain_text("This room was deleted.")


def test_a_message_that_overtakes_an_answer_is_shown_once(windows: Windows) -> None:
    page = windows.open("/chat/")

    assert page.evaluate(OVERTAKE) == [1]
