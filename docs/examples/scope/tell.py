"""Tells each client its scope, with and without the middleware for authentication."""

from channels.auth import AuthMiddlewareStack
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.urls import path


class TellConsumer(AsyncJsonWebsocketConsumer):
    async def connect(self) -> None:
        await self.accept()
        await self.send_json({key: repr(value) for key, value in self.scope.items()})


tell = TellConsumer.as_asgi()

websocket_urlpatterns = [
    path("ws/plain/<str:room>/", tell),
    path("ws/users/<str:room>/", AuthMiddlewareStack(tell)),
]
