"""The table of behaviors, with two layer objects as the layers of two processes."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from channels.exceptions import ChannelFull
from channels.layers import BaseChannelLayer

from tests.examples.facts import Row, facts, rows_of
from tests.examples.layers.kinds import SECONDS_FOR_NOTHING, Layers, heard, member, note
from tests.examples.layers.restarts import (
    first_after_a_restart,
    groups_after_a_restart,
    waiting_at_a_restart,
)
from tests.examples.server import Examples
from tests.support.commands import until
from tests.support.running import Redis

pytestmark = pytest.mark.covers("G8")


EXPIRY = 1  # second
CAPACITY = 3


@pytest.fixture(scope="module")
def redis(examples: Examples) -> Redis:
    return examples.redis()


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
