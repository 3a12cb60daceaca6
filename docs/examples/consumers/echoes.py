from typing import Any

from channels.consumer import AsyncConsumer, SyncConsumer
from channels.exceptions import StopConsumer
from channels.generic.websocket import (
    AsyncJsonWebsocketConsumer,
    AsyncWebsocketConsumer,
    JsonWebsocketConsumer,
    WebsocketConsumer,
)
from django.urls import path


class AsyncEcho(AsyncWebsocketConsumer):
    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        await self.send(text_data, bytes_data)


class SyncEcho(WebsocketConsumer):
    def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        self.send(text_data, bytes_data)


class AsyncJsonEcho(AsyncJsonWebsocketConsumer):
    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        await self.send_json(content)


class SyncJsonEcho(JsonWebsocketConsumer):
    def receive_json(self, content: Any, **kwargs: Any) -> None:
        self.send_json(content)


class AsyncLowLevelEcho(AsyncConsumer):
    async def websocket_connect(self, event: dict[str, Any]) -> None:
        await self.send({"type": "websocket.accept"})

    async def websocket_receive(self, event: dict[str, Any]) -> None:
        await self.send(event | {"type": "websocket.send"})

    async def websocket_disconnect(self, event: dict[str, Any]) -> None:
        raise StopConsumer


class SyncLowLevelEcho(SyncConsumer):
    def websocket_connect(self, event: dict[str, Any]) -> None:
        self.send({"type": "websocket.accept"})

    def websocket_receive(self, event: dict[str, Any]) -> None:
        self.send(event | {"type": "websocket.send"})

    def websocket_disconnect(self, event: dict[str, Any]) -> None:
        raise StopConsumer


websocket_urlpatterns = [
    path("ws/AsyncWebsocketConsumer/", AsyncEcho.as_asgi()),
    path("ws/WebsocketConsumer/", SyncEcho.as_asgi()),
    path("ws/AsyncJsonWebsocketConsumer/", AsyncJsonEcho.as_asgi()),
    path("ws/JsonWebsocketConsumer/", SyncJsonEcho.as_asgi()),
    path("ws/AsyncConsumer/", AsyncLowLevelEcho.as_asgi()),
    path("ws/SyncConsumer/", SyncLowLevelEcho.as_asgi()),
]
