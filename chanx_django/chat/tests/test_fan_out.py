"""What a group may rely on, however its messages reach its members."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from channels.layers import get_channel_layer
from redis.exceptions import RedisError

from accounts import rights, watcher
from chat import delivery, fan_out, load, presence
from chat.fan_out import CLOSE_TOO_SLOW, broadcast, local_groups
from chat.load import Plan, enter_rooms, talk
from chat.messages import Announcement, AnnouncementPayload
from chat.rooms import EVERYBODY, group_of
from chat.tests.conftest import Join
from chat.tests.programs import run_server
from config.asgi import application

Send = Callable[[Any], Awaitable[None]]

LOBBY = group_of("lobby")


def announcement(text: str) -> Announcement:
    return Announcement(payload=AnnouncementPayload(message=text))


class Member:
    """One in the lobby whose connection does what a test wants it to do."""

    def __init__(self, connection: Send) -> None:
        self.connection = connection
        self.heard: list[str] = []
        self.code = 0
        self.to_server: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.is_in = asyncio.Event()
        self.is_closed = asyncio.Event()

    async def from_server(self, event: Any) -> None:
        if event["type"] == "websocket.close":
            self.code = event["code"]
            self.to_server.put_nowait({"type": "websocket.disconnect", "code": 1006})
            self.is_closed.set()
        elif event["type"] == "websocket.send":
            message = json.loads(event["text"])
            if message["action"] == "pong":
                self.is_in.set()
            elif message["action"] == "announcement":
                await self.connection(message)
                self.heard.append(message["payload"]["message"])

    async def run(self) -> None:
        scope = {
            "type": "websocket",
            "path": "/ws/chat/lobby/",
            "query_string": b"username=ada",
            "headers": [(b"origin", b"http://localhost")],
        }
        self.to_server.put_nowait({"type": "websocket.connect"})
        ping = {"type": "websocket.receive", "text": json.dumps({"action": "ping"})}
        self.to_server.put_nowait(ping)
        await application(scope, self.to_server.get, self.from_server)


async def sound(_message: Any) -> None:
    """What a connection does that works."""


@asynccontextmanager
async def members(*connections: Send) -> AsyncIterator[list[Member]]:
    """Members of the lobby with such connections."""
    all_members = [Member(connection) for connection in connections]
    tasks = [asyncio.create_task(member.run()) for member in all_members]
    try:
        for member in all_members:
            await asyncio.wait_for(member.is_in.wait(), 10)
        yield all_members
    finally:
        for member in all_members:
            member.to_server.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110, it changes in many ways
            await asyncio.sleep(0.01)


async def test_the_process_is_in_a_group_once_and_as_long_as_a_member(
    join: Join,
) -> None:
    layer: Any = get_channel_layer()
    alice, bob = await join(), await join()
    await join("attic")

    assert {group: len(channels) for group, channels in layer.groups.items()} == {
        LOBBY: 1,
        group_of("attic"): 1,
        EVERYBODY: 1,
    }

    await alice.disconnect()
    assert LOBBY in layer.groups

    await bob.disconnect()
    await until(lambda: set(layer.groups) == {group_of("attic"), EVERYBODY})
    assert set(local_groups) == {group_of("attic"), EVERYBODY}


async def test_nothing_is_left_of_a_connection_however_it_ends() -> None:
    layer: Any = get_channel_layer()
    before = asyncio.all_tasks()

    async with members(sound, sound) as (alice, bob):
        alice.to_server.put_nowait({"type": "nobody handles this"})
        bob.to_server.put_nowait({"type": "websocket.disconnect", "code": 1006})
        await until(lambda: not local_groups)

    # The watcher goes on as long as the server does.
    await until(lambda: asyncio.all_tasks() - before <= {watcher._watcher})
    assert not layer.groups
    assert not rights.held
    assert not presence.names(LOBBY)


async def test_those_who_come_first_at_once_wait_until_the_group_is_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    layer: Any = get_channel_layer()
    layer_answers = asyncio.Event()
    group_add = layer.group_add

    async def slow_group_add(group: str, channel: str) -> None:
        await layer_answers.wait()
        await group_add(group, channel)

    monkeypatch.setattr(layer, "group_add", slow_group_add)
    alice, bob = Member(sound), Member(sound)
    tasks = [asyncio.create_task(member.run()) for member in [alice, bob]]
    await until(
        lambda: len(local_groups.get(LOBBY, fan_out.LocalGroup("")).members) == 2
    )
    await asyncio.sleep(0.1)
    assert not alice.is_in.is_set()
    assert not bob.is_in.is_set()

    layer_answers.set()
    await asyncio.wait_for(asyncio.gather(alice.is_in.wait(), bob.is_in.wait()), 10)

    assert len(layer.groups[LOBBY]) == 1
    await broadcast(announcement("Welcome."), LOBBY)
    await until(lambda: alice.heard == bob.heard == ["Welcome."])
    for member in [alice, bob]:
        member.to_server.put_nowait({"type": "websocket.disconnect", "code": 1000})
    await asyncio.gather(*tasks)


async def test_nothing_is_left_of_a_group_that_cannot_be_joined(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    layer: Any = get_channel_layer()
    group_add = layer.group_add

    async def break_down(group: str, channel: str) -> None:
        await group_add(group, channel)
        raise RedisError("The connection is lost.")

    monkeypatch.setattr(layer, "group_add", break_down)
    alice: Any = Member(sound)
    with pytest.raises(RedisError):
        await fan_out.LocalGroup(LOBBY).enter(alice)

    assert not layer.groups


async def test_one_who_leaves_in_the_middle_of_a_broadcast_disturbs_nobody() -> None:
    async def leave(_message: Any) -> None:
        """Have another one leave while this one is told."""
        other.to_server.put_nowait({"type": "websocket.disconnect", "code": 1006})
        await until(lambda: len(local_groups[LOBBY].members) == 4)

    async with members(leave, sound, sound, sound, sound) as (_, *rest):
        other = rest[0]
        await broadcast(announcement("Rain!"), LOBBY)
        await until(lambda: all(member.heard for member in rest[1:]))

        await broadcast(announcement("Sun!"), LOBBY)
        await until(lambda: all(len(member.heard) == 2 for member in rest[1:]))

    assert all(member.heard == ["Rain!", "Sun!"] for member in rest[1:])


async def test_one_who_cannot_be_sent_to_leaves_all_groups_and_is_closed() -> None:
    async def fail(_message: Any) -> None:
        raise OSError("broken pipe")

    async with members(sound, sound, fail, sound, sound) as everybody:
        broken = everybody.pop(2)
        await broadcast(announcement("Rain!"), LOBBY)
        await asyncio.wait_for(broken.is_closed.wait(), 10)
        await until(lambda: all(member.heard == ["Rain!"] for member in everybody))

        assert broken.code == CLOSE_TOO_SLOW
        assert len(local_groups[LOBBY].members) == 4
        assert len(local_groups[EVERYBODY].members) == 4


async def test_a_burst_is_heard_in_order() -> None:
    texts = [str(number) for number in range(1000)]

    async with members(sound, sound) as everybody:
        await asyncio.gather(*(broadcast(announcement(text), LOBBY) for text in texts))

        await until(lambda: all(len(member.heard) == 1000 for member in everybody))

    assert all(member.heard == texts for member in everybody)


async def test_a_room_is_still_a_room_after_a_month(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with members(sound) as [alice]:
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now + 30 * 24 * 60 * 60)

        await broadcast(announcement("Happy new month."), LOBBY)

        await until(lambda: alice.heard == ["Happy new month."])


@pytest.mark.parametrize("jump", [120, 60 * 365 * 24 * 60 * 60])
async def test_a_room_hears_on_after_the_clock_has_jumped_while_it_was_behind(
    monkeypatch: pytest.MonkeyPatch, jump: int
) -> None:
    is_slow, goes_on = asyncio.Event(), asyncio.Event()

    async def read_slowly(_message: Any) -> None:
        is_slow.set()
        await goes_on.wait()

    monkeypatch.setattr(delivery, "SECONDS_TO_READ", 30)
    async with members(read_slowly, sound) as everybody:
        for text in ["Rain!", "Sun!"]:
            await broadcast(announcement(text), LOBBY)
        await asyncio.wait_for(is_slow.wait(), 10)
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now + jump)
        await broadcast(announcement("Snow!"), LOBBY)
        goes_on.set()

        heard = ["Rain!", "Sun!", "Snow!"]
        await until(lambda: all(member.heard == heard for member in everybody))


BROADCAST = {"type": "fan_out", "texts": ["{}"], "without": "", "only": ""}


@pytest.mark.parametrize(
    "event",
    [
        {"type": "nobody.handles.this"},
        {"type": "dispatch"},
        {"type": "websocket.disconnect", "code": 1000},
        {"type": "websocket.receive", "text": json.dumps({"action": "ping"})},
        {"type": "members.wanted"},
        {"type": "member.wanted", "name": 1, "channel": "a"},
        BROADCAST | {"texts": [1]},
        BROADCAST | {"texts": "{}"},
        BROADCAST | {"without": None},
        {"type": "fan_out"},
        {},
    ],
)
async def test_an_event_that_no_server_sends_disturbs_nobody(event: Any) -> None:
    layer: Any = get_channel_layer()
    async with members(sound, sound) as everybody:
        await layer.group_send(LOBBY, event)
        await broadcast(announcement("Lunch."), LOBBY)

        await until(lambda: all(member.heard for member in everybody))
        assert len(local_groups[LOBBY].members) == 2


async def test_a_thousand_quick_messages_reach_everybody_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "SECONDS_OF_SILENCE", 60)

    with run_server(tmp_path / "server.log", redis_url="") as (address, _):
        plan = Plan(
            urls=[f"ws://{address}"],
            rooms=1,
            members=10,
            messages=1000,
            in_flight=1000,
            rate=None,
        )
        async with AsyncExitStack() as stack:
            rooms = await enter_rooms(plan, lambda: None, stack)
            result = await talk(rooms, lambda: None)

    assert result.expected == 9_000
    assert result.wrong == 0
