import logging
from typing import Any

from channels.consumer import AsyncConsumer
from django.core.cache import cache
from redis.exceptions import RedisError

from chat.dice import MAX_COUNT, MAX_SIDES, roll_dice
from chat.outage import explain

# What a roll consists of.
PARTS = {"id": str, "count": int, "sides": int, "username": str, "group": str}

logger = logging.getLogger(__name__)


def is_roll(event: Any) -> bool:
    """Whether an event is a roll that a server would have let pass."""
    return (
        isinstance(event, dict)
        and event.get("type") == "dice.roll"
        and all(isinstance(event.get(part), kind) for part, kind in PARTS.items())
        and 1 <= event["count"] <= MAX_COUNT
        and 1 <= event["sides"] <= MAX_SIDES
    )


class DiceConsumer(AsyncConsumer):
    """Rolls dice in a worker process: python manage.py runworker dice."""

    async def dispatch(self, event: Any) -> None:
        """Do a roll. Drop what is none: others may reach the queue, too."""
        if is_roll(event):
            await super().dispatch(event)
        else:
            logger.error("This is no roll: %r", event)

    async def dice_roll(self, event: dict[str, Any]) -> None:
        """Roll once for each id, and send the result to the group that asked."""
        try:
            # The queue may hand a task to two workers. Only one of them can add its id.
            if await cache.aadd(f"roll:{event['id']}", True):
                result = roll_dice(event["count"], event["sides"])
                logger.info("%r %s", event["username"], result)
                await self.channel_layer.group_send(
                    event["group"],
                    {
                        "type": "chat.message",
                        "username": event["username"],
                        "message": result,
                    },
                )
        except RedisError as error:
            logger.error(
                "The roll of %r is lost. %s", event["username"], explain(error)
            )
