"""The three kinds of layers, and what the tests do with any of them."""

import asyncio
import uuid
from typing import Any

from channels.layers import BaseChannelLayer, InMemoryChannelLayer
from channels_redis.core import RedisChannelLayer
from channels_redis.pubsub import RedisPubSubChannelLayer
from redis import Redis as Connection

from tests.support.running import Redis

SECONDS_FOR_NOTHING = 0.5


class Layers:
    """Makes layers of one kind. Each is what a process of its own would have."""

    def __init__(self, kind: str, redis: Redis) -> None:
        self.kind = kind
        self.redis = redis
        self.prefix = uuid.uuid4().hex
        self.made: list[Any] = []

    def new(self, **options: Any) -> BaseChannelLayer:
        host = {"address": self.redis.url, "socket_timeout": None}
        shared = {"hosts": [host], "prefix": self.prefix}
        layer: BaseChannelLayer
        if self.kind == "In memory":
            layer = InMemoryChannelLayer(**options)
        elif self.kind == "Queue":
            layer = RedisChannelLayer(**shared, **options)
        else:
            layer = RedisPubSubChannelLayer(**shared, **options)
        self.made.append(layer)
        return layer

    def listeners(self, channel: str) -> int:
        """How many of the layers wait for what comes on a channel."""
        if self.kind == "In memory":
            return sum(channel in layer.channels for layer in self.made)
        with Connection.from_url(self.redis.url) as redis:
            if self.kind == "Queue":
                return int(redis.info("clients")["blocked_clients"])
            [(_, count)] = redis.pubsub_numsub(channel)
            return int(count)

    async def close(self) -> None:
        if self.kind == "In memory":
            return
        for layer in self.made:
            await layer.flush()
            if self.kind == "Queue":
                await layer.close_pools()


async def heard(layer: BaseChannelLayer, channel: str) -> list[Any]:
    """All that comes on a channel, until nothing has come for a moment."""
    found = []
    try:
        while True:
            message = await asyncio.wait_for(
                layer.receive(channel), SECONDS_FOR_NOTHING
            )
            found.append(message.get("number"))
    except TimeoutError:
        return found


async def member(layer: BaseChannelLayer, group: str = "group") -> str:
    channel = await layer.new_channel()
    await layer.group_add(group, channel)
    return channel


def note(number: int = 0) -> dict[str, Any]:
    return {"type": "note", "number": number}
