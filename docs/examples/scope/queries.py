"""Tells each client what Python makes of its query string."""

from urllib.parse import parse_qs

from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.security.websocket import WebsocketDenier
from django.urls import path, re_path


class QueryConsumer(AsyncJsonWebsocketConsumer):
    async def connect(self) -> None:
        query_string = self.scope["query_string"].decode()
        await self.accept()
        await self.send_json(parse_qs(query_string, keep_blank_values=True))


class PageConsumer(AsyncJsonWebsocketConsumer):
    """Counts from the page that the address names: ?page=3."""

    async def connect(self) -> None:
        query = parse_qs(self.scope["query_string"].decode())
        page = query.get("page", ["1"])[-1]
        await self.accept()
        if page.isascii() and page.isdigit() and len(page) <= 6:
            await self.send_json({"next": int(page) + 1})
        else:
            await self.send_json({"error": "Give a page of 1 to 6 digits."})
            await self.close(4000)


websocket_urlpatterns = [
    path("ws/query/", QueryConsumer.as_asgi()),
    path("ws/page/", PageConsumer.as_asgi()),
    re_path("", WebsocketDenier.as_asgi()),
]
