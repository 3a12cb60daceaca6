"""Tests that go wrong, each in its own way. pytest runs them if it is told to."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.testing import ChannelsLiveServerTestCase, WebsocketCommunicator
from django.contrib.sessions.models import Session
from redis.asyncio import Redis
from troubleshooting.mistakes import NeverAwaitedConsumer
from troubleshooting.settings import REDIS_URL


class ClosingConsumer(AsyncWebsocketConsumer):
    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        await self.close(4003)


async def connect() -> WebsocketCommunicator:
    client = WebsocketCommunicator(ClosingConsumer.as_asgi(), "/ws/")
    await client.connect()
    return client


async def test_no_asyncio() -> None:
    await connect()


@pytest.mark.asyncio
async def test_nothing_came() -> None:
    client = await connect()
    await client.receive_from(timeout=0.1)


@pytest.mark.asyncio
async def test_was_closed() -> None:
    client = await connect()
    await client.send_to(text_data="hello")
    await client.receive_from()


@pytest.mark.asyncio
async def test_never_awaited() -> None:
    """This one does not fail: it is a warning."""
    client = WebsocketCommunicator(NeverAwaitedConsumer.as_asgi(), "/ws/")
    await client.connect()


@pytest_asyncio.fixture(scope="module")
async def shared_client() -> AsyncIterator[WebsocketCommunicator]:
    yield await connect()


@pytest.mark.asyncio
async def test_other_loop(shared_client: WebsocketCommunicator) -> None:
    await shared_client.receive_from()


def test_loop_closed() -> None:
    """Uses a connection in a second event loop, and the first one is closed."""
    redis = Redis.from_url(REDIS_URL)
    asyncio.run(redis.ping())
    asyncio.run(redis.ping())


def test_no_database() -> None:
    Session.objects.count()


@pytest.mark.django_db
@pytest.mark.asyncio
async def test_leaves_a_connection_open() -> None:
    """This one does not fail either, but makes another one fail."""
    assert not await Session.objects.aexists()


@pytest.mark.asyncio
async def test_finds_a_connection_open() -> None:
    client = await connect()
    await client.disconnect()


class MemoryDatabaseTests(ChannelsLiveServerTestCase):
    def test_memory_database(self) -> None:
        pass
