import asyncio
import http.client
import re

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from course import network
from course.errors import TutorialError
from tests.conftest import Start
from tests.support.clones import Clone


def status(address: str, port: int, path: str, host: str) -> int:
    connection = http.client.HTTPConnection(address, port, timeout=30)
    connection.request("GET", path, headers={"Host": host})
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status


async def handshake(uri: str, origin: str) -> int:
    """Return the status with which a page of this origin gets its socket or not."""
    try:
        async with connect(uri, additional_headers={"Origin": origin}, proxy=None):
            return 101
    except InvalidStatus as refusal:
        return refusal.response.status_code


def test_a_phone_in_the_network_is_let_in_and_nobody_else(
    ready: Clone, start: Start, free_port: int
) -> None:
    """The phone is played by this computer, at the address that others have for it."""
    options = "serve", "final", "--network", "--port", str(free_port)
    command = start(*options, repository=ready.folder)
    command.wait_for_output("Everybody in your network can use the project now")
    found = re.search(r"On a phone: +http://([\d.]+):(\d+)(/\S*)", command.output)
    assert found
    address, port, path = found[1], int(found[2]), found[3]
    here = f"{address}:{port}"

    assert (port, path) == (free_port, "/chat/")
    assert not address.startswith("127.")
    assert "█" in command.output
    for shown in path, "/static/chat/chat.css":
        assert status(address, port, shown, here) == 200
    assert status("127.0.0.1", port, path, f"localhost:{port}") == 200
    assert status(address, port, path, "chat.example.org") == 400
    # Strangers see no traceback and no settings.
    assert status(address, port, "/nowhere/", here) == 404
    socket_of_room = f"ws://{here}/ws/chat/lobby/?username=Ana"
    assert asyncio.run(handshake(socket_of_room, f"http://{here}")) == 101
    assert asyncio.run(handshake(socket_of_room, "http://example.org")) == 403


def test_without_a_network_a_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("psutil.net_if_addrs", dict)

    with pytest.raises(TutorialError, match="This computer is in no network"):
        network.addresses_of_this_computer()


def test_a_project_that_admits_no_other_host_is_not_said_to(
    ready: Clone, free_port: int
) -> None:
    with (ready.checkpoint("start") / "config" / "settings.py").open("a") as settings:
        settings.write("ALLOWED_HOSTS = ['localhost', '127.0.0.1']\n")

    options = "serve", "start", "--network", "--port", str(free_port)
    finished = ready.try_to_run(*options)

    assert finished.returncode == 1
    assert "On a phone" not in finished.stdout
    assert finished.stderr.splitlines()[-1].startswith(
        "Other devices are refused: have config/settings.py take ALLOWED_HOSTS from "
    )
