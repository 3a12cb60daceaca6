from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from chanx.channels.testing import WebsocketCommunicator
from django.conf import settings as django_settings
from django.test import Client

from accounts.models import User
from chat import history
from chat.messages import ChatMessagePayload
from chat.models import Room
from config.asgi import application

SESSION_COOKIE_NAME = django_settings.SESSION_COOKIE_NAME

Open = Callable[..., Awaitable[WebsocketCommunicator]]


@pytest.fixture(autouse=True)
def database(transactional_db: None) -> None:
    """An empty database for each test, which consumers in threads can use, too."""


@pytest.fixture(autouse=True)
def results_folder(tmp_path: Path, settings: Any) -> Path:
    """A folder of its own for what the jobs of a test make."""
    settings.RESULTS = tmp_path / "results"
    return tmp_path / "results"


def say(room: str, number: int, message: str = "hello") -> None:
    """So many messages were said in the room."""
    key = history.key_of(room)
    for _ in range(number):
        history.store(key, ChatMessagePayload(message=message, name="ada"))


@sync_to_async
def cookie_of(owner: str) -> bytes:
    """The cookie of a browser: that guest's, or one in which that user signed in."""
    browser = Client()
    session = browser.session
    session["jobs"] = owner
    session.save()
    if owner.startswith("user."):
        browser.force_login(User.objects.get(pk=owner.removeprefix("user.")))
    key = browser.cookies[SESSION_COOKIE_NAME].value
    return f"{SESSION_COOKIE_NAME}={key}".encode()


def member_of(room: str, name: str) -> str:
    """A new user who is in a private room, as an owner of jobs."""
    user = User.objects.create_user(name, password="correct horse")
    Room.objects.get_or_create(name=room)[0].memberships.create(user=user)
    return f"user.{user.pk}"


@pytest.fixture
async def window() -> AsyncIterator[Open]:
    """Opens a window of an owner; every window is closed when the test ends."""
    # Not above: there are tests that have to run without this module.
    from system.consumers.system_consumer import SystemConsumer
    from system.news import in_thread

    windows = []

    async def connect(owner: str = "guest.ada") -> WebsocketCommunicator:
        headers = [(b"origin", b"http://localhost")]
        if owner:
            headers.append((b"cookie", await cookie_of(owner)))
        client = WebsocketCommunicator(
            application, "/ws/system/", headers=headers, consumer=SystemConsumer
        )
        assert (await client.connect())[0]
        windows.append(client)
        return client

    yield connect

    for client in windows:
        await client.disconnect()
    # A thread goes on with what a cancelled task has told it to do.
    await in_thread(bool)()
