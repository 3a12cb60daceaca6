"""Keeps what is said, and tells the last of it. A page counts the lines."""

from channels.generic.websocket import AsyncWebsocketConsumer
from databases.models import Line, Room
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import path


class LinesConsumer(AsyncWebsocketConsumer):
    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        if not text_data or len(text_data) > 1000:
            await self.send("Send a text of 1 to 1,000 characters.")
            return
        try:
            room, _ = await Room.objects.aget_or_create(name="lobby")
            await Line.objects.acreate(room=room, text=text_data)
        except OperationalError as error:
            await self.send(f"Not kept: {error}")
            return
        # The room comes with the line, in one question to the database.
        line = await Line.objects.select_related("room").alatest("id")
        await self.send(f"{line.room.name}: {line.text}")


async def count(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{await Line.objects.acount()} lines")


websocket_urlpatterns = [path("ws/lines/", LinesConsumer.as_asgi())]
urlpatterns = [path("count/", count)]
