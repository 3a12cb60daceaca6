"""Everybody who is connected hears what one of them sends."""

from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.urls import path


class NoticesConsumer(AsyncWebsocketConsumer):
    # Channels adds each connection to these groups, and takes it out at its end.
    groups = ["notices"]

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        if text_data:
            event = {"type": "notice.posted", "text": text_data[:1000]}
            await self.channel_layer.group_send("notices", event)

    async def notice_posted(self, event: dict[str, Any]) -> None:
        await self.send(event["text"])


websocket_urlpatterns = [
    path("ws/notices/", NoticesConsumer.as_asgi()),
]
