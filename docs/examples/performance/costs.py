"""Two ways to broadcast, and a page that counts what they cost."""

import json
from collections import Counter
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.http import HttpRequest, JsonResponse
from django.urls import path

LONGEST = 1000

costs: Counter[str] = Counter()


def encode(message: Any) -> str:
    costs["encodings"] += 1
    return json.dumps(message)


class EachConsumer(AsyncWebsocketConsumer):
    """Every member makes the text for itself."""

    groups = ["each"]

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        message = {"text": (text_data or "")[:LONGEST]}
        await self.channel_layer.group_send(
            "each", {"type": "told", "message": message}
        )

    async def told(self, event: dict[str, Any]) -> None:
        costs["events"] += 1
        await self.send(encode(event["message"]))


class OnceConsumer(AsyncWebsocketConsumer):
    """The sender makes the text for all."""

    groups = ["once"]

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        text = encode({"text": (text_data or "")[:LONGEST]})
        await self.channel_layer.group_send("once", {"type": "told", "text": text})

    async def told(self, event: dict[str, Any]) -> None:
        costs["events"] += 1
        await self.send(event["text"])


def take_costs(request: HttpRequest) -> JsonResponse:
    """What has been counted since the last time."""
    counted = dict(costs)
    costs.clear()
    return JsonResponse(counted)


websocket_urlpatterns = [
    path("ws/each/", EachConsumer.as_asgi()),
    path("ws/once/", OnceConsumer.as_asgi()),
]
urlpatterns = [
    path("costs/", take_costs),
]
