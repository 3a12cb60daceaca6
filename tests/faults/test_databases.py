"""A database that is locked, gone, without tables or only to be read."""

import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from websockets.asyncio.client import ClientConnection

from tests.support.clients import enter, receive, send
from tests.support.postgresql import start_postgresql
from tests.support.programs import Programs
from tests.support.running import HOST

NOT_STORED = "Your message may not be stored. Send it again in a moment."


@pytest.fixture
def programs(tmp_path: Path) -> Iterator[Programs]:
    with Programs(tmp_path) as programs:
        yield programs


async def say(socket: ClientConnection) -> None:
    """Say the one message of these tests, which is always the same."""
    payload = {"message": "hello", "name": "ann", "id": "1"}
    await send(socket, "new_chat_message", payload)


async def is_not_stored(socket: ClientConnection) -> None:
    await say(socket)
    error = await receive(socket, "error")
    assert error == {"detail": NOT_STORED, "try_again": "1"}


async def is_stored(socket: ClientConnection) -> None:
    await say(socket)
    assert (await receive(socket, "message_saved"))["seq"] == 1


async def test_a_database_without_tables(programs: Programs) -> None:
    programs.is_migrated = True
    server = programs.daphne()
    async with enter(server.address) as socket:
        await is_not_stored(socket)
        assert "Run: python manage.py migrate" in server.output

        programs.is_migrated = False
        programs.migrate()
        await is_stored(socket)


async def test_a_file_that_another_program_locks(programs: Programs) -> None:
    file = programs.folder / "db.sqlite3"
    server = programs.daphne(DATABASE_URL=f"sqlite:///{file}?timeout=1")
    async with enter(server.address) as socket:
        with closing(sqlite3.connect(file)) as other:
            other.execute("BEGIN IMMEDIATE")
            await is_not_stored(socket)
        assert "database is locked. End the program" in server.output
        await is_stored(socket)


async def test_a_file_that_is_only_to_be_read(programs: Programs) -> None:
    file = programs.folder / "db.sqlite3"
    only_read = "journal_mode%3DWAL%3BPRAGMA%20query_only%3DON"
    server = programs.daphne(
        DATABASE_URL=f"sqlite:///{file}?init_command=PRAGMA%20{only_read}"
    )
    async with enter(server.address) as socket:
        # The room is there already.
        with closing(sqlite3.connect(file)) as other, other:
            other.execute(
                "INSERT INTO chat_room (name, newest, title) VALUES ('lobby', 0, '')"
            )
        await is_not_stored(socket)
        assert "readonly database. Let the server write" in server.output
        await send(socket, "get_history", {"after": 0})
        assert (await receive(socket, "history"))["newest"] == 0


async def test_a_postgresql_that_fails_in_all_these_ways(programs: Programs) -> None:
    postgresql = start_postgresql(programs)
    url = f"postgres://postgres@{HOST}:{postgresql.port}/postgres"
    programs.is_migrated = True
    server = programs.daphne(DATABASE_URL=f"{url}?options=-cstatement_timeout%3D2s")

    def read_only(value: str) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                f"ALTER SYSTEM SET default_transaction_read_only={value}"
            )
            connection.execute("SELECT pg_reload_conf()")

    async with enter(server.address) as socket:
        await is_not_stored(socket)
        assert "Run: python manage.py migrate" in server.output
        programs.is_migrated = False
        programs.migrate(DATABASE_URL=url)

        with psycopg.connect(url) as other:
            other.execute("LOCK TABLE chat_room")
            await is_not_stored(socket)
        assert "statement timeout. End the program" in server.output

        read_only("on")
        # The settings come to a connection a moment later, so others try it first.
        await is_not_stored(socket)
        assert "read-only transaction. Let the server write" in server.output
        read_only("off")

        postgresql.terminate(signal.SIGINT)
        await is_not_stored(socket)
        assert "Start the database" in server.output
        postgresql.start()
        postgresql.wait_for_output("ready to accept connections")
        await is_stored(socket)


# What the system is told of the connection, by the names of its options.
WAITS = """
import os, socket
from django.db import connection
connection.ensure_connection()
with socket.socket(fileno=os.dup(connection.connection.fileno())) as tcp:
    for name in ["KEEPIDLE", "KEEPINTVL", "KEEPCNT", "USER_TIMEOUT"]:
        option = getattr(socket, f"TCP_{name}")
        print(name, tcp.getsockopt(socket.IPPROTO_TCP, option))
    print("KEEPALIVE", tcp.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE))
"""


async def test_how_long_a_postgresql_is_waited_for(programs: Programs) -> None:
    postgresql = start_postgresql(programs)
    url = f"postgres://postgres@{HOST}:{postgresql.port}/postgres"
    programs.migrate(DATABASE_URL=url)

    # Its computer may be gone, and say nothing.
    shell = ["python", "manage.py", "shell", "--no-imports", "-c", WAITS]
    asked = programs.start(*shell, DATABASE_URL=url)
    assert asked.exit_status() == 0
    for waits in ["KEEPIDLE 10", "KEEPINTVL 5", "KEEPCNT 2", "USER_TIMEOUT 20000"]:
        assert waits in asked.output
    assert "KEEPALIVE 1" in asked.output

    server = programs.daphne(DATABASE_URL=url)
    async with enter(server.address) as socket:
        await is_stored(socket)
        with psycopg.connect(url) as other:
            # What a new member does to the row of the room.
            other.execute("SELECT FROM chat_room FOR KEY SHARE")
            await is_stored(socket)


def test_a_start_says_what_is_wrong(programs: Programs) -> None:
    """Also with an address that has a password in it, which stays unsaid."""
    for url, sentence in [
        ("sqlite:////nowhere/db.sqlite3", "Let the server write"),
        ("postgres://ann:secret@127.0.0.1:1/x", "Start the database"),
        ("postgres://ann:secret@127.0.0.1:x/x", "DATABASE_URL is not an address"),
        ("mysql://ann:secret@127.0.0.1/x", "DATABASE_URL is not an address"),
        ("secret", "DATABASE_URL is not an address"),
    ]:
        command = ["python", "manage.py", "runserver", "--noreload"]
        started = programs.start(*command, DATABASE_URL=url)
        assert started.exit_status() != 0
        assert sentence in started.output
        assert "secret" not in started.output
