"""Tells everybody each text: short ones as they are, long ones compressed."""

import asyncio
import zlib
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.urls import path

CLOSE_NOT_TEXT = 4003
CLOSE_TOO_LONG = 4009
LONGEST = 500_000  # bytes, when it is not compressed
WORTH_IT = 1_000  # bytes


class TooLong(Exception):
    """More than LONGEST bytes."""


def inflate(data: bytes) -> bytes:
    """Undo zlib.compress.

    Raises zlib.error if it was not that, and TooLong before it takes up more memory.
    """
    inflater = zlib.decompressobj()
    whole = inflater.decompress(data, LONGEST + 1)
    if len(whole) > LONGEST:
        raise TooLong
    if not inflater.eof:
        raise zlib.error("The end is missing.")
    return whole


class BoardConsumer(AsyncWebsocketConsumer):
    groups = ["board"]

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        try:
            text = (text_data or "").encode() or inflate(bytes_data or b"")
            text.decode()
        except TooLong:
            await self.close(CLOSE_TOO_LONG)
        except (zlib.error, UnicodeDecodeError):
            await self.close(CLOSE_NOT_TEXT)
        else:
            await self.tell(text)

    async def tell(self, text: bytes) -> None:
        """Tell it to all, compressed once for all of them."""
        if len(text) > LONGEST:
            await self.close(CLOSE_TOO_LONG)
            return
        event: dict[str, Any] = {"type": "board.told"}
        if len(text) < WORTH_IT:
            event["text"] = text.decode()
        else:
            event["bytes"] = await asyncio.to_thread(zlib.compress, text)
        await self.channel_layer.group_send("board", event)

    async def board_told(self, event: dict[str, Any]) -> None:
        await self.send(event.get("text"), event.get("bytes"))


websocket_urlpatterns = [
    path("ws/board/", BoardConsumer.as_asgi()),
]
