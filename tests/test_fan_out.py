"""What the last chapter changes, and what it leaves as it is."""

import json
import subprocess
import sys

import pytest

from course.chapters import find_checkpoint

DJANGO = """
import asyncio, json, os, sys
from collections import Counter

os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "REDIS_URL": ""}
import django
django.setup()
"""

# One message to a room of so many, with what it costs counted on its way.
COUNT = """
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
        await client.receive_from(60)
    count(channels.consumer, "aclose_old_connections", "threads")
    count(get_channel_layer(), "send", "events")
    count(json, "dumps", "encodings")
    payload = {"message": "Hello", "name": "alice"}
    text = json.dumps({"action": "new_chat_message", "payload": payload})
    counted.clear()
    await clients[0].send_to(text)
    frames = {await client.receive_from(60) for client in clients[1:]}
    print(json.dumps([dict(counted), len(frames)]))

asyncio.run(main(int(sys.argv[1])))
"""

SCHEMA = """
from django.test import Client
print(Client().get("/asyncapi/schema/", headers={"host": "localhost"}).content.decode())
"""


def run(checkpoint: str, code: str, *arguments: str) -> str:
    """What this code prints in a checkpoint's project."""
    return subprocess.run(
        [sys.executable, "-c", DJANGO + code, *arguments],
        cwd=find_checkpoint(checkpoint).folder,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=120,
    ).stdout


@pytest.mark.parametrize("size", [3, 30])
def test_a_message_costs_the_same_in_every_room_and_did_not_until_then(
    size: int,
) -> None:
    before, frames_before = json.loads(run("cp5", COUNT, str(size)))
    counted, frames = json.loads(run("final", COUNT, str(size)))

    # Every member costs an event, a thread and an encoding. The sender's own frame is
    # dispatched as well, and its text does not come back.
    assert before == {"events": size, "threads": 1 + size, "encodings": size - 1}
    assert counted == {"events": 1, "threads": 1, "encodings": 1}
    assert frames == frames_before == 1


def test_the_documentation_says_the_same() -> None:
    schema = json.loads(run("final", SCHEMA))

    assert schema["asyncapi"] == "3.0.0"
    assert schema == json.loads(run("cp5", SCHEMA))
