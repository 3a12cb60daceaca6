"""Plays a scenario in a project, and records its messages.

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
from typing import Any

from tests.chapters.recorder import SERVER, WORKER, Recorder

LAYER, TASKS = "layer", "tasks"
SECONDS_FOR_A_STEP = 60
# Nothing sent for so long means that a step has had all its effects.
SECONDS_OF_QUIET = 0.1
DICE = 6

Step = Callable[..., Awaitable[None]]


class Scenario:
    """The people of a scenario, and what they can do."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.people: dict[str, Any] = {}

    async def play(self, line: str) -> None:
        """Do one line, and wait for all its effects. Raises ValueError if unknown."""
        steps: dict[str, Step] = {
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
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["REDIS_URL"] = ""
    messages = asyncio.run(record(json.load(sys.stdin)))
    json.dump(messages, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
