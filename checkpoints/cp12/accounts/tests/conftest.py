"""People with accounts, and their connections."""

from collections.abc import AsyncIterator
from importlib.util import find_spec
from typing import Any, Protocol
from urllib.parse import quote

import pytest
from asgiref.sync import sync_to_async
from chanx.channels.testing import WebsocketCommunicator
from chanx.messages.incoming import PingMessage
from django.test import Client

from accounts.models import User
from chat.consumers.chat_consumer import ChatConsumer
from config.asgi import application

PASSWORD = "correct horse"


class Enter(Protocol):
    async def __call__(
        self, browser: Client | None = ..., room: str = ..., query: str = ...
    ) -> WebsocketCommunicator: ...


def sign_up(name: str) -> User:
    """An account."""
    return User.objects.create_user(name, password=PASSWORD)


def browser_of(name: str) -> Client:
    """A browser in which somebody is signed in."""
    browser = Client()
    user = User.objects.filter(username=name).first() or sign_up(name)
    browser.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return browser


a_browser_of = sync_to_async(browser_of)


def socket(
    browser: Client | None, room: str = "lobby", query: str = "", **options: Any
) -> WebsocketCommunicator:
    """A connection with the cookies of a browser. It is not open yet."""
    cookies = browser.cookies.output(header="", sep=";").encode() if browser else b""
    return WebsocketCommunicator(
        application,
        f"/ws/chat/{quote(room)}/{query}",
        headers=[(b"origin", b"http://localhost"), (b"cookie", cookies)],
        consumer=ChatConsumer,
        **options,
    )


async def answer(client: WebsocketCommunicator, action: str) -> Any:
    """The payload of the next message of that action."""
    while (answer := await client.receive_json_from(10))["action"] != action:
        pass
    return answer.get("payload")


async def ping(client: WebsocketCommunicator) -> None:
    """Wait until the client is in its room, and all that it sent before is done."""
    await client.send_message(PingMessage())
    await answer(client, "pong")
    await answer(client, "complete")


async def assert_refused(client: WebsocketCommunicator, code: int, word: str) -> None:
    """The client is told what to do, then closed."""
    assert word in (await answer(client, "error"))["detail"]
    closed = await client.receive_output(10)
    assert (closed["type"], closed["code"]) == ("websocket.close", code)


@pytest.fixture(autouse=True)
def database(transactional_db: None) -> None:
    """An empty database for each test, which consumers in threads can use, too."""


@pytest.fixture(autouse=True)
def only_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps the watcher out, whose question would meet the test's own writing.

    A database in the memory makes nobody wait: it refuses the one or the other.
    """
    # The chapter has these tests before it has a watcher.
    if find_spec("accounts.watcher"):
        monkeypatch.setattr("accounts.watcher.SECONDS", 3600)


@pytest.fixture
async def enter() -> AsyncIterator[Enter]:
    """Lets somebody into a room; all leave when the test ends."""
    clients = []

    async def connect(
        browser: Client | None = None, room: str = "lobby", query: str = ""
    ) -> WebsocketCommunicator:
        client = socket(browser, room, query)
        await client.connect(10)
        clients.append(client)
        await ping(client)
        return client

    yield connect

    for client in clients:
        await client.disconnect()
