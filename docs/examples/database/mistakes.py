"""Asks the database as a view does, in a coroutine. Connecting fails."""

from channels.generic.websocket import AsyncWebsocketConsumer
from database.models import Message
from django.urls import path


class CountConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.accept()
        await self.send(str(Message.objects.count()))


websocket_urlpatterns = [
    path("ws/count/", CountConsumer.as_asgi()),
]
