"""Rooms on two Redis. Which of the two a room is on, its name decides."""

from contextlib import suppress

from channels.generic.websocket import AsyncWebsocketConsumer
from django.urls import path
from redis.exceptions import RedisError

CLOSE_BINARY = 4003
CLOSE_NO_REDIS = 4013


class RoomConsumer(AsyncWebsocketConsumer):
    """Passes every text on to the room, and says when it can't."""

    async def connect(self) -> None:
        self.group = f"room.{self.scope['url_route']['kwargs']['room']}"
        try:
            await self.channel_layer.group_add(self.group, self.channel_name)
        except RedisError:
            await self.close()
        else:
            await self.accept()

    async def disconnect(self, code: int | None) -> None:
        with suppress(RedisError):
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        if text_data is None:
            await self.close(CLOSE_BINARY)
            return
        event = {"type": "room.said", "text": text_data}
        try:
            await self.channel_layer.group_send(self.group, event)
        except RedisError:
            await self.close(CLOSE_NO_REDIS)

    async def room_said(self, event: dict[str, str]) -> None:
        await self.send(event["text"])


websocket_urlpatterns = [path("ws/<slug:room>/", RoomConsumer.as_asgi())]
