import asyncio
from typing import Any

from channels.layers import get_channel_layer
from pytest_django import Settings

from chat.tests.conftest import Join
from chat.workers import DiceConsumer

LAYER = {"BACKEND": "channels.layers.InMemoryChannelLayer"}


async def test_the_server_answers_with_the_highest(join: Join) -> None:
    """Look for /best in handle(), and have roll_dice() take the highest number."""
    alice = await join("lobby", "alice")

    await alice.send_to(text_data="/best 3d1")

    message = (await alice.receive_json_from()).get("message")
    assert message == "best of 3d1: 1, 1, 1 = 1"


async def test_the_worker_is_told(join: Join, settings: Settings) -> None:
    """The event for the worker has to say whether it is /best: "best": True."""
    settings.CHANNEL_LAYERS = {"default": LAYER, "tasks": LAYER}
    tasks = get_channel_layer("tasks")
    assert tasks
    alice = await join("lobby", "alice")
    for text, best in {"/best 2d20": True, "/roll 2d20": False}.items():
        await alice.send_to(text_data=text)

        async with asyncio.timeout(1):
            assert (await tasks.receive("dice")).get("best") == best


async def test_the_worker_keeps_the_highest() -> None:
    """In dice_roll(), pass on to roll_dice() what the event says."""
    worker, said = DiceConsumer(), list[str]()

    class Layer:
        async def group_send(self, group: str, event: dict[str, Any]) -> None:
            said.append(event["message"])

    worker.channel_layer = Layer()
    roll = {"count": 2, "sides": 1, "username": "alice", "group": "lobby"}

    await worker.dice_roll({**roll, "best": True})

    assert said == ["best of 2d1: 1, 1 = 1"]


async def test_a_roll_is_a_sum_as_before(join: Join) -> None:
    """Without best, roll_dice() tells the sum as it did."""
    alice = await join("lobby", "alice")

    await alice.send_to(text_data="/roll 3d1")

    assert (await alice.receive_json_from())["message"] == "rolled 3d1: 1 + 1 + 1 = 3"


async def test_a_word_that_begins_like_it_is_a_message(join: Join) -> None:
    """Compare the whole command with /best: /bestow is a message like others."""
    alice = await join("lobby", "alice")

    await alice.send_to(text_data="/bestow luck")

    assert (await alice.receive_json_from()).get("message") == "/bestow luck"
