"""Counts a visitor's connections, and forgets them: nobody saves the session."""

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.sessions import SessionMiddlewareStack
from database.visits import page
from django.urls import path


class ForgetfulConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        session = self.scope["session"]
        await session.aset("visits", await session.aget("visits", 0) + 1)
        await self.accept()
        await self.send(f"Visit {await session.aget('visits')}.")


websocket_urlpatterns = [
    path("ws/visits/", SessionMiddlewareStack(ForgetfulConsumer.as_asgi())),
]
urlpatterns = [
    path("", page),
]
