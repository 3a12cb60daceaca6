"""Daphne believes the header Daphne-Root-Path; no checkpoint may."""

import http.client
import re
from pathlib import Path

import pytest

from course.chapters import Checkpoint, all_checkpoints
from tests.support.clients import enter
from tests.support.programs import Programs

STRANGER = {"Daphne-Root-Path": "//evil.example"}
SERVED_BY_DAPHNE = [it for it in all_checkpoints() if it.name != "start"]


def scripts_on(address: str, path: str, headers: dict[str, str]) -> list[str]:
    """Where the page of that path has its scripts from."""
    connection = http.client.HTTPConnection(address, timeout=300)
    connection.request("GET", path, headers={"Host": "localhost"} | headers)
    page = connection.getresponse().read().decode()
    connection.close()
    return re.findall(r'<script[^>]* src="([^"]+)"', page)


@pytest.mark.parametrize("checkpoint", SERVED_BY_DAPHNE, ids=lambda it: it.name)
def test_no_client_decides_where_the_scripts_of_others_come_from(
    tmp_path: Path, checkpoint: Checkpoint
) -> None:
    with Programs(tmp_path, checkpoint.folder) as programs:
        address = programs.daphne().address

        for headers in [STRANGER, {}]:
            assert scripts_on(address, "/", headers) == ["/static/chat/console.js"]


@pytest.mark.parametrize("root", ["//evil.example", "/elsewhere", "/ws", "%ff", "x"])
async def test_a_handshake_with_a_root_path_is_like_any_other(
    tmp_path: Path, root: str
) -> None:
    headers = {"Daphne-Root-Path": root}
    with Programs(tmp_path) as programs:
        server = programs.daphne()
        async with enter(server.address, additional_headers=headers):
            pass

        assert "Traceback" not in server.output
