from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.urls import path

LONGEST = 1000


class LobbyConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.channel_layer.group_add("lobby", self.channel_name)
        await self.accept()

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        if text_data:
            event = {"type": "lobby.said", "text": text_data[:LONGEST]}
            await self.channel_layer.group_send("lobby", event)

    async def lobby_said(self, event: dict[str, Any]) -> None:
        await self.send(event["text"])

    async def disconnect(self, code: int | None) -> None:
        await self.channel_layer.group_discard("lobby", self.channel_name)


websocket_urlpatterns = [
    path("ws/lobby/", LobbyConsumer.as_asgi()),
]
