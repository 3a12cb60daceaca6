"""Lets in the pages of two sites, and of no other."""

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import URLRouter
from channels.security.websocket import OriginValidator
from django.urls import path


class HelloConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.accept()
        await self.send("hello")


routes = URLRouter([path("ws/hello/", HelloConsumer.as_asgi())])

application = OriginValidator(routes, ["https://example.com", ".example.org"])
