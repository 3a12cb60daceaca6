"""Daphne believes the header Daphne-Root-Path; no checkpoint may."""

import http.client
import re
import sys
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from course.chapters import Checkpoint, all_checkpoints
from tests.faults.clients import ORIGIN, PING
from tests.faults.programs import run_server
from tests.support.commands import Command

STRANGER = {"Daphne-Root-Path": "//evil.example"}
COMMAND = [sys.executable, "-m", "daphne", "--port", "0", "config.asgi:application"]
LISTENING = "Listening on TCP address"
SERVED_BY_DAPHNE = [it for it in all_checkpoints() if it.name != "start"]


def scripts_on(address: str, path: str, headers: dict[str, str]) -> list[str]:
    """Where the page of that path has its scripts from."""
    connection = http.client.HTTPConnection(address, timeout=30)
    connection.request("GET", path, headers={"Host": "localhost"} | headers)
    page = connection.getresponse().read().decode()
    connection.close()
    return re.findall(r'<script[^>]* src="([^"]+)"', page)


@pytest.mark.parametrize("checkpoint", SERVED_BY_DAPHNE, ids=lambda it: it.name)
def test_no_client_decides_where_the_scripts_of_others_come_from(
    tmp_path: Path, checkpoint: Checkpoint
) -> None:
    daphne = Command(COMMAND, checkpoint.folder, tmp_path / "log")
    try:
        daphne.wait_for_output(LISTENING)
        [address] = re.findall(rf"{LISTENING} ([\d.:]+)", daphne.output)

        for headers in [STRANGER, {}]:
            assert scripts_on(address, "/", headers) == ["/static/chat/console.js"]
    finally:
        daphne.process.terminate()
        daphne.exit_status()


@pytest.mark.parametrize("root", ["//evil.example", "/elsewhere", "/ws", "%ff", "x"])
async def test_a_handshake_with_a_root_path_is_like_any_other(
    tmp_path: Path, root: str
) -> None:
    headers = {"Daphne-Root-Path": root}
    with run_server(tmp_path / "log") as server:
        url = f"ws://{server.address}/ws/chat/lobby/"
        async with connect(url, origin=ORIGIN, additional_headers=headers) as socket:
            await socket.send(PING)
            assert "pong" in str(await socket.recv())

        assert "Traceback" not in server.log
