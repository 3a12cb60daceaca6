"""Tells which process has the connection, and from where it came."""

import os

from channels.generic.websocket import AsyncWebsocketConsumer
from django.urls import path


class WhereConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.accept()
        host, _ = self.scope["client"] or ("nowhere", 0)
        await self.send(f"process {os.getpid()}, from {host}")


websocket_urlpatterns = [path("ws/where/", WhereConsumer.as_asgi())]
