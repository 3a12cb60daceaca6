from typing import Any

from chanx.channels.testing import WebsocketCommunicator

from chat.tests.conftest import Join

SECONDS = 10


async def send(client: WebsocketCommunicator, action: str, **payload: Any) -> None:
    await client.send_json_to({"action": action, "payload": payload})


async def hear(client: WebsocketCommunicator, action: str) -> Any:
    """The payload of the next message with this action."""
    while True:
        message = await client.receive_json_from(timeout=SECONDS)
        if message["action"] == action:
            return message["payload"]


async def say(client: WebsocketCommunicator, text: str) -> None:
    """Say it, and wait until it is stored."""
    told = {"message": text, "name": "somebody", "id": text}
    await send(client, "new_chat_message", **told)
    await hear(client, "message_saved")


async def texts(client: WebsocketCommunicator) -> dict[int, str]:
    """What is said in the room, by its numbers."""
    await send(client, "get_history", after=0)
    found = await hear(client, "history")
    return {one["seq"]: one["message"] for one in found["messages"]}


async def test_the_others_are_told(join: Join) -> None:
    """Have a handler for take_back, which tells the others taken_back."""
    alice, bob = await join(username="alice"), await join(username="bob")
    await say(alice, "oops")

    await send(alice, "take_back", seq=1)

    assert await hear(bob, "taken_back") == {"seq": 1}


async def test_it_keeps_its_number(join: Join) -> None:
    """Change the text, and let the row stay: a number that is missing is a gap."""
    alice = await join(username="alice")
    for text in ["one", "oops", "three"]:
        await say(alice, text)

    await send(alice, "take_back", seq=2)

    assert await texts(alice) == {1: "one", 2: "(taken back)", 3: "three"}


async def test_what_others_have_said_stays(join: Join) -> None:
    """Ask the database for the name, too, and answer an error if nothing is found."""
    alice = await join(username="alice")
    await say(alice, "one")

    for client in [await join(username="bob"), await join()]:
        await send(client, "take_back", seq=1)
        await hear(client, "error")
    await send(alice, "take_back", seq=2)
    await hear(alice, "error")

    assert await texts(alice) == {1: "one"}


async def test_another_room_has_numbers_of_its_own(join: Join) -> None:
    """Ask the database for the room, too: each has a message 1."""
    here, there = await join(username="alice"), await join("attic", username="alice")
    await say(here, "here")
    await say(there, "there")

    await send(here, "take_back", seq=1)

    assert await texts(here) == {1: "(taken back)"}
    assert await texts(there) == {1: "there"}
