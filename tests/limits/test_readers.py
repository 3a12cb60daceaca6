"""What a client that does not read costs the server, and who puts an end to it."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import psutil
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.limits.conftest import Measured
from tests.limits.programs import Programs
from tests.support.clients import (
    SECONDS,
    enter,
    open_socket,
    receive,
    say,
    send,
    url_of,
    wait_until_answered,
)
from tests.support.commands import until
from tests.support.running import Program

pytestmark = pytest.mark.covers("G17")


# Each takes 4 KiB on its way, 8 MiB together.
MESSAGES = 2000
TEXT = "x" * 4000
ANY_SPEED = {"RATE_LIMIT_BURST": "1000000"}
# A server that asks nobody whether he is there, however long a flood takes.
PATIENT = {
    "daphne": ["--ping-interval", "3600"],
    "uvicorn": ["--ws-ping-interval", "3600"],
}


@asynccontextmanager
async def never_reading(address: str) -> AsyncIterator[ClientConnection]:
    """A client that is in the room, and takes nothing from its connection any more."""
    host, port = address.split(":")
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect((host, int(port)))
    connection.setblocking(False)
    client = await open_socket(url_of(address), sock=connection, compression=None)
    await wait_until_answered(client)
    client.transport.pause_reading()
    yield client
    client.transport.abort()


async def flood(address: str) -> None:
    """Say much in the room. Somebody in it reads, and hears it all."""
    async with enter(address) as speaker, enter(address) as listener:
        for number in range(MESSAGES):
            await say(speaker, TEXT)
            if number % 50 == 49:
                for _ in range(50):
                    await receive(listener, "new_chat_message")


async def is_still_in(client: ClientConnection) -> bool:
    """Whether the server answers, once the client reads what has come."""
    client.transport.resume_reading()
    reading = asyncio.create_task(read_all(client))
    try:
        async with asyncio.timeout(SECONDS):
            await (await client.ping())
    except ConnectionClosed:
        return False
    finally:
        reading.cancel()
    return True


async def read_all(client: ClientConnection) -> None:
    with suppress(ConnectionClosed):
        while True:
            await client.recv()


async def keep_sending(client: ClientConnection) -> None:
    with suppress(ConnectionClosed):
        while True:
            await send(client, "ping")
            await asyncio.sleep(0.3)


async def let_go(door: Program, client: ClientConnection) -> None:
    """Wait until the other side has given up the connection of a client."""
    port = client.local_address[1]
    main = psutil.Process(door.process.pid)
    processes = [main, *main.children(recursive=True)]
    await until(
        lambda: not any(is_connected(one, port) for one in processes),
        "the client was not let go",
    )


def is_connected(process: psutil.Process, port: int) -> bool:
    return any(
        connection.raddr
        and connection.raddr.port == port
        and connection.status == psutil.CONN_ESTABLISHED
        for connection in process.net_connections("tcp")
    )


def start_daphne(programs: Programs) -> tuple[str, Program, str]:
    options = ["--ping-interval", "2", "--ping-timeout", "1"]
    server = programs.server("", *options, **ANY_SPEED)
    address = server.address
    return address, server, address


def start_nginx(programs: Programs) -> tuple[str, Program, str]:
    address = programs.server("", **ANY_SPEED).address
    return address, *programs.proxy([address], send_timeout="2s")


@pytest.mark.timed
@pytest.mark.parametrize("start", [start_daphne, start_nginx])
async def test_who_never_reads_and_sends_nothing_is_let_go(
    programs: Programs, start: Callable[[Programs], tuple[str, Program, str]]
) -> None:
    """Faster than in earnest, where it takes Daphne 50 s and nginx 10."""
    address, program, door = start(programs)
    # The one that goes on sending has been in for longer when the other is let go.
    async with never_reading(door) as sender, never_reading(door) as quiet:
        sending = asyncio.create_task(keep_sending(sender))
        await flood(address)
        await let_go(program, quiet)
        sending.cancel()

        assert not await is_still_in(quiet)
        assert await is_still_in(sender)


async def test_on_uvicorn_everybody_who_never_reads_is_let_go(
    programs: Programs,
) -> None:
    server = programs.uvicorn("", *PATIENT["uvicorn"], **ANY_SPEED)
    address = server.address
    async with never_reading(address) as sender, never_reading(address) as quiet:
        sending = asyncio.create_task(keep_sending(sender))
        await flood(address)
        await until(
            lambda: server.output.count("can't be sent to") == 2,
            "the two clients were not let go",
        )
        sending.cancel()

        for client in [quiet, sender]:
            client.transport.resume_reading()
            async with asyncio.timeout(SECONDS):
                await read_all(client)
            assert client.close_code == 4010


@pytest.mark.parametrize("kind", ["daphne", "uvicorn"])
async def test_the_server_keeps_what_a_client_does_not_take(
    programs: Programs, measured: Measured, kind: str
) -> None:
    start = programs.server if kind == "daphne" else programs.uvicorn
    server = start("", *PATIENT[kind], **ANY_SPEED)
    address = server.address
    async with never_reading(address) as slow:
        before = server.mebibytes
        # Somebody else hears all of it meanwhile.
        await flood(address)
        growth = server.mebibytes - before

        slow.transport.resume_reading()
        kept = 0
        closed_with = 0
        try:
            await send(slow, "ping")
            while json.loads(await slow.recv())["action"] != "pong":
                kept += 1
        except ConnectionClosed:
            closed_with = slow.close_code or 0
    measured("slow.sent_mib", MESSAGES * len(TEXT) / 2**20)
    measured(f"slow.{kind}.closed_with", closed_with)
    if kind == "daphne":
        measured("slow.daphne.growth_mib", growth, factor=1.5)
        measured("slow.daphne.kept", kept)
    else:
        # Its send() waits for the client, so the fan-out lets go of it. How much memory
        # that saves is lost in what else the server took meanwhile.
        assert kept < MESSAGES
