"""Rooms that count their members, and a page that tells the numbers."""

from collections import Counter
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.http import HttpRequest, JsonResponse
from django.urls import path

# Of this process, by room.
members: Counter[str] = Counter()


class RoomConsumer(AsyncWebsocketConsumer):
    async def websocket_connect(self, message: Any) -> None:
        self.room = self.scope["url_route"]["kwargs"]["room"]
        members[self.room] += 1
        await super().websocket_connect(message)

    async def websocket_disconnect(self, message: Any) -> None:
        members[self.room] -= 1
        if not members[self.room]:
            del members[self.room]
        await super().websocket_disconnect(message)


def statistics(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"rooms": members})


websocket_urlpatterns = [
    path("ws/rooms/<str:room>/", RoomConsumer.as_asgi()),
]
urlpatterns = [
    path("statistics/", statistics),
]
