"""Prices that change often, told to each client at most four times a second."""

import asyncio
import json
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.urls import path

GOODS = {"cake", "coffee", "tea"}
SECONDS = 0.25


class PricesConsumer(AsyncWebsocketConsumer):
    groups = ["prices"]
    sending: asyncio.Task[None] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.changed: dict[str, int] = {}
        try:
            await super().__call__(scope, receive, send)
        finally:
            if self.sending:
                self.sending.cancel()

    async def price_changed(self, event: dict[str, Any]) -> None:
        # The first change starts the clock; the others go along with it.
        if not self.changed:
            self.sending = asyncio.create_task(self.send_soon())
        self.changed[event["name"]] = event["price"]

    async def send_soon(self) -> None:
        await asyncio.sleep(SECONDS)
        text = json.dumps(self.changed)
        self.changed = {}
        await self.send(text)

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        """Change a price, such as "tea 3"."""
        match (text_data or "").split():
            case [name, price] if name in GOODS and is_price(price):
                event = {"type": "price.changed", "name": name, "price": int(price)}
                await self.channel_layer.group_send("prices", event)
            case _:
                await self.send("Say cake, coffee or tea, and a price, such as: tea 3")


def is_price(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 6


websocket_urlpatterns = [
    path("ws/prices/", PricesConsumer.as_asgi()),
]
