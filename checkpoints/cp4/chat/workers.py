import logging
from typing import Any

from channels.consumer import AsyncConsumer
from django.core.cache import cache
from redis.exceptions import RedisError

from chat.dice import roll_dice
from chat.outage import explain

logger = logging.getLogger(__name__)


class DiceConsumer(AsyncConsumer):
    """Rolls dice in a worker process: python manage.py runworker dice."""

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
