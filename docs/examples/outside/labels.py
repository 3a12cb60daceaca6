"""Prints labels in a worker: run.py outside/labels.py runworker labels"""

from typing import Any

from channels.consumer import AsyncConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ChannelNameRouter, ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application
from django.urls import path


class DeskConsumer(AsyncWebsocketConsumer):
    """A browser at the desk, which asks for labels."""

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        text = (text_data or "")[:40]
        task = {"type": "label.print", "text": text, "answer_to": self.channel_name}
        await self.channel_layer.send("labels", task)
        await self.send("waiting for the printer")

    async def label_printed(self, event: dict[str, Any]) -> None:
        await self.send(event["text"])


class LabelConsumer(AsyncConsumer):
    """The printer. It has no connection, and runs in the worker."""

    async def label_print(self, event: dict[str, Any]) -> None:
        done = {"type": "label.printed", "text": f"printed: {event['text']}"}
        await self.channel_layer.send(event["answer_to"], done)


application = ProtocolTypeRouter(
    {
        "http": get_asgi_application(),
        "websocket": AllowedHostsOriginValidator(
            URLRouter([path("ws/desk/", DeskConsumer.as_asgi())])
        ),
        "channel": ChannelNameRouter({"labels": LabelConsumer.as_asgi()}),
    }
)
