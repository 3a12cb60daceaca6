import logging
from typing import Any

from channels.consumer import AsyncConsumer
from django.core.cache import cache
from redis.exceptions import RedisError

from chat.dice import roll_dice
from chat.fan_out import broadcast

logger = logging.getLogger(__name__)


class DiceConsumer(AsyncConsumer):
    """Rolls dice in a worker process: python manage.py runworker dice."""

    async def dice_roll(self, event: dict[str, Any]) -> None:
        try:
            # The queue may hand a task to two workers. Only one of them can add its id.
            if await cache.aadd(f"roll:{event['id']}", True):
                rolled = roll_dice(
                    event["username"], event["count"], event["sides"], event["id"]
                )
                logger.info("%r rolled %s", event["username"], rolled.payload.dice)
                await broadcast(rolled, event["group"])
        except RedisError as error:
            logger.error("The roll of %r is lost: %s", event["username"], error)
