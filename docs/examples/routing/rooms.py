from channels.generic.websocket import AsyncWebsocketConsumer
from channels.security.websocket import WebsocketDenier
from django.urls import path, re_path


class LobbyConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.accept()
        await self.send("You are in the lobby.")


class RoomConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        number = self.scope["url_route"]["kwargs"]["number"]
        await self.accept()
        await self.send(f"You are in room {number!r}.")


websocket_urlpatterns = [
    path("ws/lobby/", LobbyConsumer.as_asgi()),
    path("ws/rooms/<int:number>/", RoomConsumer.as_asgi()),
    re_path("", WebsocketDenier.as_asgi()),
]
