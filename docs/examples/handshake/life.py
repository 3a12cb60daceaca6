"""Tells the log each message that the server sends the consumer, and echoes text."""

from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.urls import path


class LifeConsumer(AsyncWebsocketConsumer):
    async def dispatch(self, message: Any) -> None:
        print(f"The consumer gets {message['type']}.", flush=True)
        await super().dispatch(message)

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        await self.send(text_data, bytes_data)


websocket_urlpatterns = [
    path("ws/life/", LifeConsumer.as_asgi()),
]
