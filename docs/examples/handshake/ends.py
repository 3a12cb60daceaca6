"""Ends a connection in the way that its path names, or waits for its client to."""

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.security.websocket import WebsocketDenier
from django.urls import path, re_path


class EndingConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        how = self.scope["url_route"]["kwargs"]["how"]
        if how == "refuse":
            await self.close(4004, "There is no such room.")
            return
        await self.accept()
        if how == "close":
            await self.close()
        elif how == "close-4004":
            await self.close(4004, "There is no such room.")
        elif how == "close-1006":
            await self.close(1006)
        elif how == "fail":
            raise RuntimeError("This is a mistake in the consumer.")

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        await self.send("still here")

    async def disconnect(self, code: int | None) -> None:
        print(f"disconnect({code})", flush=True)


websocket_urlpatterns = [
    path("ws/<str:how>/", EndingConsumer.as_asgi()),
    re_path("", WebsocketDenier.as_asgi()),
]
