import asyncio
import uuid
from typing import Any

from channels.layers import get_channel_layer
from pytest_django import Settings

from chat.workers import DiceConsumer


async def test_a_second_roll_of_somebody_is_done(settings: Settings) -> None:
    memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    settings.CACHES = {"default": memory}
    layer: Any = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add("lobby", channel)
    roll = {"count": 2, "sides": 6, "username": "alice", "group": "lobby"}

    for _ in range(2):
        await DiceConsumer().dice_roll({**roll, "id": uuid.uuid4().hex})

    async with asyncio.timeout(1):
        for _ in range(2):
            assert (await layer.receive(channel))["username"] == "alice"
