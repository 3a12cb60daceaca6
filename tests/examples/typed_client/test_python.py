"""The clients in Python, against a real server."""

import json
from datetime import datetime

import pytest
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.examples.typed_client.conftest import Workplace
from tests.support.running import Server
from tests.support.visitors import PASSWORD, Visitor

pytestmark = pytest.mark.covers("G21")

SECONDS = 100


def enter(served: Server, room: str, query: str = "") -> ClientConnection:
    url = f"ws://{served.address}/ws/chat/{room}/{query}"
    return connect(url, origin=Origin(f"http://{served.address}"), proxy=None)


def say(client: ClientConnection, text: str, **others: str) -> None:
    payload = {"message": text, "name": "Ann"} | others
    client.send(json.dumps({"action": "new_chat_message", "payload": payload}))


def hear(client: ClientConnection) -> dict[str, object]:
    message: dict[str, object] = json.loads(client.recv(SECONDS))
    return message


def test_a_message_is_stored(workplace: Workplace, served: Server) -> None:
    for room in "stored", "a b ☕?#100%":
        done = workplace.succeed("python", "say.py", served.address, room, "Hello")
        assert done == "Stored as number 1.\n"


def test_a_message_is_refused(workplace: Workplace, served: Server) -> None:
    done = workplace.succeed("python", "say.py", served.address, "room", "x" * 4097)

    assert done.startswith("Refused: [{'type': 'string_too_long', ")
    with enter(served, "room", "?username=") as client:
        assert hear(client) == {
            "action": "error",
            "payload": {"detail": "Choose a name of at most 40 characters."},
        }


def test_a_listener_misses_nothing_and_says_nothing_twice(
    workplace: Workplace, served: Server
) -> None:
    """Also what was said without an id, and while it was away."""
    programs = workplace.programs
    first = programs.daphne()
    port = first.address.split(":")[1]
    command = ("python", "listen.py", first.address, "heard")
    listener = programs.start(*command, WEBSOCKETS_BACKOFF_INITIAL_DELAY="0.1")
    with enter(first, "heard") as client:
        say(client, "before")
        listener.wait_for_output("1 Ann: before")
    first.kill()
    with enter(served, "heard") as other:
        say(other, "while it was away")
        say(other, "and again", id="3")
        assert hear(other)["action"] == "message_saved"
    again = programs.daphne(port=port)
    listener.wait_for_output("3 Ann: and again")
    with enter(again, "heard") as client:
        say(client, "after")
        listener.wait_for_output("4 Ann: after")

    said = ["before", "while it was away", "and again", "after"]
    lines = [f"{seq} Ann: {text}" for seq, text in enumerate(said, 1)]
    assert listener.output.splitlines() == lines
    listener.kill()


def test_a_listener_ends_where_the_server_has_decided(
    workplace: Workplace, served: Server
) -> None:
    done = workplace.run("python", "listen.py", served.address, "x" * 81)

    assert done.returncode == 1
    assert "ConnectionClosedError: received 4004" in done.stderr


def test_a_program_gets_in_as_somebody(workplace: Workplace, served: Server) -> None:
    Visitor(served.address).sign_up("robin")

    command = ("python", "ticket.py", served.address, "lobby", "robin", PASSWORD)
    here = json.loads(workplace.succeed(*command))

    assert here == {"action": "members", "payload": {"names": ["robin"]}}


def test_a_time_is_a_text_and_an_answer_has_the_ref_of_its_question(
    served: Server,
) -> None:
    with enter(served, "times") as client:
        say(client, "Hello", id="1")
        saved = hear(client)["payload"]
        client.send('{"action": "ping", "ref": "7"}')
        assert hear(client)["ref"] == "7"

    assert isinstance(saved, dict)
    assert datetime.fromisoformat(saved["sent_at"]).utcoffset() is not None
