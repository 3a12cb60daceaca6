import logging
import uuid
from typing import Annotated, Any, Literal

from channels.consumer import AsyncConsumer
from django.core.cache import cache
from pydantic import BaseModel, Field, StringConstraints, ValidationError
from redis.exceptions import RedisError

from chat.consumers.chat_consumer import ChatConsumer
from chat.dice import MAX_COUNT, MAX_SIDES, roll_dice
from chat.messages import MessageId, Name
from chat.outage import explain

logger = logging.getLogger(__name__)


class Roll(BaseModel):
    """A roll on the queue. The type is that of the event."""

    type: Literal["dice.roll"]
    id: MessageId
    count: int = Field(ge=1, le=MAX_COUNT)
    sides: int = Field(ge=1, le=MAX_SIDES)
    username: Name
    group: Annotated[str, StringConstraints(pattern=r"^room\.[0-9a-f]{64}$")]


def key_of(event: dict[str, Any]) -> str:
    """The key of a roll. Clients make the ids, so two of them may use the same."""
    whose = [event["group"], event["username"], event["id"]]
    return f"roll:{uuid.uuid5(uuid.NAMESPACE_OID, repr(whose))}"


class DiceConsumer(AsyncConsumer):
    """Rolls dice in a worker process: python manage.py runworker dice."""

    # It has nothing to hear but its tasks, so it needs no channel on the other layer.
    channel_layer_alias = ""

    async def dispatch(self, event: Any) -> None:
        """Do a roll. Drop what is none: others may reach the queue, too."""
        try:
            roll = Roll.model_validate(event, strict=True)
        except ValidationError:
            logger.error("This is no roll: %r", event)
        else:
            await super().dispatch(roll.model_dump())

    async def dice_roll(self, event: dict[str, Any]) -> None:
        """Roll once for each id, and send the result to the group that asked."""
        try:
            # The queue may hand a task to two workers. Only one can add its key.
            if await cache.aadd(key_of(event), True):
                rolled = roll_dice(
                    event["username"], event["count"], event["sides"], event["id"]
                )
                logger.info("%r rolled %s", event["username"], rolled.payload.dice)
                await ChatConsumer.broadcast_event(rolled, event["group"])
        except RedisError as error:
            logger.error(
                "The roll of %r is lost. %s", event["username"], explain(error)
            )
