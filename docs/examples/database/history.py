"""A room that remembers: whoever enters hears the last ten messages."""

from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from database.models import Message
from django.urls import path

NUMBER_SHOWN = 10
LONGEST_TEXT = 1000


class HistoryConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        self.room = self.scope["url_route"]["kwargs"]["room"]
        self.group = f"history.{self.room}"
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()
        newest = Message.objects.filter(room=self.room).order_by("-id")[:NUMBER_SHOWN]
        for message in reversed([message async for message in newest]):
            await self.send(message.text)

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        if not text_data or len(text_data) > LONGEST_TEXT:
            await self.send(f"Send a text of 1 to {LONGEST_TEXT} characters.")
            return
        # First the database, then the others: what they see has been kept.
        await Message.objects.acreate(room=self.room, text=text_data)
        event = {"type": "message.posted", "text": text_data}
        await self.channel_layer.group_send(self.group, event)

    async def message_posted(self, event: dict[str, Any]) -> None:
        await self.send(event["text"])

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self.group, self.channel_name)


websocket_urlpatterns = [
    path("ws/history/<slug:room>/", HistoryConsumer.as_asgi()),
]
