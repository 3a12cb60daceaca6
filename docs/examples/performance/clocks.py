"""Clients that get the time each second, and three ways to stop doing that."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.http import HttpRequest, JsonResponse
from django.urls import path


class ClockConsumer(AsyncWebsocketConsumer):
    """Never stops: its task goes on when the client is gone."""

    async def connect(self) -> None:
        await self.accept()
        name = type(self).__name__
        self.clock = asyncio.create_task(self.tell_time(), name=name)

    async def tell_time(self) -> None:
        while True:
            await self.send(f"{datetime.now(UTC):%H:%M:%S}")
            await asyncio.sleep(1)

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        raise RuntimeError("There is a mistake in the consumer.")


class DisconnectConsumer(ClockConsumer):
    async def disconnect(self, code: int | None) -> None:
        self.clock.cancel()


class FinallyConsumer(ClockConsumer):
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self.clock.cancel()


async def count_clocks(request: HttpRequest) -> JsonResponse:
    """How many tasks run for each of the three."""
    names = Counter(task.get_name() for task in asyncio.all_tasks())
    return JsonResponse(
        {name: names[name] for name in names if name.endswith("Consumer")}
    )


websocket_urlpatterns = [
    path("ws/ClockConsumer/", ClockConsumer.as_asgi()),
    path("ws/DisconnectConsumer/", DisconnectConsumer.as_asgi()),
    path("ws/FinallyConsumer/", FinallyConsumer.as_asgi()),
]
urlpatterns = [
    path("clocks/", count_clocks),
]
