"""A limit for a whole room: as many messages a second, however many people speak."""

import time
from typing import Any
from weakref import WeakValueDictionary

from channels.generic.websocket import AsyncWebsocketConsumer
from django.http import HttpRequest, JsonResponse
from django.urls import path

AT_ONCE = 10
A_SECOND = 5
LONGEST = 1000


class Bucket:
    """Holds up to AT_ONCE tokens, and gets A_SECOND new ones each second."""

    def __init__(self) -> None:
        self.tokens = float(AT_ONCE)
        self.looked_at = time.monotonic()

    def take(self) -> bool:
        """Take a token, if there is one."""
        now = time.monotonic()
        new = (now - self.looked_at) * A_SECOND
        self.looked_at = now
        self.tokens = min(AT_ONCE, self.tokens + new)
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


# By room, of this process. A bucket is there for as long as a consumer has it.
buckets: WeakValueDictionary[str, Bucket] = WeakValueDictionary()


class RoomConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        room = self.scope["url_route"]["kwargs"]["room"][:80]
        self.groups.append(f"limited.{room}")
        self.bucket = buckets.setdefault(room, Bucket())
        await self.channel_layer.group_add(f"limited.{room}", self.channel_name)
        await self.accept()

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        if not self.bucket.take():
            await self.send("Not sent: too much is said here.")
        elif text_data:
            event = {"type": "told", "text": text_data[:LONGEST]}
            await self.channel_layer.group_send(self.groups[0], event)

    async def told(self, event: dict[str, Any]) -> None:
        await self.send(event["text"])


def show_buckets(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"rooms": sorted(buckets)})


websocket_urlpatterns = [
    path("ws/limited/<slug:room>/", RoomConsumer.as_asgi()),
]
urlpatterns = [
    path("buckets/", show_buckets),
]
