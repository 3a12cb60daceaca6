import asyncio
import time

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer, WebsocketConsumer
from django.urls import path

SECONDS = 0.25


def work() -> None:
    """Stands for anything that keeps its thread waiting."""
    time.sleep(SECONDS)


class DefConsumer(WebsocketConsumer):
    def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        work()
        self.send("done")


class BlockingConsumer(AsyncWebsocketConsumer):
    """A mistake: nothing else in the process runs while this works."""

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        work()
        await self.send("done")


class DatabaseConsumer(AsyncWebsocketConsumer):
    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        await database_sync_to_async(work)()
        await self.send("done")


class ThreadConsumer(AsyncWebsocketConsumer):
    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        await asyncio.to_thread(work)
        await self.send("done")


class WaitingConsumer(AsyncWebsocketConsumer):
    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        await asyncio.sleep(SECONDS)
        await self.send("done")


class EchoConsumer(AsyncWebsocketConsumer):
    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        await self.send(text_data, bytes_data)


websocket_urlpatterns = [
    path("ws/DefConsumer/", DefConsumer.as_asgi()),
    path("ws/BlockingConsumer/", BlockingConsumer.as_asgi()),
    path("ws/DatabaseConsumer/", DatabaseConsumer.as_asgi()),
    path("ws/ThreadConsumer/", ThreadConsumer.as_asgi()),
    path("ws/WaitingConsumer/", WaitingConsumer.as_asgi()),
    path("ws/EchoConsumer/", EchoConsumer.as_asgi()),
]
