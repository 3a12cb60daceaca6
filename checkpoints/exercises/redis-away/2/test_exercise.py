import uuid
from typing import Any

from pytest_django import Settings

from chat.workers import DiceConsumer


async def test_a_second_roll_of_somebody_is_done(settings: Settings) -> None:
    memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    settings.CACHES = {"default": memory}
    worker, said = DiceConsumer(), list[str]()

    class Layer:
        async def group_send(self, group: str, event: dict[str, Any]) -> None:
            said.append(event["message"])

    worker.channel_layer = Layer()
    roll = {"count": 2, "sides": 6, "username": "alice", "group": "lobby"}

    for _ in range(2):
        await worker.dice_roll({**roll, "id": uuid.uuid4().hex})

    assert len(said) == 2
