"""Records who sends what to whom while a project runs a scenario.

Runs as a program of its own, in the project's folder: reads the lines of a scenario as
JSON, and writes the messages as JSON. The project runs in this process, with everything
that passes between the clients, the server and the channel layers noted on its way.
"""

import asyncio
import importlib
import json
import os
import random
import re
import sys
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any

SERVER, LAYER, TASKS, WORKER = "server", "layer", "tasks", "worker"
SECONDS_FOR_A_STEP = 10
# Nothing sent for so long means that a step has had all its effects.
SECONDS_OF_QUIET = 0.1
LONGEST_LABEL = 160
DICE = 6

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
HASH = re.compile(r"\b([0-9a-f]{8})[0-9a-f]{56}\b")
RANDOM = re.compile(r"\b[0-9a-f]{32}\b|\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")

Step = Callable[..., Awaitable[None]]


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
        if len(label) > LONGEST_LABEL:
            label = f"{label[:LONGEST_LABEL]}…"
        return label

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
                self.note(client, SERVER, from_client(event, scope))
                return event

            async def noted_send(event: Any) -> None:
                self.note(SERVER, client, to_client(event))
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


def from_client(event: dict[str, Any], scope: dict[str, Any]) -> str:
    """What a client sent, by the event that the application gets."""
    match event["type"]:
        case "websocket.connect":
            query = scope["query_string"].decode()
            return f"connect {scope['path']}{'?' if query else ''}{query}"
        case "websocket.receive":
            return frame(event)
        case _:
            return "disconnect"


def to_client(event: dict[str, Any]) -> str:
    """What a client gets, by the event that the application sent."""
    match event["type"]:
        case "websocket.accept":
            return "accept"
        case "websocket.send":
            return frame(event)
        case "websocket.close":
            return f"close, code {event.get('code', 1000)}"
        case _:
            return str(event["type"])


def frame(event: dict[str, Any]) -> str:
    if event.get("text") is not None:
        return str(event["text"])
    data = event["bytes"]
    return f"{len(data)} bytes: {data.hex(' ')}"


def as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class Scenario:
    """The people of a scenario, and what they can do."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.people: dict[str, Any] = {}

    async def play(self, line: str) -> None:
        """Do one line, and wait for all its effects. Raises ValueError if unknown."""
        steps: dict[str, Step] = {
            r"(\w+) opens (\S+)": self.opens,
            r"(\w+) connects (\S+)": self.connects,
            r"(\w+) sends bytes ((?:[0-9a-f]{2} ?)+)": self.sends_bytes,
            r"(\w+) sends (.+)": self.sends,
            r"(\w+) leaves": self.leaves,
        }
        for pattern, step in steps.items():
            if found := re.fullmatch(pattern, line):
                # The dice of a recording fall the same way each time.
                random.seed(DICE)
                async with asyncio.timeout(SECONDS_FOR_A_STEP):
                    await step(*found.groups())
                    await self.quiet()
                return
        raise ValueError(f"there is no step {line!r}")

    async def quiet(self) -> None:
        seen = -1
        while seen != len(self.recorder.messages):
            seen = len(self.recorder.messages)
            await asyncio.sleep(SECONDS_OF_QUIET)

    async def opens(self, name: str, path: str) -> None:
        from asgiref.sync import sync_to_async
        from django.test import Client

        self.recorder.note(name, SERVER, f"GET {path}")
        answer = await sync_to_async(Client().get)(path, headers={"host": "localhost"})
        shown = f"{answer.status_code} {answer.reason_phrase}"
        self.recorder.note(SERVER, name, f"{shown}, {answer.headers['content-type']}")

    async def connects(self, name: str, path: str) -> None:
        from channels.testing import WebsocketCommunicator

        headers = [(b"host", b"localhost"), (b"origin", b"http://localhost")]
        connection = self.recorder.connection(name, application())
        person = WebsocketCommunicator(connection, path, headers)
        self.people[name] = person
        await person.connect(timeout=SECONDS_FOR_A_STEP)

    async def sends(self, name: str, text: str) -> None:
        await self.people[name].send_to(text_data=text)

    async def sends_bytes(self, name: str, data: str) -> None:
        await self.people[name].send_to(bytes_data=bytes.fromhex(data))

    async def leaves(self, name: str) -> None:
        await self.people.pop(name).disconnect()

    async def end(self) -> None:
        """Let everybody go who is still there."""
        self.recorder.is_on = False
        for person in self.people.values():
            await person.disconnect()


async def record(lines: list[str]) -> list[dict[str, str]]:
    """Play a scenario and return its messages."""
    recorder = Recorder()
    worker = set_up(recorder)
    scenario = Scenario(recorder)
    try:
        for line in lines:
            await scenario.play(line)
    finally:
        await scenario.end()
        if worker:
            worker.cancel()
    return recorder.messages


def set_up(recorder: Recorder) -> "asyncio.Task[None] | None":
    """Load the project, watch its layers, and start a worker if it has one."""
    import django
    from django.conf import settings

    django.setup()
    layers = getattr(settings, "CHANNEL_LAYERS", None)
    if layers is None:
        return None
    from channels.layers import get_channel_layer
    from channels.worker import Worker

    recorder.watch(get_channel_layer(), LAYER)
    consumers = application().application_mapping.get("channel")
    if consumers is None:
        return None
    layers[TASKS] = {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    tasks = get_channel_layer(TASKS)
    assert tasks
    recorder.watch(tasks, TASKS)
    recorder.client.set(WORKER)
    channels = list(consumers.application_mapping)
    worker = asyncio.create_task(Worker(application(), channels, tasks).handle())
    recorder.client.set(SERVER)
    return worker


def application() -> Any:
    """The project's ASGI application, which needs the settings when it is imported."""
    return importlib.import_module("config.asgi").application


def main() -> None:
    sys.path.insert(0, str(Path.cwd()))
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["REDIS_URL"] = ""
    messages = asyncio.run(record(json.load(sys.stdin)))
    json.dump(messages, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
