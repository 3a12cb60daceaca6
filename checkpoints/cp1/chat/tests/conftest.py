from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from channels.testing import WebsocketCommunicator

from config.asgi import application

Join = Callable[[], Awaitable[WebsocketCommunicator]]


@pytest.fixture
async def join() -> AsyncIterator[Join]:
    """Connects a client to the chat; every client leaves when the test ends."""
    clients = []

    async def connect() -> WebsocketCommunicator:
        client = WebsocketCommunicator(
            application, "/ws/chat/", headers=[(b"origin", b"http://localhost")]
        )
        clients.append(client)
        accepted, _ = await client.connect()
        assert accepted
        return client

    yield connect

    for client in clients:
        await client.disconnect()
