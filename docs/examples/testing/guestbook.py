"""A guestbook for users. Whoever has it open sees a new entry at once."""

from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from channels.security.websocket import WebsocketDenier
from django.urls import path, re_path
from testing.models import Entry

GROUP = "guestbook"
MAX_LENGTH = 200
CLOSE_BAD_ENTRY = 4003
CLOSE_LOG_IN = 4401


async def announce(text: str) -> None:
    """Show a text to all who have the guestbook open."""
    event = {"type": "entry.written", "text": text}
    await get_channel_layer().group_send(GROUP, event)


class GuestbookConsumer(AsyncWebsocketConsumer):
    groups = [GROUP]

    async def connect(self) -> None:
        user: Any = self.scope["user"]
        await self.accept()
        if not user.is_authenticated:
            await self.close(CLOSE_LOG_IN)

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        user: Any = self.scope["user"]
        if text_data is None or not 1 <= len(text_data) <= MAX_LENGTH:
            await self.close(CLOSE_BAD_ENTRY)
            return
        entry = await Entry.objects.acreate(name=user.username, text=text_data)
        await announce(str(entry))

    async def entry_written(self, event: dict[str, Any]) -> None:
        await self.send(event["text"])


websocket_urlpatterns = [
    path("ws/guestbook/", AuthMiddlewareStack(GuestbookConsumer.as_asgi())),
    re_path("", WebsocketDenier.as_asgi()),
]
