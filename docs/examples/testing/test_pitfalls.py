"""What goes wrong in tests, on purpose."""

import asyncio
import inspect
import time
from typing import Any, ClassVar

import pytest
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from chanx.messages.incoming import PingMessage
from django.core.exceptions import SynchronousOnlyOperation
from playwright.sync_api import sync_playwright
from testing.greeting import CLOSE_NO_NAME, GreetingConsumer
from testing.models import Entry
from testing.test_pings import client


async def connect() -> WebsocketCommunicator:
    client = WebsocketCommunicator(GreetingConsumer.as_asgi(), "/ws/")
    await client.connect()
    return client


async def test_who_waits_in_vain_has_ended_the_consumer() -> None:
    client = await connect()
    with pytest.raises(TimeoutError):
        await client.receive_from(timeout=0.1)

    with pytest.raises(asyncio.CancelledError):
        await client.send_to(text_data="Alice")


class NotingConsumer(GreetingConsumer):
    codes: ClassVar[list[int]] = []

    async def disconnect(self, code: int | None) -> None:
        self.codes.append(code)


async def test_only_who_disconnects_calls_disconnect() -> None:
    stays, leaves = [
        WebsocketCommunicator(NotingConsumer.as_asgi(), "/ws/") for _ in range(2)
    ]
    await stays.connect()
    await leaves.connect()

    await leaves.disconnect()

    assert await stays.receive_nothing()
    assert NotingConsumer.codes == [1000]


async def test_an_empty_text_needs_send_input() -> None:
    client = await connect()
    with pytest.raises(AssertionError, match="exactly one of text_data or bytes_data"):
        await client.send_to(text_data="")

    await client.send_input({"type": "websocket.receive", "text": ""})

    assert (await client.receive_output())["code"] == CLOSE_NO_NAME


@pytest.fixture
def entry_in_transaction(db: None) -> Entry:
    entry: Entry = Entry.objects.create(name="alice", text="It was lovely.")
    return entry


async def test_a_consumer_does_not_see_into_the_transaction_of_a_test(
    entry_in_transaction: Entry,
) -> None:
    assert not await database_sync_to_async(Entry.objects.exists)()


@pytest.mark.parametrize(
    ("method", "seconds"),
    [
        (WebsocketCommunicator.receive_from, 1),
        (WebsocketCommunicator.receive_output, 1),
        (WebsocketCommunicator.receive_nothing, 0.1),
    ],
)
def test_a_communicator_waits_so_long(method: Any, seconds: float) -> None:
    assert inspect.signature(method).parameters["timeout"].default == seconds


def test_models_refuse_to_work_beside_a_browser(transactional_db: None) -> None:
    with sync_playwright(), pytest.raises(SynchronousOnlyOperation):
        Entry.objects.count()


async def test_without_a_completion_chanx_waits_for_more(settings: Any) -> None:
    settings.CHANX = {}
    async with client() as alice:
        await alice.send_message(PingMessage())
        begin = time.monotonic()
        await alice.receive_all_messages(timeout=0.3)

    assert time.monotonic() - begin >= 0.3
