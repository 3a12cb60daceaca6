from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import quote

import pytest
from channels.testing import WebsocketCommunicator
from pytest_django import Settings

from config.asgi import application

Join = Callable[[str, str], Awaitable[WebsocketCommunicator]]


@pytest.fixture(autouse=True)
def in_memory(settings: Settings) -> None:
    """Keeps a REDIS_URL of the terminal out of the tests that run in this process."""
    settings.CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    }


@pytest.fixture
async def join() -> AsyncIterator[Join]:
    """Connects a named client to a room; every client leaves when the test ends."""
    clients = []

    async def connect(room: str, username: str) -> WebsocketCommunicator:
        client = WebsocketCommunicator(
            application,
            f"/ws/chat/{quote(room)}/?username={quote(username)}",
            headers=[(b"origin", b"http://localhost")],
        )
        clients.append(client)
        accepted, _ = await client.connect()
        assert accepted
        return client

    yield connect

    for client in clients:
        await client.disconnect()
