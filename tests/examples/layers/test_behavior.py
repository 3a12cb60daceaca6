"""The table of behaviors, with two layer objects as the layers of two processes."""

import asyncio
import contextlib
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from channels.exceptions import ChannelFull
from channels.layers import BaseChannelLayer, InMemoryChannelLayer
from channels_redis.core import RedisChannelLayer
from channels_redis.pubsub import RedisPubSubChannelLayer
from redis import Redis as Connection
from redis.exceptions import ConnectionError as NoRedis

from tests.examples.facts import Row, facts, rows_of
from tests.examples.server import Examples
from tests.support.commands import until
from tests.support.programs import Redis

pytestmark = pytest.mark.covers("G8")

SECONDS_FOR_NOTHING = 0.5
EXPIRY = 1  # second
CAPACITY = 3


@pytest.fixture(scope="module")
def redis(examples: Examples) -> Redis:
    return examples.redis()


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


async def to_another_process(layers: Layers) -> str:
    ours, theirs = layers.new(), layers.new()
    channel = await member(theirs)
    await ours.group_send("group", note())
    return "arrives" if await heard(theirs, channel) else "lost"


async def before_anybody_listens(layers: Layers) -> str:
    layer = layers.new()
    await layer.send("mail", note())
    return "arrives" if await heard(layer, "mail") else "lost"


async def for_two_listeners(layers: Layers) -> str:
    listeners = [
        asyncio.create_task(layers.new().receive("mail")),
        asyncio.create_task(layers.new().receive("mail")),
    ]
    await until(lambda: layers.listeners("mail") == 2, "not both listen")
    await layers.new().send("mail", note())
    got, waiting = await asyncio.wait(listeners, timeout=SECONDS_FOR_NOTHING)
    for listener in waiting:
        listener.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    return {0: "lost", 1: "one gets it", 2: "both get it"}[len(got)]


async def in_a_row(layers: Layers) -> str:
    options = {} if layers.kind == "Pub/sub" else {"capacity": 200}
    layer = layers.new(**options)
    channel = await member(layer)
    for number in range(200):
        await layer.group_send("group", note(number))
    return "in order" if await heard(layer, channel) == [*range(200)] else "mixed up"


async def sent_to_a_full_channel(layers: Layers) -> str:
    layer = layers.new(capacity=CAPACITY)
    channel = await member(layer)
    try:
        for number in range(CAPACITY + 1):
            await layer.send(channel, note(number))
    except ChannelFull as full:
        return type(full).__name__
    return f"no limit: {len(await heard(layer, channel))}".replace(": 4", "")


async def group_sent_to_a_full_channel(layers: Layers) -> str:
    layer = layers.new(capacity=CAPACITY)
    channel = await member(layer)
    for number in range(CAPACITY + 1):
        await layer.group_send("group", note(number))
    numbers = await heard(layer, channel)
    return (
        "dropped" if numbers == [0, 1, 2] else "no limit" if len(numbers) == 4 else "?"
    )


async def too_old(layers: Layers) -> str:
    layer = layers.new(expiry=EXPIRY)
    channel = await member(layer)
    await layer.group_send("group", note())
    await asyncio.sleep(EXPIRY + 0.2)
    return "kept" if await heard(layer, channel) else "dropped"


async def member_for_too_long(layers: Layers) -> str:
    layer = layers.new(group_expiry=EXPIRY)
    channel = await member(layer)
    # The layers count in whole seconds.
    await asyncio.sleep(EXPIRY + 1.2)
    await layer.group_send("group", note())
    return "kept" if await heard(layer, channel) else "dropped"


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


def raised_by(call: Callable[[BaseChannelLayer], Awaitable[Any]]) -> Any:
    async def observe(layers: Layers) -> str:
        try:
            await asyncio.wait_for(call(layers.new()), 5)
        except (TypeError, AssertionError) as error:
            return type(error).__name__
        return "allowed"

    return observe


async def greek(layer: BaseChannelLayer) -> None:
    await layer.group_add("παρέα", await layer.new_channel())


async def no_dictionary(layer: BaseChannelLayer) -> None:
    message: Any = "hello"
    await layer.send(await layer.new_channel(), message)


async def with_a_set(layer: BaseChannelLayer) -> None:
    await layer.send(await layer.new_channel(), {"type": "note", "numbers": {1}})


async def receive_a_list(layer: BaseChannelLayer) -> None:
    names: Any = ["mail", "dice"]
    await layer.receive(names)


OBSERVED: dict[str, Callable[[Layers], Awaitable[str]]] = {
    "a message for another process": to_another_process,
    "a message to a channel on which nobody listens yet": before_anybody_listens,
    "one message for two processes that listen on the same name": for_two_listeners,
    "200 messages to a group": in_a_row,
    "send() to a channel that is full": sent_to_a_full_channel,
    "group_send() to a channel that is full": group_sent_to_a_full_channel,
    "a message older than expiry": too_old,
    "a member older than group_expiry": member_for_too_long,
    "groups when Redis restarts": groups_after_a_restart,
    "what waits when Redis restarts": waiting_at_a_restart,
    "the next group_send() after a restart of Redis": first_after_a_restart,
    "a group name with a Greek letter": raised_by(greek),
    "a message that is no dictionary": raised_by(no_dictionary),
    "a message with a set in it": raised_by(with_a_set),
    "a list of channel names for receive()": raised_by(receive_a_list),
}


def test_every_row_is_observed() -> None:
    rows = rows_of("layers/behavior.csv")

    assert [row["What happens to"] for row in rows] == list(OBSERVED)


@pytest.mark.covers("G8", "C4")
@pytest.mark.parametrize("kind", ["In memory", "Queue", "Pub/sub"])
@pytest.mark.parametrize("row", facts("layers/behavior.csv"))
async def test_a_layer(row: Row, kind: str, redis: Redis) -> None:
    layers = Layers(kind, redis)

    assert await OBSERVED[row["What happens to"]](layers) == row[kind]

    await layers.close()
