"""What a client costs that asks for long answers and does not read them."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection

from tests.limits.programs import Programs
from tests.support.clients import open_socket, receive, send, wait_until_answered
from tests.support.visitors import Visitor

# As JSON, a character takes 12 bytes.
TEXT = "\N{GRINNING FACE}" * 1000
TEN_MEGABYTES = 10_000_000
CHARACTERS_OF_AN_ANSWER = 16_000
TIMES = 100
ANY_SPEED = {"RATE_LIMIT_BURST": "1000000"}
# All of it would take 18. The computer's own buffers are not the server's.
MOST_MEBIBYTES = 4


@asynccontextmanager
async def service() -> AsyncIterator[str]:
    """A service that speaks OpenAI's protocol, and answers 10 MB to everything."""
    choice = {"index": 0, "delta": {"content": TEXT}}
    event = f"data: {json.dumps({'id': 'c', 'choices': [choice]})}\n\n".encode()

    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        # The other side has enough, or the test is over.
        with suppress(ConnectionError, asyncio.CancelledError):
            for _ in range(TEN_MEGABYTES // len(event)):
                writer.write(event)
                await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"


@asynccontextmanager
async def never_reading(
    address: str, headers: dict[str, str]
) -> AsyncIterator[ClientConnection]:
    """A client that takes nothing from its connection any more."""
    host, port = address.split(":")
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect((host, int(port)))
    connection.setblocking(False)
    client = await open_socket(
        f"ws://{address}/ws/assistants/",
        sock=connection,
        compression=None,
        additional_headers=headers,
    )
    await wait_until_answered(client)
    client.transport.pause_reading()
    yield client
    client.transport.abort()


async def answer_of(client: ClientConnection) -> tuple[str, dict[str, Any]]:
    """The text that comes next, piece by piece without a hole, and how it ends."""
    texts: list[str] = []
    while True:
        message = json.loads(await client.recv())
        payload = message["payload"]
        if message["action"] == "complete_streaming":
            return "".join(texts), payload
        if message["action"] == "streaming":
            texts.append(payload["content"])
            assert payload["index"] == len(texts)


@pytest.mark.timed
@pytest.mark.parametrize("kind", ["daphne", "uvicorn"])
async def test_who_does_not_read_slows_no_answer_but_his_own(
    programs: Programs, kind: str
) -> None:
    async with service() as url:
        start = programs.server if kind == "daphne" else programs.uvicorn
        variables = {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "none", **ANY_SPEED}
        server = start("", **variables)
        visitor = Visitor(server.address)
        await asyncio.to_thread(visitor.get, "/assistants/")
        headers = visitor.headers
        async with (
            never_reading(server.address, headers) as slow,
            open_socket(
                f"ws://{server.address}/ws/assistants/", additional_headers=headers
            ) as reader,
        ):
            await send(reader, "assistant_message", "How do I reconnect?")
            known = {"id": (await receive(reader, "streaming_start"))["id"], "index": 0}
            text, end = await answer_of(reader)
            assert "Cut after 16,000 characters." in end["content"]
            assert text == (TEXT * 16)[:CHARACTERS_OF_AN_ANSWER]

            before = server.mebibytes
            for _ in range(TIMES):
                for client in slow, reader:
                    await send(client, "resume_streaming", known)
                assert (await answer_of(reader))[0] == text
            growth = server.mebibytes - before
            print(f"{kind}: {growth:.1f} MiB")

            slow.transport.resume_reading()
            assert (await answer_of(slow))[0] == text
            assert growth < MOST_MEBIBYTES
