"""Asks a Redis the way the layers do."""

import asyncio
from collections.abc import Mapping
from typing import Any

from channels_redis.core import RedisChannelLayer
from channels_redis.pubsub import RedisPubSubChannelLayer

Host = dict[str, Any]
LAYERS: Mapping[str, type[Any]] = {
    "pub/sub": RedisPubSubChannelLayer,
    "queue": RedisChannelLayer,
}


async def send_to_group(
    layer: Any, other: Any = None, members: int = 3
) -> dict[str, Any]:
    """Send to a group as a consumer does, with some members, through `other`."""
    channels = [await layer.new_channel(f"member{i}.") for i in range(members)]
    for channel in channels:
        await layer.group_add("news", channel)
    await (other or layer).group_send("news", {"type": "news.told"})
    message: dict[str, Any] = await asyncio.wait_for(layer.receive(channels[0]), 10)
    return message


async def outcome(host: Host, kind: str, prefix: str = "chat") -> str:
    """Whether a message to a group arrives, or what a layer says instead."""
    try:
        # A time-out of the layer itself would say nothing of the cause.
        layer = LAYERS[kind](hosts=[host | {"socket_timeout": 30}], prefix=prefix)
        await send_to_group(layer)
    except Exception as error:
        return str(error)
    return "arrives"
