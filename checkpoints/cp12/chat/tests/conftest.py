from collections.abc import AsyncIterator, Awaitable
from typing import Protocol
from urllib.parse import quote

import pytest
from chanx.channels.testing import WebsocketCommunicator
from chanx.messages.incoming import PingMessage
from chanx.messages.outgoing import PongMessage

from config.asgi import application


class Join(Protocol):
    def __call__(
        self, room: str = ..., username: str | None = ...
    ) -> Awaitable[WebsocketCommunicator]: ...


def client_for(room: str, username: str | None = None) -> WebsocketCommunicator:
    """A client that has not connected yet."""
    # Not above: there are tests that have to run without this module.
    from chat.consumers.chat_consumer import ChatConsumer

    query = "" if username is None else f"?username={quote(username)}"
    return WebsocketCommunicator(
        application,
        f"/ws/chat/{quote(room)}/{query}",
        headers=[(b"origin", b"http://localhost")],
        consumer=ChatConsumer,
    )


@pytest.fixture(autouse=True)
def database(transactional_db: None) -> None:
    """An empty database for each test, which consumers in threads can use, too."""


@pytest.fixture
async def join() -> AsyncIterator[Join]:
    """Connects a client to a room; every client leaves when the test ends."""
    clients = []

    async def connect(
        room: str = "lobby", username: str | None = None
    ) -> WebsocketCommunicator:
        client = client_for(room, username)
        await client.connect()
        clients.append(client)
        # The answer comes when the client is in the room.
        await client.send_message(PingMessage())
        assert await client.receive_all_messages() == [PongMessage()]
        return client

    yield connect

    for client in clients:
        await client.disconnect()
