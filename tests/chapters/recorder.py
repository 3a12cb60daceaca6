"""Notes who sends what to whom, while a project runs in this process."""

import json
import random
import re
from contextvars import ContextVar
from typing import Any

SERVER, WORKER = "server", "worker"
LONGEST = 160

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
HASH = re.compile(r"\b([0-9a-f]{8})[0-9a-f]{56}\b")
RANDOM = re.compile(r"\b[0-9a-f]{32}\b|\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


class Recorder:
    """Notes messages, and knows whose part of the project is running."""

    def __init__(self) -> None:
        self.messages: list[dict[str, str]] = []
        self.is_on = True
        # The client whose consumer this code runs for; WORKER for the worker's.
        self.client: ContextVar[str] = ContextVar("client", default=SERVER)
        # Whether this code is the layer's own, whose messages to itself stay there.
        self.in_layer: ContextVar[bool] = ContextVar("in_layer", default=False)
        self.channels: dict[str, str] = {}
        self.accepted: set[str] = set()

    def note(self, sender: str, receiver: str, label: str) -> None:
        if self.is_on:
            self.messages.append(
                {"from": sender, "to": receiver, "label": self.readable(label)}
            )

    def readable(self, label: str) -> str:
        """A label with names for what is never the same twice, and not too long."""
        for channel, name in self.channels.items():
            label = label.replace(channel, name)
        label = TIME.sub("…", label)
        label = RANDOM.sub("…", HASH.sub(r"\1…", label))
        return label if len(label) <= LONGEST else f"{label[:LONGEST]}…"

    @property
    def place(self) -> str:
        """The process that this code belongs to."""
        return WORKER if self.client.get() == WORKER else SERVER

    def connection(self, client: str, application: Any) -> Any:
        """The application, with a note of all that it and one client exchange."""

        async def noted(scope: Any, receive: Any, send: Any) -> None:
            self.client.set(client)

            async def noted_receive() -> Any:
                event = await receive()
                self.note(client, SERVER, label_of(event, scope))
                return event

            async def noted_send(event: Any) -> None:
                self.note(SERVER, client, label_of(event, scope))
                self.accepted.add(client)
                await send(event)

            await application(scope, noted_receive, noted_send)

        return noted

    def watch(self, layer: Any, name: str) -> None:
        """Note all that goes into a layer and comes out of it."""
        for method in "group_add", "group_discard", "group_send", "send":
            setattr(layer, method, self.noted_call(getattr(layer, method), name))
        layer.new_channel = self.noted_new_channel(layer.new_channel)
        layer.receive = self.noted_receive(layer.receive, name)

    def noted_call(self, method: Any, layer: str) -> Any:
        async def call(*arguments: Any) -> Any:
            if not self.in_layer.get():
                shown = ", ".join(map(as_text, arguments))
                self.note(self.place, layer, f"{method.__name__}({shown})")
            token = self.in_layer.set(True)
            try:
                return await method(*arguments)
            finally:
                self.in_layer.reset(token)

        return call

    def noted_new_channel(self, method: Any) -> Any:
        async def new_channel(*arguments: Any) -> str:
            # The in-memory layer makes names as others roll dice. They must differ.
            state = random.getstate()
            random.seed()
            channel: str = await method(*arguments)
            random.setstate(state)
            # Channels makes a client's channel before anything is sent to the client.
            client = self.client.get()
            owner = "the process" if client in self.accepted else client
            self.channels[channel] = f"{owner}'s channel"
            return channel

        return new_channel

    def noted_receive(self, method: Any, layer: str) -> Any:
        async def receive(channel: str) -> Any:
            message = await method(channel)
            self.note(layer, self.place, f"to {channel}: {as_text(message)}")
            return message

        return receive


def label_of(event: dict[str, Any], scope: dict[str, Any]) -> str:
    """What somebody sent, by the event that the application gets or sends."""
    match event["type"]:
        case "websocket.connect":
            query = scope["query_string"].decode()
            return f"connect {scope['path']}{'?' if query else ''}{query}"
        case "websocket.receive" | "websocket.send":
            if event.get("text") is not None:
                return str(event["text"])
            return f"{len(event['bytes'])} bytes: {event['bytes'].hex(' ')}"
        case "websocket.close":
            return f"close, code {event.get('code', 1000)}"
        case kind:
            return str(kind).removeprefix("websocket.")


def as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
