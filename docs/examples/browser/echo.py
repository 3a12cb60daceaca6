"""Echoes every frame, and serves the page's own scripts."""

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.security.websocket import WebsocketDenier
from django.urls import path, re_path


class EchoConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        offered = self.scope["subprotocols"]
        await self.accept(subprotocol="echo.v1" if "echo.v1" in offered else None)

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        await self.send(text_data, bytes_data)


websocket_urlpatterns = [
    path("ws/echo/", EchoConsumer.as_asgi()),
    re_path("", WebsocketDenier.as_asgi()),
]
