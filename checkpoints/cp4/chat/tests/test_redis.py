"""Two servers and a worker that share one Redis, all of them real processes."""

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from redis import Redis
from websockets.asyncio.client import ClientConnection, connect

from chat.tests.programs import (
    Program,
    allow_files,
    free_port,
    run_redis,
    run_server,
    run_worker,
)

ROLL = re.compile(r"rolled 1d1000: (\d+) = \1")


@dataclass
class Site:
    """Everything that runs behind the chat."""

    addresses: list[str]
    servers: list[Program]
    worker: Program


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
        yield Site(
            [address for address, _ in servers],
            [server for _, server in servers],
            stack.enter_context(run_worker(logs / "worker.log", url)),
        )


def enter(address: str, room: str, username: str) -> connect:
    url = f"ws://{address}/ws/chat/{room}/?username={username}"
    return connect(url, origin="http://localhost", open_timeout=100)


async def receive(socket: ClientConnection) -> Any:
    async with asyncio.timeout(60):
        return json.loads(await socket.recv())


async def test_a_message_crosses_servers(site: Site) -> None:
    async with (
        enter(site.addresses[0], "lobby", "alice") as alice,
        enter(site.addresses[1], "lobby", "bob") as bob,
    ):
        await alice.send("hello")

        for socket in [alice, bob]:
            assert await receive(socket) == {"username": "alice", "message": "hello"}

    pid = site.servers[0].process.pid
    site.servers[0].wait_for(rf"\[process {pid}\] chat.consumers: 'alice' sent 'hello'")


async def test_a_worker_rolls_for_everybody_in_the_room(site: Site) -> None:
    async with (
        enter(site.addresses[0], "dice", "alice") as alice,
        enter(site.addresses[1], "dice", "bob") as bob,
    ):
        await bob.send("/roll 3d1")

        result = "rolled 3d1: 1 + 1 + 1 = 3"
        for socket in [alice, bob]:
            assert await receive(socket) == {"username": "bob", "message": result}

    pid = site.worker.process.pid
    site.worker.wait_for(rf"\[process {pid}\] chat.workers: 'bob' {re.escape(result)}")
    for server in site.servers:
        assert "rolled" not in server.log.read_text()


async def test_300_clients_enter_at_once_and_leave_without_a_trace(site: Site) -> None:
    async with AsyncExitStack() as stack:
        sockets = await asyncio.gather(
            *(
                stack.enter_async_context(enter(site.addresses[0], "crowd", f"n{n}"))
                for n in range(300)
            )
        )
        await sockets[0].send("can everybody hear me?")
        heard = await asyncio.gather(*(receive(socket) for socket in sockets))
        assert [message["username"] for message in heard] == ["n0"] * 300

        await asyncio.gather(*(socket.close() for socket in sockets[1:]))

        # Long enough for a time-out of redis-py, and for Daphne to log what failed.
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(15):
                await sockets[0].recv()
        await sockets[0].send("I am still here")
        assert (await receive(sockets[0]))["message"] == "I am still here"

    for program in [*site.servers, site.worker]:
        assert not re.search("Traceback|Exception|ERROR", program.log.read_text())


async def test_rolls_wait_for_a_worker(tmp_path: Path) -> None:
    port = free_port()
    url = f"redis://127.0.0.1:{port}"
    with (
        run_redis(tmp_path / "redis.log", port),
        run_server(tmp_path / "server.log", url) as (address, _),
    ):
        async with enter(address, "dice", "alice") as alice:
            for _ in range(101):
                await alice.send("/roll 1d1000")
            # The queue holds 100 tasks.
            assert "Too many rolls" in (await receive(alice))["error"]
            # Others may use the same Redis.
            with Redis(port=port) as redis:
                names = [*redis.pubsub_channels(), *redis.keys()]
            prefix = settings.LAYER_PREFIX.encode()
            assert all(name.startswith(prefix) for name in names)

            with run_worker(tmp_path / "worker.log", url):
                rolls = [await receive(alice) for _ in range(100)]

    assert all(ROLL.fullmatch(roll["message"]) for roll in rolls)
