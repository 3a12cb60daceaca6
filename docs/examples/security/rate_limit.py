"""Lets each connection send five messages in a second, and says so if it is more."""

import time
from collections import deque

from channels.generic.websocket import AsyncWebsocketConsumer
from django.urls import path

MESSAGES = 5
SECONDS = 1.0


class LimitedConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        self.times: deque[float] = deque(maxlen=MESSAGES)
        await self.accept()

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        now = time.monotonic()
        if len(self.times) == MESSAGES and now - self.times[0] < SECONDS:
            await self.send("Not sent: you are too fast.")
        else:
            self.times.append(now)
            await self.send(f"Sent: {text_data or 'no text'}")


websocket_urlpatterns = [
    path("ws/limited/", LimitedConsumer.as_asgi()),
]
