from collections.abc import AsyncIterator

import pytest
from channels.testing import WebsocketCommunicator

from config.asgi import application

HEADERS = [(b"origin", b"http://localhost")]


@pytest.fixture
async def client() -> AsyncIterator[WebsocketCommunicator]:
    client = WebsocketCommunicator(application, "/ws/echo/", headers=HEADERS)
    accepted, _ = await client.connect()
    assert accepted
    yield client
    await client.disconnect()


@pytest.mark.parametrize("text", ["hello", "γειά σου 🎉", "<b>not markup</b>", "\n"])
async def test_text_comes_back(client: WebsocketCommunicator, text: str) -> None:
    await client.send_to(text_data=text)

    assert await client.receive_from() == text


async def test_bytes_come_back(client: WebsocketCommunicator) -> None:
    await client.send_to(bytes_data=b"\x00\xff")

    assert await client.receive_from() == b"\x00\xff"
