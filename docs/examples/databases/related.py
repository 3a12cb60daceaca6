"""Asks for a related object in a coroutine. It fails."""

from channels.generic.websocket import AsyncWebsocketConsumer
from databases.models import Line, Room
from django.urls import path


class RelatedConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.accept()
        room, _ = await Room.objects.aget_or_create(name="lobby")
        await Line.objects.acreate(room=room, text="Hello")
        line = await Line.objects.alatest("id")
        await self.send(f"Room {line.room_id}")
        await self.send(line.room.name)


websocket_urlpatterns = [path("ws/related/", RelatedConsumer.as_asgi())]
