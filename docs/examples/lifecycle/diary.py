import json
from collections.abc import Awaitable, Callable
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.urls import path

CLOSE_NO_NAME = 4003

Event = dict[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]


class Diary:
    """Middleware that prints every event of a connection, in both directions."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(
        self, scope: dict[str, Any], receive: Receive, send: Send
    ) -> None:
        async def receive_and_print() -> Event:
            event = await receive()
            print("in ", json.dumps(event, default=repr))
            return event

        async def send_and_print(event: Event) -> None:
            print("out", json.dumps(event, default=repr))
            await send(event)

        await self.application(scope, receive_and_print, send_and_print)


class GreetingConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.accept()
        await self.send("Who are you?")

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        if text_data:
            await self.send(f"Hello, {text_data}!")
        elif bytes_data:
            await self.send(bytes_data=bytes_data)
        else:
            await self.close(CLOSE_NO_NAME, "Write a name.")

    async def disconnect(self, code: int | None) -> None:
        print("disconnect", code)


websocket_urlpatterns = [
    path("ws/", Diary(GreetingConsumer.as_asgi())),
]
