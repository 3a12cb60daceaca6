import multiprocessing
import os
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.testing import ChannelsLiveServerTestCase
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import sync_playwright
from testing.guestbook import announce
from testing.models import Entry
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

# The server is a new process. A copy of this one would lack its threads, and hang.
multiprocessing.set_start_method("spawn")

# Playwright brings a browser of its own, if you let it.
BROWSER = os.environ.get("BROWSER_PROGRAM")
WRITE = """
() => new Promise((resolve) => {
  const socket = new WebSocket("/ws/guestbook/");
  socket.onopen = () => socket.send("It was lovely.");
  socket.onmessage = (event) => resolve(event.data);
})
"""


class GuestbookTests(ChannelsLiveServerTestCase):
    def log_in(self) -> str:
        """A user's session cookie."""
        browser = Client()
        browser.force_login(User.objects.create_user("alice"))
        return browser.cookies[settings.SESSION_COOKIE_NAME].value

    def connect(self) -> ClientConnection:
        cookie = f"{settings.SESSION_COOKIE_NAME}={self.log_in()}"
        return connect(
            f"{self.live_server_ws_url}/ws/guestbook/",
            origin=Origin(self.live_server_url),
            additional_headers={"Cookie": cookie},
            proxy=None,
        )

    def test_over_a_real_server(self) -> None:
        with self.connect() as alice:
            alice.send("It was lovely.")

            assert alice.recv(timeout=5) == "alice: It was lovely."
        assert Entry.objects.count() == 1

    def test_the_memory_of_the_server_is_not_that_of_the_test(self) -> None:
        with self.connect() as alice:
            async_to_sync(announce)("Nobody hears this.")

            with pytest.raises(TimeoutError):
                alice.recv(timeout=0.3)

    def test_in_a_real_browser(self) -> None:
        name, session = settings.SESSION_COOKIE_NAME, self.log_in()
        url = self.live_server_url
        # To its end the event loop of Playwright runs, and Django's models refuse.
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=BROWSER)
            context = browser.new_context()
            context.add_cookies([{"name": name, "value": session, "url": url}])
            page = context.new_page()
            page.goto(url)
            heard = page.evaluate(WRITE)
            browser.close()

        assert heard == "alice: It was lovely."
        assert Entry.objects.get().name == "alice"


def test_the_live_server_of_pytest_django_knows_no_websockets(
    live_server: Any, transactional_db: None
) -> None:
    with pytest.raises(InvalidStatus, match="HTTP 404"):
        connect(f"{live_server.url.replace('http', 'ws')}/ws/guestbook/", proxy=None)
