import logging
from typing import Any

from channels.consumer import AsyncConsumer

from chat.dice import roll_dice

logger = logging.getLogger(__name__)


class DiceConsumer(AsyncConsumer):
    """Rolls dice in a worker process."""

    async def dice_roll(self, event: dict[str, Any]) -> None:
        """Roll, and send the result to the group that asked."""
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
