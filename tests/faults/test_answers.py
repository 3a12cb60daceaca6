"""Whatever is killed while an answer is written, its reader gets all that there is."""

import asyncio
import json
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from tests.faults.breakable import Site, breakable
from tests.support.clients import open_socket, send
from tests.support.running import HOST
from tests.support.visitors import Visitor

SECONDS = 300
SECONDS_TO_TRY_AGAIN = 0.2
QUESTION = "How do I reconnect?"


class Reader:
    """The page: it knows the pieces that it has, and asks for the rest of them."""

    def __init__(self, site: Site, headers: dict[str, str]) -> None:
        self.headers = headers
        # The one that writes is killed first; the other one lives on.
        self.addresses = [f"{HOST}:{port}" for port in site.ports]
        self.id = 0
        self.texts: list[str] = []
        self.end: dict[str, Any] = {}
        self.began = asyncio.Event()

    async def read(self) -> None:
        """Read to the end, at one server after the other."""
        while not self.end:
            try:
                await self.read_on()
            except (OSError, WebSocketException):
                self.addresses.reverse()
                await asyncio.sleep(SECONDS_TO_TRY_AGAIN)

    async def read_on(self) -> None:
        async with self.connect() as socket:
            if self.id:
                known = {"id": self.id, "index": len(self.texts)}
                await send(socket, "resume_streaming", known)
            else:
                await send(socket, "assistant_message", QUESTION)
            while not self.end:
                message = json.loads(await socket.recv())
                payload = message["payload"]
                match message["action"]:
                    case "streaming_start":
                        self.id = payload["id"]
                    case "streaming":
                        # No hole and no double.
                        assert payload["index"] == len(self.texts) + 1
                        self.texts.append(payload["content"])
                        self.began.set()
                    case "complete_streaming":
                        self.end = payload

    async def insist(self, action: str, payload: Any, answer: str) -> Any:
        """Send a message until it is answered as it should be, as a person would."""
        while True:
            with suppress(OSError, WebSocketException):
                async with self.connect() as socket:
                    await send(socket, action, payload)
                    message = json.loads(await socket.recv())
                    if message["action"] == answer:
                        return message["payload"]
            self.addresses.reverse()
            await asyncio.sleep(SECONDS_TO_TRY_AGAIN)

    def connect(self) -> connect:
        url = f"ws://{self.addresses[0]}/ws/assistants/"
        return open_socket(url, additional_headers=self.headers)


async def kill_server(site: Site) -> None:
    """The one that writes; who reads goes to the other."""
    site.servers[0].kill()


async def restart_server(site: Site) -> None:
    """Both, so that who reads has to wait until one is back."""
    for server in site.servers:
        server.kill()
    for server in site.servers:
        server.start()


async def kill_redis(site: Site) -> None:
    site.redis.kill()
    site.redis.start()


async def kill_postgresql(site: Site) -> None:
    assert site.postgresql
    site.postgresql.process.send_signal(signal.SIGQUIT)
    await asyncio.to_thread(site.postgresql.process.wait)
    site.postgresql.start()


@pytest.mark.parametrize(
    ("kind", "kill", "states"),
    [
        ("sqlite", kill_server, ["broken"]),
        ("postgresql", restart_server, ["broken"]),
        ("sqlite", kill_redis, ["complete"]),
        # It may be back before anything is to be stored.
        ("postgresql", kill_postgresql, ["broken", "complete"]),
    ],
)
async def test_no_answer_is_lost(
    tmp_path: Path, kind: str, kill: Callable[[Site], Any], states: list[str]
) -> None:
    async with asyncio.timeout(SECONDS), breakable(tmp_path, kind) as site:
        visitor = Visitor(f"{HOST}:{site.ports[0]}")
        await asyncio.to_thread(visitor.get, "/assistants/")
        reader = Reader(site, visitor.headers)
        reading = asyncio.create_task(reader.read())
        await reader.began.wait()
        await kill(site)
        await reading

        text = "".join(reader.texts)
        assert reader.end["state"] in states
        # What a page sees that is opened now.
        [stored] = await reader.insist("get_conversation", None, "conversation")
        assert stored["content"].startswith(text)
        if reader.end["state"] == "complete":
            assert stored["content"] == text
        else:
            assert any(word in reader.end["content"] for word in ["Ask", "Try"])
        again = await reader.insist("assistant_message", QUESTION, "streaming_start")
        assert again["id"] > reader.id
        for server in site.servers:
            assert "Traceback" not in server.output
