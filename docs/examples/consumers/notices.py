from typing import Any

from channels.generic.websocket import (
    AsyncJsonWebsocketConsumer,
    AsyncWebsocketConsumer,
)
from django.urls import path

MAX_LENGTH = 100
CLOSE_BAD_NOTICE = 4003


class NoticeConsumer(AsyncWebsocketConsumer):
    groups = ["notices"]

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        if text_data is None or not 1 <= len(text_data) <= MAX_LENGTH:
            await self.close(CLOSE_BAD_NOTICE)
            return
        await self.channel_layer.group_send(
            "notices", {"type": "notice.posted", "text": text_data}
        )

    async def notice_posted(self, event: dict[str, Any]) -> None:
        await self.send(event["text"])


class AnyEventConsumer(AsyncJsonWebsocketConsumer):
    """A mistake: sends itself whatever event a client asks for."""

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        await self.channel_layer.send(self.channel_name, content)

    async def notice_posted(self, event: dict[str, Any]) -> None:
        await self.send("notice_posted")

    async def disconnect(self, code: int | None) -> None:
        await self.send("disconnect")


websocket_urlpatterns = [
    path("ws/notices/", NoticeConsumer.as_asgi()),
    path("ws/any/", AnyEventConsumer.as_asgi()),
]
