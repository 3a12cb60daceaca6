"""A room that remembers: whoever enters hears the last ten messages."""

from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from database.models import Message
from django.urls import path

NUMBER_SHOWN = 10
LONGEST_TEXT = 1000
LONGEST_ROOM = 80


class HistoryConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        self.room = self.scope["url_route"]["kwargs"]["room"][:LONGEST_ROOM]
        self.group = f"history.{self.room}"
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()
        messages = Message.objects.filter(room=self.room).order_by("-id")
        newest = [message async for message in messages[:NUMBER_SHOWN]]
        self.shown = {message.pk for message in newest}
        for message in reversed(newest):
            await self.send(message.text)

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        if not text_data or len(text_data) > LONGEST_TEXT:
            await self.send(f"Send a text of 1 to {LONGEST_TEXT} characters.")
            return
        # First the database, then the others: what they see has been kept.
        message = await Message.objects.acreate(room=self.room, text=text_data)
        event = {"type": "message.posted", "id": message.pk, "text": text_data}
        await self.channel_layer.group_send(self.group, event)

    async def message_posted(self, event: dict[str, Any]) -> None:
        if event["id"] not in self.shown:
            await self.send(event["text"])

    async def disconnect(self, code: int | None) -> None:
        await self.channel_layer.group_discard(self.group, self.channel_name)


websocket_urlpatterns = [
    path("ws/history/<slug:room>/", HistoryConsumer.as_asgi()),
]
