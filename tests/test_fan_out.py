"""What the last chapter changes, and what it leaves as it is."""

import json
import subprocess
import sys

import pytest

from course.chapters import find_checkpoint

# One message to a room of so many, with what it costs counted on its way.
COUNT = """
import asyncio, json, os, sys
from collections import Counter

os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "REDIS_URL": ""}
import django
django.setup()
import channels.consumer
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from config.asgi import application

counted = Counter()

def count(place, name, as_what):
    original = getattr(place, name)
    def counting(*arguments, **options):
        counted[as_what] += 1
        return original(*arguments, **options)
    setattr(place, name, counting)

async def main(size):
    url, headers = "/ws/chat/lobby/", [(b"origin", b"http://localhost")]
    clients = [WebsocketCommunicator(application, url, headers) for _ in range(size)]
    for client in clients:
        await client.connect()
        await client.send_to('{"action": "ping"}')
        await client.receive_from(10)
    layer = get_channel_layer()
    count(channels.consumer, "aclose_old_connections", "threads")
    count(layer, "send", "events")
    count(json, "dumps", "encodings")
    payload = {"message": "Hello", "name": "alice"}
    text = json.dumps({"action": "new_chat_message", "payload": payload})
    counted.clear()
    await clients[0].send_to(text)
    frames = {await client.receive_from(10) for client in clients[1:]}
    costs = dict(counted)
    print(json.dumps([costs, list(frames)]))

asyncio.run(main(int(sys.argv[1])))
"""


def count(checkpoint: str, size: int) -> tuple[dict[str, int], list[str]]:
    """What a message to a room of so many costs, and which frames arrive of it."""
    counted, frames = json.loads(run(checkpoint, COUNT, str(size)))
    return counted, frames


def run(checkpoint: str, code: str, *arguments: str) -> str:
    """What this code prints in a checkpoint's project."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=find_checkpoint(checkpoint).folder,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
    ).stdout


@pytest.mark.parametrize("size", [3, 30])
def test_until_then_every_member_costs_an_event_a_thread_and_an_encoding(
    size: int,
) -> None:
    counted, frames = count("cp5", size)

    assert counted["events"] == size
    # The sender's frame is dispatched as well; its own text does not come back.
    assert counted["threads"] == 1 + size
    assert counted["encodings"] == size - 1
    assert len(frames) == 1


@pytest.mark.parametrize("size", [3, 30])
def test_then_a_message_costs_the_same_in_every_room(size: int) -> None:
    counted, frames = count("final", size)

    assert counted == {"events": 1, "threads": 1, "encodings": 1}
    assert len(frames) == 1


SCHEMA = """
import json, os
os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "REDIS_URL": ""}
import django
django.setup()
from django.test import Client
print(Client().get("/asyncapi/schema/", headers={"host": "localhost"}).content.decode())
"""


def test_the_documentation_says_the_same() -> None:
    schema = json.loads(run("final", SCHEMA))

    assert schema["asyncapi"] == "3.0.0"
    assert schema == json.loads(run("cp5", SCHEMA))
