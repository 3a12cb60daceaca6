"""A log that can't be written, as on a disk that is full."""

import json
import sys
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from course.chapters import find_checkpoint
from tests.faults.people import message
from tests.support.clients import ORIGIN
from tests.support.commands import Command, is_free, until
from tests.support.ports import free_port
from tests.support.programs import Programs

FULL = Path("/dev/full")
FRAMES = ["no JSON", '{"action": "x"}', '{"action": "x", "topic": "y"}', message("hi")]


async def test_a_full_disk_closes_no_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What goes to the log is lost, and nothing else."""
    monkeypatch.setenv("REDIS_URL", "")
    with Programs(tmp_path) as programs:
        programs.migrate()
        monkeypatch.setenv("DATABASE_URL", programs.environment()["DATABASE_URL"])
    port = free_port()
    daphne = [sys.executable, "-m", "daphne", "--port", str(port)]
    project = find_checkpoint("final").folder
    server = Command([*daphne, "config.asgi:application"], project, FULL)
    try:
        await until(lambda: not is_free(port), "the server did not listen")
        url = f"ws://127.0.0.1:{port}/ws/chat/lobby/"
        try:
            async with connect(url, origin=ORIGIN) as socket:
                for frame in [*FRAMES, '{"action": "ping"}']:
                    await socket.send(frame)
                answers = [json.loads(await socket.recv())["action"] for _ in range(4)]
        except ConnectionClosed as closed:
            pytest.fail(f"The server closed the connection: {closed}")
        assert sorted(answers) == ["error", "error", "error", "pong"]
    finally:
        server.process.kill()
        server.exit_status()
