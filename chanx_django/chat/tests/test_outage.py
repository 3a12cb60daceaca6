"""Redis that does not answer: from the start, or from the middle on."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from chat.outage import TRY_AGAIN
from chat.tests.programs import (
    free_port,
    run,
    run_redis,
    run_server,
    run_worker,
)


def enter(address: str, username: str) -> connect:
    url = f"ws://{address}/ws/chat/lobby/?username={username}"
    return connect(url, origin="http://localhost")


async def say(socket: ClientConnection, message: str) -> None:
    payload = {"message": message, "name": "whatever"}
    await socket.send(json.dumps({"action": "new_chat_message", "payload": payload}))


async def receive(socket: ClientConnection, action: str) -> Any:
    """The payload of the next message with that action."""
    async with asyncio.timeout(10):
        while True:
            message = json.loads(await socket.recv())
            if message["action"] == action:
                return message["payload"]


async def assert_turned_away(socket: ClientConnection) -> None:
    """The client gets a frame that says what to do, then the close."""
    assert await receive(socket, "error") == {"detail": TRY_AGAIN}
    with pytest.raises(ConnectionClosed) as closed:
        await socket.recv()
    assert closed.value.rcvd
    assert closed.value.rcvd.code == 4013


@pytest.mark.parametrize(
    "command", [["runserver", "--noreload", "0"], ["runworker", "dice"]]
)
def test_a_program_says_how_to_start_redis(tmp_path: Path, command: list[str]) -> None:
    port = free_port()
    url = f"redis://:secret@127.0.0.1:{port}"

    with run(tmp_path / "log", [sys.executable, "manage.py", *command], url) as program:
        program.wait_for(f"Redis does not answer at 127.0.0.1:{port}.\n.*redis-server")

    assert "secret" not in program.log.read_text()
    assert "Traceback" not in program.log.read_text()


@pytest.mark.parametrize(
    ("redis_url", "sentence"),
    [
        ("", "A worker gets its tasks over Redis."),
        ("localhost", "REDIS_URL is not an address"),
    ],
)
def test_a_worker_without_an_address_says_what_to_set(
    tmp_path: Path, redis_url: str, sentence: str
) -> None:
    command = [sys.executable, "manage.py", "runworker", "dice"]

    with run(tmp_path / "log", command, redis_url) as program:
        assert program.process.wait(timeout=60) == 1

    assert sentence in program.log.read_text()
    assert "Traceback" not in program.log.read_text()


async def test_the_chat_recovers_when_redis_comes_back(tmp_path: Path) -> None:
    port = free_port()
    url = f"redis://127.0.0.1:{port}"
    with (
        run_server(tmp_path / "server.log", url) as (address, server),
        run_worker(tmp_path / "worker.log", url) as worker,
    ):
        async with enter(address, "early") as early:
            await assert_turned_away(early)

        with run_redis(tmp_path / "redis1.log", port):
            alice = await enter(address, "alice")
            bob = await enter(address, "bob")
            for socket in [alice, bob]:
                # The server answers only after it has put the client into the room.
                await socket.send(json.dumps({"action": "ping"}))
                await receive(socket, "pong")
            await say(alice, "hello")
            assert (await receive(bob, "new_chat_message"))["message"] == "hello"

        await say(alice, "does anybody hear me?")
        await assert_turned_away(alice)
        async with enter(address, "newcomer") as newcomer:
            await assert_turned_away(newcomer)

        with run_redis(tmp_path / "redis2.log", port):
            async with enter(address, "carol") as carol:
                # Bob never left. The server has subscribed him again by itself.
                assert await hears(bob, carol)

                await say(carol, "/roll 1d1")
                assert (await receive(carol, "dice_rolled"))["total"] == 1

    await bob.close()
    for program in [server, worker]:
        program.wait_for("Redis does not answer")
        assert "Traceback" not in program.log.read_text()


async def test_nobody_notices_an_outage_in_a_quiet_hour(tmp_path: Path) -> None:
    port = free_port()
    url = f"redis://127.0.0.1:{port}"
    with (
        run_server(tmp_path / "server.log", url) as (address, _),
        run_redis(tmp_path / "redis.log", port) as redis,
        run_worker(tmp_path / "worker.log", url),
    ):
        async with enter(address, "alice") as alice:
            await say(alice, "/roll 1d1")
            assert (await receive(alice, "dice_rolled"))["total"] == 1

        redis.process.kill()
        redis.process.wait()
        with run_redis(tmp_path / "redis_again.log", port):
            async with enter(address, "alice") as alice:
                await say(alice, "/roll 1d1")
                assert (await receive(alice, "dice_rolled"))["total"] == 1


async def hears(listener: ClientConnection, speaker: ClientConnection) -> bool:
    """Whether a message arrives within 10 seconds, when it is said again and again."""
    hearing = asyncio.create_task(receive(listener, "new_chat_message"))
    while not hearing.done():
        await say(speaker, "can you hear me?")
        await asyncio.wait([hearing], timeout=0.2)
    return bool(hearing.result())
