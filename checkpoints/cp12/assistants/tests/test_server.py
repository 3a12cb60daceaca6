"""Many answers at once, and a server that is killed, with real servers."""

import asyncio
import json
import sqlite3
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from websockets.asyncio.client import ClientConnection, connect

from chat.tests.programs import run_server

ORIGIN = "http://localhost"
ANSWERS = 50
# In seconds, ten times as long as it takes on a busy machine. A synchronous stream
# would keep each pong waiting for whole answers.
MEDIAN_WAIT = 0.5
LONGEST_WAIT = 4
QUESTION = {"action": "assistant_message", "payload": "How do I reconnect?"}


def cookie_from(server: str) -> dict[str, str]:
    """The header with which a browser comes that has visited the page."""
    with urlopen(f"http://{server}/assistants/") as response:
        cookie = response.headers["set-cookie"].partition(";")[0]
    return {"Cookie": cookie}


def client_of(server: str, cookie: dict[str, str] | None = None) -> Any:
    return connect(
        f"ws://{server}/ws/assistants/", origin=ORIGIN, additional_headers=cookie
    )


async def send(socket: ClientConnection, message: dict[str, Any]) -> None:
    await socket.send(json.dumps(message))


async def hear(socket: ClientConnection, action: str) -> dict[str, Any]:
    """The payload of the next message of that kind."""
    while (message := json.loads(await socket.recv()))["action"] != action:
        assert message["action"] != "error", message
    payload: dict[str, Any] = message["payload"]
    return payload


async def waits(socket: ClientConnection, is_over: asyncio.Event) -> list[float]:
    """Ping until it is over. How long each pong took, the longest last."""
    found = []
    while not is_over.is_set():
        began = time.perf_counter()
        await send(socket, {"action": "ping"})
        await socket.recv()
        found.append(time.perf_counter() - began)
        await asyncio.sleep(0.01)
    return sorted(found)


async def test_the_event_loop_stays_free_while_many_answers_stream(
    tmp_path: Path,
) -> None:
    with run_server(tmp_path / "log", "") as (server, _):
        async with AsyncExitStack() as stack:
            enter = stack.enter_async_context
            askers = [await enter(client_of(server)) for _ in range(ANSWERS)]
            pinger = await enter(client_of(server))
            for asker in askers:
                await send(asker, QUESTION)
            for asker in askers:
                await hear(asker, "streaming")
            is_over = asyncio.Event()
            pinging = asyncio.create_task(waits(pinger, is_over))
            ends = [await hear(asker, "complete_streaming") for asker in askers]
            is_over.set()
            found = await pinging

    assert {end["state"] for end in ends} == {"complete"}
    median, longest = found[len(found) // 2], found[-1]
    print(
        f"Of {len(found)} pongs, half took {median:.3f} s, none over {longest:.3f} s."
    )
    assert median < MEDIAN_WAIT
    assert longest < LONGEST_WAIT


async def test_a_server_killed_in_the_middle_loses_no_piece(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with run_server(log, "") as (server, program):
        cookie = cookie_from(server)
        async with client_of(server, cookie) as socket:
            await send(socket, QUESTION)
            seen = await hear(socket, "streaming")
            program.process.kill()

    with sqlite3.connect(tmp_path / "db.sqlite3") as database:
        database.execute("UPDATE assistants_answer SET alive_at = '2000-01-01'")
    with run_server(log, "") as (server, _):
        async with client_of(server, cookie) as socket:
            known = {"id": seen["id"], "index": 0}
            await send(socket, {"action": "resume_streaming", "payload": known})
            assert await hear(socket, "streaming") == seen
            end = await hear(socket, "complete_streaming")
            assert end["state"] == "broken"
            assert "Ask again" in end["content"]
            await send(socket, QUESTION)
            assert (await hear(socket, "streaming_start"))["id"] > seen["id"]
