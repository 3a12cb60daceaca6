"""Ends when it is told to, and says what disconnect gets: for the table."""

from channels.generic.websocket import AsyncWebsocketConsumer
from django.urls import path


class EndingConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        self.name = self.scope["url_route"]["kwargs"]["name"]
        await self.accept()

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        match text_data:
            case "close()":
                await self.close()
            case "close(4000)":
                await self.close(4000)
            case _:
                raise RuntimeError("There is a mistake in the consumer.")

    async def disconnect(self, code: int | None) -> None:
        print(f"disconnect of {self.name} gets {code}.")


websocket_urlpatterns = [
    path("ws/<str:name>/", EndingConsumer.as_asgi()),
]
