"""A disk that is full: that of the log, and that of the database."""

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from course.chapters import find_checkpoint
from tests.faults.people import message
from tests.support.clients import ORIGIN, enter, receive, send
from tests.support.commands import Command, is_free, until
from tests.support.ports import free_port
from tests.support.postgresql import start_postgresql
from tests.support.programs import Programs
from tests.support.running import HOST, Server

FULL = Path("/dev/full")
FRAMES = ["no JSON", '{"action": "x"}', '{"action": "x", "topic": "y"}', message("hi")]
# What PostgreSQL says on a disk that is full.
REFUSE = """
CREATE FUNCTION refuse() RETURNS trigger AS $$ BEGIN
    RAISE EXCEPTION 'could not extend file "base/1/1": No space left on device'
    USING ERRCODE = 'disk_full';
END $$ LANGUAGE plpgsql;
CREATE TRIGGER refuse BEFORE INSERT ON chat_message EXECUTE FUNCTION refuse()
"""


@contextmanager
def small_disk(mebibytes: int) -> Iterator[Path | None]:
    """A file system of that size; None for 0, and where nobody may mount one."""
    if not mebibytes:
        # For mount, this would be one without a limit.
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="disk-") as folder:
        options = f"size={mebibytes}m,mode=777"
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder]
        is_mounted = subprocess.run(command, capture_output=True).returncode == 0
        try:
            yield Path(folder) if is_mounted else None
        finally:
            if is_mounted:
                subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def full(disk: Path | None, server: Server, url: str) -> Iterator[None]:
    """No space is left in this block; without a disk, what is most like it."""
    if disk:
        file = disk / "all of it"
        with suppress(OSError), file.open("wb", buffering=0) as everything:
            while True:
                everything.write(bytes(1024))
        yield
        file.unlink()
    elif url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(REFUSE)
            yield
            connection.execute("DROP TRIGGER refuse ON chat_message")
    else:
        pid, which = server.process.pid, resource.RLIMIT_FSIZE
        limits = resource.prlimit(pid, which)
        resource.prlimit(pid, which, (8192, limits[1]))
        yield
        resource.prlimit(pid, which, limits)


async def say(socket: ClientConnection, number: int) -> bool:
    """Say a long text that can't be compressed; whether it is stored."""
    payload = {"message": os.urandom(2000).hex(), "name": "ann", "id": str(number)}
    await send(socket, "new_chat_message", payload)
    answer = json.loads(await socket.recv())
    if answer["action"] == "message_saved":
        assert answer["payload"]["seq"] == number
        return True
    assert answer["payload"] == {
        "detail": "Your message may not be stored. Send it again in a moment.",
        "try_again": str(number),
    }
    return False


async def history(socket: ClientConnection) -> list[str]:
    """The ids of all that was said, by its numbers."""
    ids: list[str] = []
    more = True
    while more:
        await send(socket, "get_history", {"after": len(ids)})
        answer = await receive(socket, "history")
        ids += [it["id"] for it in answer["messages"]]
        more = answer["more"]
    return ids


@pytest.mark.parametrize(
    ("kind", "mebibytes"), [("sqlite", 0), ("sqlite", 4), ("postgresql", 100)]
)
async def test_a_full_disk_loses_nothing_that_is_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, mebibytes: int
) -> None:
    with small_disk(mebibytes) as disk, Programs(tmp_path) as programs:
        url = ""
        if disk:
            programs.variables["DATABASE_URL"] = f"sqlite:///{disk}/db.sqlite3"
            monkeypatch.setattr(tempfile, "tempdir", str(disk))
        if kind == "postgresql":
            url = (
                f"postgres://postgres@{HOST}:{start_postgresql(programs).port}/postgres"
            )
            programs.variables["DATABASE_URL"] = url
        server = programs.daphne(RATE_LIMIT_BURST="1000000")
        async with (
            enter(server.address, name="ann") as ann,
            enter(server.address) as bob,
        ):
            assert await say(ann, 1)
            last = 1
            with full(disk, server, url):
                while await say(ann, last + 1):
                    last += 1
                assert not await say(ann, last + 1)
                stored = [str(number) for number in range(1, last + 1)]
                # Who comes now can read.
                async with enter(server.address) as carol:
                    assert await history(carol) == stored
            assert await say(ann, last + 1)
            stored.append(str(last + 1))
            assert await history(ann) == stored
            heard = [await receive(bob, "new_chat_message") for _ in stored]
            assert [it["id"] for it in heard] == stored
        advice = "Make room" if disk or url else "Look at the disk"
        assert advice in server.output
        assert "Traceback" not in server.output


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
