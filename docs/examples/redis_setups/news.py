"""Tells everybody what one of them says, as far as Redis lets it."""

from channels.generic.websocket import AsyncWebsocketConsumer
from django.urls import path
from redis import ConnectionError as NoRedis


class NewsConsumer(AsyncWebsocketConsumer):
    groups = ["news"]

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        if not text_data:
            return
        event = {"type": "news.told", "text": text_data[:1000]}
        try:
            await self.channel_layer.group_send("news", event)
        except NoRedis:
            await self.send("Redis is away. Send it again in a moment.")

    async def news_told(self, event: dict[str, str]) -> None:
        await self.send(event["text"])


websocket_urlpatterns = [path("ws/news/", NewsConsumer.as_asgi())]
