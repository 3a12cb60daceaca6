import json
from datetime import UTC, datetime, timedelta

import pytest
from chanx.channels.testing import WebsocketCommunicator
from chanx.constants import EVENT_ACTION_COMPLETE, GROUP_ACTION_COMPLETE
from chanx.messages.base import BaseMessage
from chanx.messages.outgoing import ErrorMessage

from chat.consumers.chat_consumer import ChatConsumer
from chat.messages import (
    Announcement,
    AnnouncementPayload,
    ChatMessagePayload,
    DiceRolled,
    NewChatMessage,
)
from chat.rooms import EVERYBODY, group_of
from chat.tests.conftest import Join, client_for

ROOMS = ["lobby", "Μεγάλη αίθουσα", "🎉🎊", "a?b#c%d&e", "...", "x" * 80, "é" * 80]
NAMES = ["alice", "Ελένη", "👩‍🚀", "<script>alert(1)</script>", "x" * 40]


def say(message: str, name: str = "alice", id: str | None = None) -> NewChatMessage:
    payload = ChatMessagePayload(message=message, name=name, id=id)
    return NewChatMessage(payload=payload)


async def heard(client: WebsocketCommunicator) -> BaseMessage:
    """The one message that the room has sent to the client."""
    [message] = await client.receive_all_messages(GROUP_ACTION_COMPLETE)
    return message


async def assert_refused(client: WebsocketCommunicator, code: int) -> None:
    """The client gets a message that says what to do, then the close."""
    error = await client.receive_json_from()
    assert error["action"] == "error"
    assert error["payload"]["detail"]
    await client.assert_closed(code)


@pytest.mark.parametrize(
    "text", ["hello", "γειά σου 🎉", "<b>not markup</b>", "x" * 4096]
)
async def test_a_message_goes_to_all_but_its_sender(join: Join, text: str) -> None:
    alice, bob, carol = await join(), await join(), await join()

    await alice.send_message(say(text))

    for client in [bob, carol]:
        message = await heard(client)
        assert isinstance(message, NewChatMessage)
        assert (message.payload.name, message.payload.message) == ("alice", text)
    assert await alice.receive_all_messages() == []
    assert await alice.receive_nothing()


async def test_the_server_tells_the_time(join: Join) -> None:
    alice, bob = await join(), await join()
    lie = say("hello")
    lie.payload.sent_at = datetime(1970, 1, 1, tzinfo=UTC)

    await alice.send_json_to(lie.model_dump(mode="json"))

    message = await heard(bob)
    assert isinstance(message, NewChatMessage)
    assert message.payload.sent_at
    assert datetime.now(UTC) - message.payload.sent_at < timedelta(seconds=10)


async def test_a_message_keeps_its_id(join: Join) -> None:
    alice, bob = await join(), await join()

    await alice.send_message(say("hello", id="x" * 64))

    message = await heard(bob)
    assert isinstance(message, NewChatMessage)
    assert message.payload.id == "x" * 64


async def test_a_message_stays_in_its_room(join: Join) -> None:
    alice, bob, carol = await join("lobby"), await join("Lobby"), await join("Lobby")

    await alice.send_message(say("hello, lobby"))
    await carol.send_message(say("hello, Lobby"))

    message = await heard(bob)
    assert isinstance(message, NewChatMessage)
    assert message.payload.message == "hello, Lobby"


@pytest.mark.parametrize("room", ROOMS)
async def test_any_name_is_a_room(join: Join, room: str) -> None:
    alice, bob = await join(room), await join(room)

    await alice.send_message(say("hello"))

    assert isinstance(await heard(bob), NewChatMessage)


@pytest.mark.parametrize("length", [81, 500])
async def test_a_room_name_that_is_too_long_is_refused(length: int) -> None:
    client = client_for("x" * length)
    await client.connect()

    await assert_refused(client, 4004)
    await client.disconnect()


@pytest.mark.parametrize("name", NAMES)
async def test_any_name_is_a_name(join: Join, name: str) -> None:
    alice, bob = await join(), await join()

    await alice.send_message(say("hello", f"  {name} "))

    message = await heard(bob)
    assert isinstance(message, NewChatMessage)
    assert message.payload.name == name


@pytest.mark.parametrize("username", NAMES)
async def test_the_username_of_the_connection_wins(join: Join, username: str) -> None:
    bob, alice = await join(), await join(username=f" {username}  ")

    await alice.send_message(say("hello", "somebody else"))

    message = await heard(bob)
    assert isinstance(message, NewChatMessage)
    assert message.payload.name == username


@pytest.mark.parametrize(
    "username", ["", "   ", "x" * 41, "x" * 200, "\u200b", "alice\nbob", "\u0430lice"]
)
async def test_a_bad_username_is_refused(join: Join, username: str) -> None:
    bob = await join()
    client = client_for("lobby", username)
    await client.connect()

    await client.send_message(say("I am not here"))

    await assert_refused(client, 4001)
    assert await bob.receive_nothing()
    await client.disconnect()


@pytest.mark.parametrize(
    "text",
    [
        "not JSON",
        "[]",
        "1",
        "null",
        "[" * 10_000,
        "{}",
        '{"action": "explode"}',
        '{"action": ["new_chat_message"]}',
        '{"action": "new_chat_message"}',
        '{"action": "new_chat_message", "payload": null}',
        '{"action": "new_chat_message", "payload": {"message": "hello"}}',
        '{"action": "new_chat_message", "payload": {"message": 1, "name": "alice"}}',
        *[
            json.dumps(
                {
                    "action": "new_chat_message",
                    "payload": {"message": message, "name": name, "id": id},
                }
            )
            for message, name, id in [
                ("", "alice", "1"),
                ("x" * 4097, "alice", "1"),
                ("\ud800", "alice", "1"),
                ("hello", "", "1"),
                ("hello", "   ", "1"),
                ("hello", "x" * 200, "1"),
                ("hello", "alice\nbob", "1"),
                ("hello", "alice", ""),
                ("hello", "alice", "x" * 65),
            ]
        ],
    ],
)
async def test_an_invalid_message_is_answered(join: Join, text: str) -> None:
    alice, bob = await join(), await join()

    await alice.send_to(text_data=text)

    assert (await alice.receive_json_from())["action"] == "error"
    await alice.send_message(say("still here"))
    assert isinstance(await heard(bob), NewChatMessage)


async def test_a_binary_frame_is_answered(join: Join) -> None:
    alice, bob = await join(), await join()

    await alice.send_to(bytes_data=b"\x00\xff")

    assert (await alice.receive_json_from())["action"] == "error"
    await alice.send_message(say("still here"))
    assert isinstance(await heard(bob), NewChatMessage)


@pytest.mark.parametrize("frame", ["x" * 65_537, b"x" * 65_537])
async def test_a_frame_that_is_too_long_closes(join: Join, frame: str | bytes) -> None:
    alice, bob = await join(), await join()

    if isinstance(frame, str):
        await alice.send_to(text_data=frame)
    else:
        await alice.send_to(bytes_data=frame)

    await assert_refused(alice, 4009)
    await alice.send_message(say("after the close"))
    assert await bob.receive_nothing()


async def test_without_a_layer_for_tasks_the_server_rolls(join: Join) -> None:
    alice, bob = await join(), await join()

    await alice.send_message(say("/roll 3d1", id="a roll"))

    for client in [alice, bob]:
        [rolled] = await client.receive_all_messages(EVENT_ACTION_COMPLETE)
        assert isinstance(rolled, DiceRolled)
        assert rolled.payload.model_dump(exclude={"sent_at"}) == {
            "name": "alice",
            "dice": "3d1",
            "rolls": [1, 1, 1],
            "total": 3,
            "id": "a roll",
        }


@pytest.mark.parametrize("text", ["/roll", "/roll x", "/roll 0d6", "/roll 9999999d9"])
async def test_bad_dice_are_told_to_their_sender_only(join: Join, text: str) -> None:
    alice, bob = await join(), await join()

    await alice.send_message(say(text))

    [error] = await alice.receive_all_messages()
    assert isinstance(error, ErrorMessage)
    assert "Write dice as /roll 2d6" in error.payload["detail"]
    assert await bob.receive_nothing()


@pytest.mark.parametrize(
    ("group", "hearers"),
    [(EVERYBODY, ["lobby", "attic"]), (group_of("attic"), ["attic"])],
)
async def test_an_announcement_goes_to_a_room_or_to_all(
    join: Join, group: str, hearers: list[str]
) -> None:
    clients = {room: await join(room) for room in ["lobby", "attic"]}
    announcement = Announcement(payload=AnnouncementPayload(message="Lunch is ready."))

    await ChatConsumer.broadcast_event(announcement, group)

    for room, client in clients.items():
        if room in hearers:
            heard = await client.receive_all_messages(EVENT_ACTION_COMPLETE)
            assert heard == [announcement]
        else:
            assert await client.receive_nothing()
