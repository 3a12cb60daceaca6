"""What the last chapter changes, and what it leaves as it is."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from course.chapters import all_checkpoints, find_checkpoint

# What the last chapter starts with.
BEFORE = all_checkpoints()[-2].name

DJANGO = """
import asyncio, json, os, sys
os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "REDIS_URL": ""}
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""

# One message to a room of so many, with what it costs counted on its way.
COUNT = """
from unittest.mock import patch
import channels.consumer
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from config.asgi import application

def counting(place, name):
    return patch.object(place, name, side_effect=getattr(place, name))

async def main(size):
    url, headers = "/ws/chat/lobby/", [(b"origin", b"http://localhost")]
    clients = [WebsocketCommunicator(application, url, headers) for _ in range(size)]
    for client in clients:
        await client.connect()
        await client.send_to('{"action": "ping"}')
        await client.receive_from(60)
    payload = {"message": "Hello", "name": "alice"}
    text = json.dumps({"action": "new_chat_message", "payload": payload})
    with (
        counting(channels.consumer, "aclose_old_connections") as threads,
        counting(get_channel_layer(), "send") as events,
        counting(json, "dumps") as encodings,
    ):
        await clients[0].send_to(text)
        frames = {await client.receive_from(60) for client in clients[1:]}
        counts = [it.call_count for it in (events, threads, encodings)]
    print(json.dumps([*counts, len(frames)]))

asyncio.run(main(int(sys.argv[1])))
"""

SCHEMA = """
from django.test import Client
print(Client().get("/asyncapi/schema/", headers={"host": "localhost"}).content.decode())
"""


def run(folder: Path, checkpoint: str, code: str, *arguments: str) -> str:
    """What this code prints in a checkpoint's project, with a database in a folder."""
    return subprocess.run(
        [sys.executable, "-c", DJANGO + code, *arguments],
        cwd=find_checkpoint(checkpoint).folder,
        env=os.environ | {"DATABASE_URL": f"sqlite:///{folder}/{checkpoint}.sqlite3"},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=120,
    ).stdout


@pytest.mark.parametrize("size", [3, 30])
def test_a_message_costs_the_same_in_every_room_and_did_not_until_then(
    tmp_path: Path,
    size: int,
) -> None:
    # Every member costs an event, a thread and an encoding. The sender's own frame is
    # dispatched as well, and its text does not come back.
    assert json.loads(run(tmp_path, BEFORE, COUNT, str(size))) == [
        size,
        1 + size,
        size - 1,
        1,
    ]
    # It handles events without Channels' way into a thread.
    assert json.loads(run(tmp_path, "final", COUNT, str(size))) == [1, 0, 1, 1]


def test_the_documentation_says_the_same(tmp_path: Path) -> None:
    schema = json.loads(run(tmp_path, "final", SCHEMA))

    assert schema["asyncapi"] == "3.0.0"
    assert schema == json.loads(run(tmp_path, BEFORE, SCHEMA))
