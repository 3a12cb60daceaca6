"""What happens to a layer when Redis restarts."""

import asyncio
import contextlib

from channels.layers import BaseChannelLayer
from redis.exceptions import ConnectionError as NoRedis

from tests.examples.layers.kinds import Layers, heard, member, note


async def restart(layers: Layers) -> None:
    layers.redis.kill()
    # Until the layers have seen that their connections are gone.
    await asyncio.sleep(0.2)
    layers.redis.start()
    layers.redis.wait()


async def send_after_restart(layer: BaseChannelLayer) -> str:
    try:
        await layer.group_send("group", note(1))
    except NoRedis:
        return "an error"
    return "arrives"


async def first_after_a_restart(layers: Layers) -> str:
    layer = layers.new()
    await member(layer)
    await layer.group_send("group", note())
    await restart(layers)
    return await send_after_restart(layer)


async def groups_after_a_restart(layers: Layers) -> str:
    layer = layers.new()
    channel = await member(layer)
    await layer.group_send("group", note())
    assert await asyncio.wait_for(layer.receive(channel), 5)
    await restart(layers)
    for _ in range(50):
        await send_after_restart(layer)
        if 1 in await heard(layer, channel):
            return "kept"
        if layers.kind == "Queue":
            return "lost"
    return "lost"


async def waiting_at_a_restart(layers: Layers) -> str:
    layer = layers.new()
    channel = await member(layer)
    await layer.group_send("group", note())
    # Pub/sub hands over at once what it gets; give it the time.
    await asyncio.sleep(0.2)
    await restart(layers)
    # The first call may find that its connection is gone.
    with contextlib.suppress(NoRedis):
        return "kept" if 0 in await heard(layer, channel) else "lost"
    return "kept" if 0 in await heard(layer, channel) else "lost"
