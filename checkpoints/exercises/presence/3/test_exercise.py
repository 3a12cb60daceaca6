import pytest
from chanx.channels.testing import WebsocketCommunicator

from chat.consumers import chat_consumer
from chat.tests.conftest import Join

SECONDS = 10


def wait(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(chat_consumer, "SECONDS_OF_TYPING", seconds, raising=False)


async def type_(client: WebsocketCommunicator, is_typing: bool) -> None:
    payload = {"name": "alice", "is_typing": is_typing}
    await client.send_json_to({"action": "typing", "payload": payload})


async def next_of(client: WebsocketCommunicator, action: str) -> dict[str, object]:
    """The payload of the next message with this action."""
    while True:
        message = await client.receive_json_from(timeout=SECONDS)
        if message["action"] == action:
            return dict(message["payload"])


async def test_typing_ends_by_itself(
    join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Begin a task that waits SECONDS_OF_TYPING, and then tells the others."""
    wait(monkeypatch, 0.1)
    alice, bob = await join(), await join()

    await type_(alice, True)

    assert (await next_of(bob, "typing"))["is_typing"]
    assert await next_of(bob, "typing") == {"name": "alice", "is_typing": False}


async def test_what_is_said_meanwhile_does_not_wait(
    join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wait in a task of its own: a handler that waits holds up what comes after."""
    wait(monkeypatch, 3600)
    alice, bob = await join(), await join()

    await type_(alice, True)
    payload = {"name": "alice", "message": "hello"}
    await alice.send_json_to({"action": "new_chat_message", "payload": payload})

    assert (await next_of(bob, "new_chat_message"))["message"] == "hello"


async def test_who_has_stopped_does_not_stop_again(
    join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When a typing message comes, cancel the task of the one before."""
    wait(monkeypatch, 0.2)
    alice, bob = await join(), await join()

    await type_(alice, True)
    await type_(alice, False)
    for _ in range(2):
        await next_of(bob, "typing")

    told = []
    while not await bob.receive_nothing(timeout=1):
        told.append((await bob.receive_json_from())["action"])
    assert "typing" not in told
