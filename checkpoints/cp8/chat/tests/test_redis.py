"""Two servers and two workers that share one Redis, all of them real processes."""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from chanx.constants import EVENT_ACTION_COMPLETE
from django.core.management import CommandError, call_command
from pytest_django import Settings
from websockets.asyncio.client import ClientConnection, connect

from chat.tests.conftest import Join
from chat.tests.programs import (
    PROJECT,
    Program,
    allow_files,
    free_port,
    run_redis,
    run_server,
    run_worker,
)


@dataclass
class Site:
    """Everything that runs behind the chat."""

    redis_url: str
    addresses: list[str]
    servers: list[Program]
    workers: list[Program]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    # For 300 clients here, and for as many at a server.
    allow_files(1024)
    logs = tmp_path_factory.mktemp("site")
    port = free_port()
    url = f"redis://127.0.0.1:{port}"
    with ExitStack() as stack:
        stack.enter_context(run_redis(logs / "redis.log", port))
        servers = [
            stack.enter_context(run_server(logs / f"server{number}.log", url))
            for number in [1, 2]
        ]
        workers = [
            stack.enter_context(run_worker(logs / f"worker{number}.log", url))
            for number in [1, 2]
        ]
        yield Site(
            url,
            [address for address, _ in servers],
            [server for _, server in servers],
            workers,
        )


@asynccontextmanager
async def enter(
    address: str, room: str, query: str = ""
) -> AsyncIterator[ClientConnection]:
    url = f"ws://{address}/ws/chat/{room}/{query}"
    async with connect(url, origin="http://localhost", open_timeout=100) as socket:
        # A server answers only after it has put the client into the room.
        await socket.send(json.dumps({"action": "ping"}))
        await receive(socket, "pong")
        yield socket


async def say(socket: ClientConnection, message: str, id: str | None = None) -> None:
    payload = {"message": message, "name": "whatever", "id": id}
    await socket.send(json.dumps({"action": "new_chat_message", "payload": payload}))


async def receive(socket: ClientConnection, action: str) -> Any:
    """The payload of the next message with that action."""
    async with asyncio.timeout(60):
        while True:
            message = json.loads(await socket.recv())
            if message["action"] == action:
                return message["payload"]


async def names(socket: ClientConnection, expected: set[str]) -> set[str]:
    """Who is here, asked once and answered by one server after the other."""
    await socket.send(json.dumps({"action": "who_is_here"}))
    names: set[str] = set()
    while names != expected:
        names |= set((await receive(socket, "members"))["names"])
    return names


async def test_a_message_crosses_servers(site: Site) -> None:
    async with (
        enter(site.addresses[0], "lobby", "?username=alice") as alice,
        enter(site.addresses[1], "lobby", "?username=bob") as bob,
    ):
        assert (await receive(alice, "user_joined"))["name"] == "bob"
        await say(alice, "hello")

        message = await receive(bob, "new_chat_message")
        assert (message["name"], message["message"]) == ("alice", "hello")

    pid = site.servers[0].process.pid
    site.servers[0].wait_for(
        rf"\[process {pid}\] chat.consumers.chat_consumer: 'alice' sent 'hello'"
    )


async def test_every_server_answers_who_is_here(site: Site) -> None:
    async with (
        enter(site.addresses[0], "both", "?username=alice") as alice,
        enter(site.addresses[1], "both", "?username=bob"),
        enter(site.addresses[1], "both", "?username=carol"),
    ):
        everybody = {"alice", "bob", "carol"}

        assert await names(alice, everybody) == everybody


async def test_nobody_has_left_who_is_still_at_another_server(site: Site) -> None:
    """Not by a second window of that name, and not by an old connection that ends."""
    first, second = site.addresses
    async with enter(first, "stay", "?username=bob") as bob:
        async with enter(first, "stay", "?username=alice") as alice:
            async with enter(second, "stay", "?username=alice"):
                pass
            await say(alice, "I am here")
            async with enter(second, "stay", "?username=alice") as alice_again:
                await alice.close()
                # Long enough for both servers to find out that she has not left.
                await asyncio.sleep(4)
                await say(alice_again, "and stay")
                heard = [json.loads(await bob.recv()) for _ in range(5)]

        actions = Counter(message["action"] for message in heard)
        assert actions == {"user_joined": 3, "new_chat_message": 2}
        assert (await receive(bob, "user_left"))["name"] == "alice"


async def test_who_changes_servers_has_not_left(site: Site) -> None:
    first, second = site.addresses
    async with enter(first, "move", "?username=bob") as bob:
        async with enter(first, "move", "?username=alice"):
            pass
        async with enter(second, "move", "?username=alice") as alice:
            await asyncio.sleep(4)
            await say(alice, "back again")
            heard = [json.loads(await bob.recv())["action"] for _ in range(3)]

    assert heard == ["user_joined", "user_joined", "new_chat_message"]


async def test_a_roll_that_is_asked_for_again_is_done_once(site: Site) -> None:
    """As by a page that was cut off before it learned that it had been heard."""
    async with enter(site.addresses[0], "again") as alice:
        ids = ["a", "a", *"bcdefghijk"]
        for id in ids:
            await say(alice, "/roll 1d6", id)

        rolled = [await receive(alice, "dice_rolled") for _ in set(ids)]
        assert sorted(roll["id"] for roll in rolled) == sorted(set(ids))


async def test_each_room_has_ids_of_its_own(site: Site) -> None:
    async with (
        enter(site.addresses[0], "one", "?username=alice") as alice,
        enter(site.addresses[0], "two", "?username=alice") as alice_elsewhere,
    ):
        for socket in [alice, alice_elsewhere]:
            await say(socket, "/roll 1d6", "a roll")
            assert (await receive(socket, "dice_rolled"))["id"] == "a roll"


async def test_each_roll_is_done_exactly_once(site: Site) -> None:
    async with (
        enter(site.addresses[0], "dice", "?username=alice") as alice,
        enter(site.addresses[1], "dice", "?username=bob") as bob,
    ):
        assert (await receive(alice, "user_joined"))["name"] == "bob"
        for _ in range(40):
            await say(alice, "/roll 1d1000")
            await say(bob, "/roll 1d1000")
        rolls = [await receive(alice, "dice_rolled") for _ in range(80)]
        assert [await receive(bob, "dice_rolled") for _ in range(80)] == rolls

        # Whatever was rolled twice would arrive before this.
        await say(bob, "that was all")
        last = json.loads(await alice.recv())
        assert last["payload"]["message"] == "that was all"

    for username in ["alice", "bob"]:
        assert sum(roll["name"] == username for roll in rolls) == 40
    for worker in site.workers:
        pid = worker.process.pid
        worker.wait_for(rf"\[process {pid}\] chat.workers: '(alice|bob)' rolled 1d1000")


async def test_300_clients_enter_at_once_and_leave_without_a_trace(site: Site) -> None:
    address = site.addresses[0]
    async with AsyncExitStack() as stack:
        speaker = await stack.enter_async_context(
            enter(address, "crowd", "?username=speaker")
        )
        listeners = await asyncio.gather(
            *(stack.enter_async_context(enter(address, "crowd")) for _ in range(300))
        )
        await say(speaker, "can everybody hear me?")
        for listener in listeners:
            heard = await receive(listener, "new_chat_message")
            assert heard["name"] == "speaker"

        await asyncio.gather(*(listener.close() for listener in listeners))

        # Long enough for a time-out of redis-py, and for Daphne to log what failed.
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(6):
                await speaker.recv()

        await speaker.send(json.dumps({"action": "ping"}))
        await receive(speaker, "pong")

    for program in [*site.servers, *site.workers]:
        assert not re.search("Traceback|Exception|ERROR", program.log.read_text())


def announce(site: Site, *arguments: str) -> str:
    """What `manage.py announce` answers, its errors included."""
    command = [sys.executable, "manage.py", "announce", *arguments]
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "REDIS_URL": site.redis_url,
    }
    done = subprocess.run(
        command, cwd=PROJECT, env=env, capture_output=True, text=True, timeout=60
    )
    return (done.stdout + done.stderr).strip()


async def test_a_command_announces_to_everybody_or_to_a_room(site: Site) -> None:
    async with (
        enter(site.addresses[0], "kitchen", "?username=alice") as alice,
        enter(site.addresses[1], "garden", "?username=bob") as bob,
    ):
        # In a thread: meanwhile, the two clients have to answer the server's pings.
        told = await asyncio.to_thread(announce, site, "Rain!", "--room", "garden")
        assert told == "Announced to garden."
        told = await asyncio.to_thread(announce, site, "Lunch!")
        assert told == "Announced to everybody."

        assert (await receive(alice, "announcement"))["message"] == "Lunch!"
        assert (await receive(bob, "announcement"))["message"] == "Rain!"
        assert (await receive(bob, "announcement"))["message"] == "Lunch!"


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["Hello", "--room", ""], "at most 80 characters"),
        (["Hello", "--room", "x" * 81], "at most 80 characters"),
        (["Hello", "--room", "a/b"], "without /"),
        (["Hello", "--room", "\udcff"], "no text in UTF-8"),
        (["\udcff"], "valid string"),
        ([""], "at least 1 character"),
        (["x" * 4097], "at most 4096 characters"),
    ],
)
async def test_what_cannot_be_announced_is_told_to_nobody(
    join: Join, settings: Settings, arguments: list[str], fault: str
) -> None:
    command = sync_to_async(call_command)
    alice = await join("kitchen")
    settings.REDIS_URL = "redis://localhost"

    with pytest.raises(CommandError, match=fault) as refused:
        await command("announce", *arguments)

    assert "\n" not in str(refused.value)
    await command("announce", "The end")
    [heard] = await alice.receive_all_messages(EVENT_ACTION_COMPLETE)
    assert heard.payload.message == "The end"


async def test_rolls_wait_for_a_worker(tmp_path: Path) -> None:
    port = free_port()
    url = f"redis://127.0.0.1:{port}"
    with (
        run_redis(tmp_path / "redis.log", port),
        run_server(tmp_path / "server.log", url) as (address, _),
    ):
        async with enter(address, "dice", "?username=alice") as alice:
            for _ in range(20):
                await say(alice, "/roll 1d1000")

            with run_worker(tmp_path / "worker.log", url):
                for _ in range(20):
                    assert (await receive(alice, "dice_rolled"))["name"] == "alice"
