"""Rooms that count their members, and a page that tells the numbers."""

from collections import Counter
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.http import HttpRequest, JsonResponse
from django.urls import path

# Of this process, by room.
members: Counter[str] = Counter()


class RoomConsumer(AsyncWebsocketConsumer):
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        room = scope["url_route"]["kwargs"]["room"]
        members[room] += 1
        try:
            await super().__call__(scope, receive, send)
        finally:
            members[room] -= 1
            if not members[room]:
                del members[room]


def statistics(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"rooms": members})


websocket_urlpatterns = [
    path("ws/rooms/<str:room>/", RoomConsumer.as_asgi()),
]
urlpatterns = [
    path("statistics/", statistics),
]
