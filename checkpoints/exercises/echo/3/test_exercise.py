from collections.abc import AsyncIterator

import pytest
from channels.testing import WebsocketCommunicator

from config.asgi import application

HEADERS = [(b"origin", b"http://localhost")]


@pytest.fixture
async def client() -> AsyncIterator[WebsocketCommunicator]:
    client = WebsocketCommunicator(application, "/ws/echo/", headers=HEADERS)
    await client.connect()
    yield client
    await client.disconnect()


async def test_ping_is_answered_with_pong(client: WebsocketCommunicator) -> None:
    """Look for the text ping in receive(), and send pong instead of it."""
    await client.send_to(text_data="ping")

    assert await client.receive_from() == "pong"


async def test_ping_is_not_sent_back_as_well(client: WebsocketCommunicator) -> None:
    """After pong was sent, nothing more is to be sent: use else."""
    await client.send_to(text_data="ping")
    await client.receive_from()

    assert await client.receive_nothing()


@pytest.mark.parametrize("text", ["hello", "pinging", "a ping", "pong", "PING"])
async def test_a_text_that_only_has_ping_in_it_comes_back(
    client: WebsocketCommunicator, text: str
) -> None:
    """Compare the whole text with ping, not only a part of it."""
    await client.send_to(text_data=text)

    assert await client.receive_from() == text


@pytest.mark.parametrize("data", [b"ping", b"\x00\xff"])
async def test_bytes_come_back(client: WebsocketCommunicator, data: bytes) -> None:
    """Of bytes, text_data is None, which has no methods; and bytes are no ping."""
    await client.send_to(bytes_data=data)

    assert await client.receive_from() == data
