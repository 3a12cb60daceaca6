"""How long everybody else waits while many answers stream."""

import asyncio
import gc
import json
import os
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection

from tests.conftest import Note
from tests.limits.conftest import MEASURED, seconds_of_yardstick
from tests.limits.programs import Programs
from tests.support.clients import open_socket, receive, send, wait_until_answered
from tests.support.running import Server

ANSWERS = 50
LONGEST_WAIT = 0.05
# What stops the loop does so in each new server. Other things that the computer does
# can't be told from it in every case, but come at another time.
TRIALS = 3
QUESTION = "How do I reconnect?"


def seconds_without_processor(*pids: int) -> float:
    """For how long all threads of these processes waited for a processor so far.

    Only Linux tells it.
    """
    return (
        sum(
            int(file.read_text().split()[1])
            for pid in pids
            for file in Path(f"/proc/{pid}/task").glob("*/schedstat")
        )
        / 1e9
    )


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Keeps this process, which measures, from stopping by itself."""
    gc.disable()
    yield
    gc.enable()


async def longest_wait(server: Server, url: str, is_over: asyncio.Event) -> float:
    """Ping until it is over. How long the slowest pong took the server."""
    pids = server.process.pid, os.getpid()
    longest = 0.0
    async with open_socket(url) as pinger:
        await wait_until_answered(pinger)
        while not is_over.is_set():
            lost, began = seconds_without_processor(*pids), time.perf_counter()
            await wait_until_answered(pinger)
            took = time.perf_counter() - began
            lost = seconds_without_processor(*pids) - lost
            longest = max(longest, took - lost)
            await asyncio.sleep(0.01)
    return longest


async def hear_all(asker: ClientConnection) -> None:
    end = await receive(asker, "complete_streaming")
    assert end["state"] == "complete"


async def try_it(server: Server) -> float:
    """Have many answers stream at once. How long the slowest pong took meanwhile."""
    url = f"ws://{server.address}/ws/assistants/"
    async with AsyncExitStack() as stack:
        askers = [
            await stack.enter_async_context(open_socket(url)) for _ in range(ANSWERS)
        ]
        is_over = asyncio.Event()
        pinging = asyncio.create_task(longest_wait(server, url, is_over))
        for asker in askers:
            await send(asker, "assistant_message", QUESTION)
        await asyncio.gather(*map(hear_all, askers))
        is_over.set()
        return await pinging


@pytest.mark.timed
async def test_many_answers_make_nobody_wait_long(
    programs: Programs, note: Note
) -> None:
    """On a slower computer than the one that the pages are about, in proportion."""
    yardstick = json.loads(MEASURED.read_text())["yardstick.seconds"]
    most = LONGEST_WAIT * max(1, seconds_of_yardstick() / yardstick)

    longest: list[float] = []
    with no_garbage_collection():
        while len(longest) < TRIALS and not any(wait < most for wait in longest):
            longest.append(await try_it(programs.server()))

    note("longest waits", ", ".join(f"{wait * 1000:.0f} ms" for wait in longest))
    assert min(longest) < most
