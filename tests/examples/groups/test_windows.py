import urllib.request

import pytest
from websockets.sync.client import ClientConnection

from tests.examples.server import Server, closed_with, hear

pytestmark = pytest.mark.covers("G9")


def open_window(server: Server, session: str) -> ClientConnection:
    cookie = {"Cookie": f"sessionid={session}"}
    return server.connect("/ws/windows/", additional_headers=cookie)


def visit(server: Server, session: str, path: str, data: bytes | None = None) -> None:
    """Ask for a page, or send its form, as a user who has logged in."""
    token = "a" * 32
    headers = {
        "Cookie": f"sessionid={session}; csrftoken={token}",
        "X-CSRFToken": token,
    }
    request = urllib.request.Request(f"{server.origin}{path}", data, headers)
    with urllib.request.urlopen(request, timeout=10):
        pass


def test_all_windows_of_a_user_are_told_and_closed(
    server: Server, sessions: dict[str, str]
) -> None:
    leaver, other = sessions["a leaver"], sessions["company"]
    with (
        open_window(server, leaver) as one,
        open_window(server, leaver) as two,
        open_window(server, other) as others,
    ):
        visit(server, leaver, "/tell-me/")
        assert hear(one) == hear(two) == "Here is news for no office."

        visit(server, leaver, "/log-out/", data=b"")
        assert closed_with(one) == closed_with(two) == 4401

        # The others have heard nothing of it, and are there still.
        others.send("ignored")
        visit(server, other, "/tell-me/")
        assert hear(others) == "Here is news for company."


def test_who_has_not_logged_in_has_no_window(server: Server) -> None:
    with open_window(server, "nonsense") as client:
        assert closed_with(client) == 4401
    visit(server, "nonsense", "/log-out/", data=b"")
