"""Work that takes a while: in the event loop, and beside it."""

import asyncio
import hashlib
import time

from channels.generic.websocket import AsyncWebsocketConsumer
from django.urls import path

SECONDS = 0.25
LONGEST = 1000
AT_ONCE = 2


def think(text: str) -> str:
    """Keeps a processor busy for SECONDS."""
    thought = text[:LONGEST].encode()
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        hashlib.pbkdf2_hmac("sha256", thought, b"salt", 10_000)
    return f"I thought about {len(thought)} bytes."


class RudeConsumer(AsyncWebsocketConsumer):
    """A mistake: nobody else on this server is served while it thinks."""

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        await self.send(think(text_data or ""))


class PoliteConsumer(AsyncWebsocketConsumer):
    # Of the class, so one for all connections.
    seats = asyncio.Semaphore(AT_ONCE)

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        async with self.seats:
            thought = await asyncio.to_thread(think, text_data or "")
        await self.send(thought)


class EchoConsumer(AsyncWebsocketConsumer):
    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        await self.send(text_data, bytes_data)


websocket_urlpatterns = [
    path("ws/rude/", RudeConsumer.as_asgi()),
    path("ws/polite/", PoliteConsumer.as_asgi()),
    path("ws/echo/", EchoConsumer.as_asgi()),
]
