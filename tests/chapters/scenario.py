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
import sys
from pathlib import Path
from typing import Any

from course.child import migrate
from tests.chapters.recorder import SERVER, WORKER, Recorder

LAYER, TASKS = "layer", "tasks"
SECONDS_FOR_A_STEP = 60
# Nothing sent for so long means that a step has had all its effects, if everybody had
# turns meanwhile. A busy machine may give nobody one for longer.
SECONDS_OF_QUIET = 0.1
TURNS = 100
DICE = 6
HEADERS = [(b"host", b"localhost"), (b"origin", b"http://localhost")]


class Threads:
    """Counts what the event loop has given to threads, and what of it is done."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.begun = self.done = 0
        self._run = loop.run_in_executor
        vars(loop)["run_in_executor"] = self.run

    def run(self, *arguments: Any) -> Any:
        self.begun += 1
        future = self._run(*arguments)
        future.add_done_callback(self._end)
        return future

    def _end(self, _future: Any) -> None:
        self.done += 1


async def record(lines: list[str]) -> list[dict[str, str]]:
    """Play a scenario and return its messages."""
    recorder = Recorder()
    threads = Threads(asyncio.get_running_loop())
    worker = set_up(recorder)
    people: dict[str, Any] = {}
    try:
        for line in lines:
            # The dice of a recording fall the same way each time.
            random.seed(DICE)
            async with asyncio.timeout(SECONDS_FOR_A_STEP):
                await play(line, people, recorder)
                await quiet(recorder, threads)
    finally:
        recorder.is_on = False
        for person in people.values():
            await person.disconnect()
        if worker:
            worker.cancel()
    return recorder.messages


async def play(line: str, people: dict[str, Any], recorder: Recorder) -> None:
    """Do what one of the people does. Raises ValueError if nobody can."""
    from channels.testing import WebsocketCommunicator

    match line.split(" ", maxsplit=2):
        case [_, "visits", path]:
            # All of them are in one browser.
            await visit(path)
        case [_, "runs", code]:
            # As in another process: with nothing of it in the recording.
            await asyncio.to_thread(exec, code, {})
        case [name, "connects", path]:
            connection = recorder.connection(name, application())
            people[name] = WebsocketCommunicator(connection, path, HEADERS)
            await people[name].connect(timeout=SECONDS_FOR_A_STEP)
        case [name, "sends", text] if text.startswith("bytes "):
            data = bytes.fromhex(text.removeprefix("bytes "))
            await people[name].send_to(bytes_data=data)
        case [name, "sends", text]:
            await people[name].send_to(text_data=text)
        case [name, "leaves"]:
            await people.pop(name).disconnect()
        case _:
            raise ValueError(f"there is no step {line!r}")


async def visit(path: str) -> None:
    """Get a page, and send its cookies with each handshake from now on."""
    from django.test import Client

    browser = Client(SERVER_NAME="localhost")
    await asyncio.to_thread(browser.get, path)
    cookies = "; ".join(f"{key}={it.value}" for key, it in browser.cookies.items())
    HEADERS.append((b"cookie", cookies.encode()))


async def quiet(recorder: Recorder, threads: Threads) -> None:
    """Wait until nobody sends anything, and no thread works for somebody."""

    def so_far() -> tuple[int, int, int]:
        return len(recorder.messages), threads.begun, threads.done

    seen = None
    while seen != so_far() or threads.begun != threads.done:
        seen = so_far()
        await asyncio.sleep(SECONDS_OF_QUIET)
        for _ in range(TURNS):
            await asyncio.sleep(0)


def set_up(recorder: Recorder) -> "asyncio.Task[None] | None":
    """Load the project, watch its layers, and start a worker if it has one."""
    import django
    from channels.layers import get_channel_layer
    from channels.worker import Worker
    from django.conf import settings

    django.setup()
    layers = getattr(settings, "CHANNEL_LAYERS", None)
    if layers is None:
        return None
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


if __name__ == "__main__":
    os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "REDIS_URL": ""}
    # Outside of the event loop, where Django allows no question to a database.
    if Path("chat/migrations").is_dir():
        migrate()
    messages = asyncio.run(record(json.load(sys.stdin)))
    json.dump(messages, sys.stdout, ensure_ascii=False)
