import asyncio

from channels.layers import get_channel_layer
from pytest_django import Settings

from chat.tests.conftest import Join

LAYER = {"BACKEND": "channels.layers.InMemoryChannelLayer"}


async def test_a_roll_waits_where_a_worker_takes_it(
    join: Join, settings: Settings
) -> None:
    settings.CHANNEL_LAYERS = {"default": LAYER, "tasks": LAYER}
    tasks = get_channel_layer("tasks")
    assert tasks
    alice = await join("lobby", "alice")

    await alice.send_to(text_data="/roll 2d6")

    async with asyncio.timeout(1):
        assert (await tasks.receive("dice"))["count"] == 2
