import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from chanx.channels.testing import WebsocketCommunicator
from chanx.constants import EVENT_ACTION_COMPLETE, GROUP_ACTION_COMPLETE
from chanx.messages.base import BaseMessage
from chanx.messages.incoming import PingMessage
from chanx.messages.outgoing import ErrorMessage, PongMessage

from chat import presence
from chat.consumers.chat_consumer import ChatConsumer
from chat.messages import (
    Announcement,
    AnnouncementPayload,
    ChatMessagePayload,
    DiceRolled,
    Members,
    MembersPayload,
    NewChatMessage,
    Typing,
    TypingPayload,
    UserJoined,
    UserLeft,
    WhoIsHere,
)
from chat.rooms import EVERYBODY, group_of
from chat.tests.conftest import Join, client_for
from config.asgi import application

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


async def test_a_pong_says_that_the_message_before_it_is_done(
    join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = await join()
    layer_has_answered = asyncio.Event()

    async def tell_slowly(self: ChatConsumer, message: BaseMessage) -> None:
        await layer_has_answered.wait()

    monkeypatch.setattr(ChatConsumer, "tell_the_others", tell_slowly)

    await alice.send_message(say("hello"))
    await alice.send_message(PingMessage())

    assert await alice.receive_nothing()
    layer_has_answered.set()
    assert await alice.receive_all_messages() == []
    assert await alice.receive_all_messages() == [PongMessage()]


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
    await heard(bob)

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


async def test_an_origin_that_is_no_address_is_refused() -> None:
    """Daphne refuses it by itself; other servers pass it on."""
    client = WebsocketCommunicator(
        application,
        "/ws/chat/lobby/",
        headers=[(b"origin", b"http://[")],
        consumer=ChatConsumer,
    )

    assert (await client.connect())[0] is False


async def test_typing_is_told_to_the_others(join: Join) -> None:
    bob, alice = await join(), await join(username="alice")
    await heard(bob)

    typing = Typing(payload=TypingPayload(name="somebody else", is_typing=True))
    await alice.send_message(typing)

    assert await heard(bob) == Typing(
        payload=TypingPayload(name="alice", is_typing=True)
    )
    assert await alice.receive_all_messages() == []
    assert await alice.receive_nothing()


async def test_the_room_learns_who_comes_and_goes(join: Join) -> None:
    bob = await join()

    alice = await join(username="alice")
    joined = await heard(bob)
    await alice.disconnect()
    left = await heard(bob)

    assert isinstance(joined, UserJoined)
    assert joined.payload.name == "alice"
    assert isinstance(left, UserLeft)
    assert left.payload.name == "alice"


async def test_a_name_in_two_windows_comes_and_goes_once(join: Join) -> None:
    bob = await join()
    first = await join(username="alice")
    await heard(bob)

    second = await join(username="alice")
    await first.disconnect()
    assert await bob.receive_nothing()

    await second.disconnect()
    assert isinstance(await heard(bob), UserLeft)


async def test_who_is_here(join: Join) -> None:
    await join(username="carol")
    await join(username="bob")
    await join(username="bob")
    await join("another room", username="dave")
    alice = await join()

    await alice.send_message(WhoIsHere())

    answer = await alice.receive_all_messages()
    assert answer == [Members(payload=MembersPayload(names=["bob", "carol"]))]


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
        '{"action": "typing", "payload": {"name": "\\ud800", "is_typing": true}}',
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


@pytest.mark.parametrize(
    "fault",
    [
        {"action": "x", "topic": "\U000e0001" * 60_000},
        {"action": "x", "topic": "a"},
        {"action": "ping", "ref": "x" * 60_000},
        {"action": "x" * 60_000},
        {"action": ["x" * 60_000]},
        {"action": "typing", "payload": {"name": "x" * 60_000, "is_typing": "y" * 100}},
    ],
)
async def test_an_answer_repeats_little_of_what_was_sent(
    join: Join, fault: dict[str, Any]
) -> None:
    alice = await join()

    await alice.send_to(text_data=json.dumps(fault, ensure_ascii=False))

    answer = await alice.receive_json_from()
    assert answer["action"] == "error"
    assert len(json.dumps(answer)) < 1000


async def test_a_long_list_of_names_has_an_end(
    join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "names", lambda _: [f"n{n}" for n in range(5000)])
    alice = await join()

    await alice.send_message(WhoIsHere())

    [answer] = await alice.receive_all_messages()
    assert len(answer.payload.names) == 1000


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
