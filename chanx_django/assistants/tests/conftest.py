import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import Protocol

import pytest
from asgiref.sync import sync_to_async
from chanx.channels.testing import WebsocketCommunicator
from chanx.messages.incoming import PingMessage
from chanx.messages.outgoing import PongMessage
from django.conf import settings
from django.test import Client

from accounts.models import User
from assistants import answers, quotes, writing
from config.asgi import application


class Connect(Protocol):
    def __call__(self, session: str = ...) -> Awaitable[WebsocketCommunicator]: ...


BACKEND = "django.contrib.auth.backends.ModelBackend"

Source = Callable[..., AsyncGenerator[str, None]]


@pytest.fixture(autouse=True)
def database(transactional_db: None) -> None:
    """An empty database for each test, which tasks in threads can use, too."""


@pytest.fixture(autouse=True)
async def nothing_runs_on(database: None) -> AsyncIterator[None]:
    """Ends the answers that a test has left."""
    yield
    for task in [*writing.running.values()]:
        task.cancel()
    await writing_is_over()
    # A thread goes on with what a cancelled task has told it to do.
    await answers.in_thread(bool)()


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotes, "SECONDS_A_WORD", 0)
    monkeypatch.setattr(writing, "SECONDS_A_PIECE", 0.01)


async def writing_is_over() -> None:
    """Every task that writes an answer has ended."""
    while writing.running:
        await asyncio.wait(writing.running.values())
        await asyncio.sleep(0)


@sync_to_async
def new_session(account: str = "") -> str:
    """The session of a browser that has visited the page, or logged in."""
    client = Client()
    if account:
        client.force_login(User.objects.create_user(account), BACKEND)
    client.get("/assistants/")
    assert client.session.session_key
    return client.session.session_key


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Connects a client, of a session or of none; all leave when the test ends."""
    clients = []

    async def connect(session: str = "") -> WebsocketCommunicator:
        # Not above: there are tests that have to run without this module.
        from assistants.conversation_consumer import ConversationAssistantConsumer

        client = WebsocketCommunicator(
            application,
            "/ws/assistants/",
            headers=[
                (b"origin", b"http://localhost"),
                (b"cookie", f"{settings.SESSION_COOKIE_NAME}={session}".encode()),
            ],
            consumer=ConversationAssistantConsumer,
        )
        await client.connect()
        clients.append(client)
        await client.send_message(PingMessage())
        assert await client.receive_all_messages() == [PongMessage()]
        return client

    yield connect

    for client in clients:
        await client.disconnect()


@pytest.fixture
def answer_with(monkeypatch: pytest.MonkeyPatch) -> Callable[[Source], None]:
    """Has questions answered by another source."""

    def replace(source: Source) -> None:
        monkeypatch.setattr(writing, "answer_to", source)

    return replace
