"""What each call of a group's does, on three layers."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from channels.layers import BaseChannelLayer, InMemoryChannelLayer
from channels_redis.core import RedisChannelLayer
from channels_redis.pubsub import RedisPubSubChannelLayer

from tests.examples.facts import Row, facts, rows_of

pytestmark = pytest.mark.covers("G9")

EVENT = {"type": "event"}
END = {"type": "end"}


def make_layer(kind: str, redis_url: str) -> BaseChannelLayer:
    layers: dict[str, Callable[[], BaseChannelLayer]] = {
        "In memory": InMemoryChannelLayer,
        # Without a time-out, because this layer waits for its messages.
        "Queue": lambda: RedisChannelLayer(
            hosts=[{"address": redis_url, "socket_timeout": None}]
        ),
        "Pub/sub": lambda: RedisPubSubChannelLayer(hosts=[redis_url]),
    }
    return layers[kind]()


async def heard(layer: BaseChannelLayer, channel: str) -> int:
    """How many events come before one that is sent now."""
    await layer.send(channel, END)
    number = 0
    while await asyncio.wait_for(layer.receive(channel), 10) != END:
        number += 1
    return number


async def add_twice(layer: BaseChannelLayer, channel: str) -> int:
    await layer.group_add("group", channel)
    await layer.group_add("group", channel)
    await layer.group_send("group", EVENT)
    return await heard(layer, channel)


async def discard_no_member(layer: BaseChannelLayer, channel: str) -> int:
    await layer.group_discard("group", channel)
    return await heard(layer, channel)


async def send_to_nobody(layer: BaseChannelLayer, channel: str) -> int:
    await layer.group_send("group", EVENT)
    return await heard(layer, channel)


async def send_from_outside(layer: BaseChannelLayer, channel: str) -> int:
    await layer.group_add("group", channel)
    await layer.group_send("group", EVENT)
    return await heard(layer, channel)


async def send_to_two_groups(layer: BaseChannelLayer, channel: str) -> int:
    for group in "one", "two":
        await layer.group_add(group, channel)
    for group in "one", "two":
        await layer.group_send(group, EVENT)
    return await heard(layer, channel)


async def add_late(layer: BaseChannelLayer, channel: str) -> int:
    other = await layer.new_channel()
    await layer.group_add("group", other)
    await layer.group_send("group", EVENT)
    assert await heard(layer, other) == 1
    await layer.group_add("group", channel)
    return await heard(layer, channel)


async def discard(layer: BaseChannelLayer, channel: str) -> int:
    await layer.group_add("group", channel)
    await layer.group_discard("group", channel)
    await layer.group_send("group", EVENT)
    return await heard(layer, channel)


def add_with_name(name: str) -> Callable[[BaseChannelLayer, str], Awaitable[int]]:
    async def add(layer: BaseChannelLayer, channel: str) -> int:
        await layer.group_add(name, channel)
        await layer.group_send(name, EVENT)
        return await heard(layer, channel)

    return add


OBSERVED: dict[str, Callable[[BaseChannelLayer, str], Awaitable[int]]] = {
    "group_add() twice, with the same channel": add_twice,
    "group_discard() of a channel that is no member": discard_no_member,
    "group_send() to a group without members": send_to_nobody,
    "group_send() from code that is no member": send_from_outside,
    "one event each for two groups, a channel in both": send_to_two_groups,
    "group_add(), for what others have heard already": add_late,
    "group_discard(), for what is sent afterwards": discard,
    "group_add(), with a name of 99 letters": add_with_name("x" * 99),
    "group_add(), with a name of 100 letters": add_with_name("x" * 100),
    "group_add(), with a space in the name": add_with_name("the lobby"),
}
WORDS = {
    0: {"nothing"},
    1: {"each event once", "the members hear it"},
    2: {"two events"},
}


def test_every_row_is_observed() -> None:
    assert [row["What"] for row in rows_of("groups/calls.csv")] == list(OBSERVED)


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("In memory", "In memory and queue"),
        ("Queue", "In memory and queue"),
        ("Pub/sub", "Pub/sub"),
    ],
)
@pytest.mark.parametrize("row", facts("groups/calls.csv"))
async def test_a_call(row: Row, kind: str, column: str, redis_url: str) -> None:
    layer = make_layer(kind, redis_url)
    try:
        number = await OBSERVED[row["What"]](layer, await layer.new_channel())
    except TypeError:
        assert row[column] == "TypeError"
    else:
        assert row[column] in WORDS[number]
    finally:
        await layer.flush()
