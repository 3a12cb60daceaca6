from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth.models import User
from django.test import AsyncClient

from config.asgi import application

Open = Callable[[str], Awaitable[WebsocketCommunicator]]


@pytest.fixture
async def open_as(transactional_db: None) -> AsyncIterator[Open]:
    """Opens the guestbook for a user. Everybody closes it when the test ends."""
    clients = []

    async def connect(name: str) -> WebsocketCommunicator:
        browser = AsyncClient()
        await browser.aforce_login(await User.objects.acreate_user(name))
        session = browser.cookies[settings.SESSION_COOKIE_NAME].value
        headers = [
            (b"origin", b"http://localhost"),
            (b"cookie", f"{settings.SESSION_COOKIE_NAME}={session}".encode()),
        ]
        client = WebsocketCommunicator(application, "/ws/guestbook/", headers)
        clients.append(client)
        await client.connect()
        return client

    yield connect

    for client in clients:
        await client.disconnect()
