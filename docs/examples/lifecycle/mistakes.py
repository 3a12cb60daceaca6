"""Does what its path says, in an order that may be wrong: for the table."""

from channels.generic.websocket import AsyncWebsocketConsumer
from django.urls import path


class MistakenConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        self.steps = self.scope["url_route"]["kwargs"]["steps"]
        for step in self.steps.split(", "):
            match step:
                case "accept":
                    await self.accept()
                case "send":
                    await self.send("hello")
                case "close":
                    await self.close(4000)
                case "raise":
                    raise RuntimeError("There is a mistake in the consumer.")

    async def disconnect(self, code: int | None) -> None:
        print(f"after {self.steps}: {code}")


websocket_urlpatterns = [
    path("ws/<str:steps>/", MistakenConsumer.as_asgi()),
]
