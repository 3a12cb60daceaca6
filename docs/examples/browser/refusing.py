"""Accepts each connection, and closes it with a code of its own."""

from channels.generic.websocket import AsyncWebsocketConsumer
from django.urls import path


class RefusingConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.accept()
        await self.close(4004)


websocket_urlpatterns = [
    path("ws/echo/", RefusingConsumer.as_asgi()),
]
