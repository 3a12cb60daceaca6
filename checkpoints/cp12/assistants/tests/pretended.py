"""A service that speaks OpenAI's protocol, well or as one that fails."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

Behave = Callable[[asyncio.StreamWriter], Awaitable[None]]

STREAM = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"


class Service:
    """Where it listens, and what it was asked."""

    def __init__(self, behave: Behave) -> None:
        self.behave = behave
        self.port = 0
        self.asked = b""

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Read one request, and answer it."""
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r")[0])
        self.asked = head + await reader.readexactly(length)
        # The client has enough, or the test is over.
        with suppress(ConnectionError, asyncio.CancelledError):
            await self.behave(writer)
        writer.close()


@asynccontextmanager
async def run_service(behave: Behave) -> AsyncIterator[Service]:
    """A service that listens until the block ends."""
    service = Service(behave)
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0, limit=2**20)
    service.port = server.sockets[0].getsockname()[1]
    yield service
    server.close()


def chunk(text: str) -> str:
    """One event of the stream."""
    choice = {"index": 0, "delta": {"content": text}}
    return f"data: {json.dumps({'id': 'c', 'choices': [choice]})}\n\n"


async def write(writer: asyncio.StreamWriter, *parts: str) -> None:
    """Send parts of an answer, each by itself."""
    for part in parts:
        writer.write(part.encode())
        await writer.drain()


async def answer_well(writer: asyncio.StreamWriter) -> None:
    """Say hello."""
    await write(writer, STREAM, chunk("Hello, "), chunk("<b>world</b>"))
    await write(writer, "data: [DONE]\n\n")


def refuse(status: str, *headers: str) -> Behave:
    """Answer with a status, and repeat the key, as some do."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        body = json.dumps({"error": {"message": "Incorrect API key: the-secret-key"}})
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
        await write(writer, "\r\n".join(lines), "\r\n\r\n", body)

    return behave


async def stall_at_once(writer: asyncio.StreamWriter) -> None:
    """Say nothing at all."""
    await asyncio.sleep(100)


async def stall_in_the_middle(writer: asyncio.StreamWriter) -> None:
    """Say a word, and then nothing."""
    await write(writer, STREAM, chunk("Hello"))
    await asyncio.sleep(100)


async def keep_waiting(writer: asyncio.StreamWriter) -> None:
    """Say a word, and then only that it is still there."""
    await write(writer, STREAM, chunk("Hello"))
    while True:
        await write(writer, ": wait\n\n")
        await asyncio.sleep(0.05)


async def die_in_the_middle(writer: asyncio.StreamWriter) -> None:
    """Announce more than comes."""
    head = STREAM.replace("\r\n\r\n", "\r\nContent-Length: 9999\r\n\r\n")
    await write(writer, head, chunk("Hello"))


def send(garbage: str) -> Behave:
    """Answer with something else."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        await write(writer, STREAM, garbage)

    return behave


async def go_on_and_on(writer: asyncio.StreamWriter) -> None:
    """Send 10 MB."""
    await write(writer, STREAM)
    for _ in range(1000):
        await write(writer, chunk("x" * 10_000))
