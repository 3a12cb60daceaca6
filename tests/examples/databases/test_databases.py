"""The page's consumer on a real PostgreSQL, and on SQLite."""

import sqlite3
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psycopg
import pytest

from tests.examples.conftest import RunExample, ServeExample
from tests.examples.facts import Row, facts
from tests.examples.server import RUN, Examples, Server
from tests.support.commands import wait_until
from tests.support.postgresql import start_postgresql

pytestmark = pytest.mark.covers("G22")

LINES = "databases/lines.py"
SECONDS = 30
MIGRATE = ("migrate", "--run-syncdb")


@pytest.fixture(scope="module")
def postgres(examples: Examples, run_example: RunExample) -> dict[str, str]:
    """The variables that name a real PostgreSQL, which has the page's tables."""
    started = start_postgresql(examples)
    variables = {"POSTGRES_HOST": "127.0.0.1", "POSTGRES_PORT": str(started.port)}
    succeed(run_example(LINES, *MIGRATE, **variables))
    return variables


@pytest.fixture(scope="module")
def sqlite(run_example: RunExample, folder: Path) -> Path:
    succeed(run_example(LINES, *MIGRATE))
    return folder / "db.sqlite3"


def succeed(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_line_is_kept_in_both(
    serve_example: ServeExample, postgres: dict[str, str], sqlite: Path
) -> None:
    for server in (serve_example(LINES), serve_example(LINES, **postgres)):
        assert server.ask("/ws/lines/", "hello") == "lobby: hello"


@pytest.mark.parametrize("bad", ["", "x" * 1001, b"bytes"])
def test_what_is_no_line(
    serve_example: ServeExample, sqlite: Path, bad: str | bytes
) -> None:
    answer = serve_example(LINES).ask("/ws/lines/", bad)

    assert answer == "Send a text of 1 to 1,000 characters."


def test_a_related_object(serve_example: ServeExample, sqlite: Path) -> None:
    server = serve_example("databases/related.py")

    assert server.ask_to_the_end("/ws/related/") == ["Room 1", "code 1011"]
    server.wait_for_output(
        "django.core.exceptions.SynchronousOnlyOperation: "
        "You cannot call this from an async context"
    )


def send_lines(server: Server, postgres: dict[str, str]) -> int:
    """How many connections are open while 20 people are there who have sent a line."""
    with ExitStack() as stack:
        people = [stack.enter_context(server.connect("/ws/lines/")) for _ in range(20)]
        for person in people:
            person.send("hello")
        assert {person.recv(SECONDS) for person in people} == {"lobby: hello"}
        return open_connections(postgres)


def ask_for_pages(server: Server, postgres: dict[str, str]) -> int:
    """How many connections are open after 20 pages."""

    def ask(_: int) -> bytes:
        page: bytes = urlopen(f"{server.origin}/count/", timeout=SECONDS).read()
        return page

    with ThreadPoolExecutor(20) as pool:
        pages = list(pool.map(ask, range(20)))
    assert all(page.endswith(b" lines") for page in pages)
    return open_connections(postgres)


def connect_to(postgres: dict[str, str]) -> psycopg.Connection[Any]:
    where = f"host=127.0.0.1 port={postgres['POSTGRES_PORT']}"
    return psycopg.connect(f"{where} user=postgres dbname=postgres", autocommit=True)


def open_connections(postgres: dict[str, str]) -> int:
    """How many a program other than this one has."""
    with connect_to(postgres) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = 'postgres' AND pid <> pg_backend_pid()"
        ).fetchone()
    assert found
    return int(found[0])


HAPPENINGS = {
    "20 people are connected and have each sent a line": send_lines,
    "20 pages were asked for at once, and all have answered": ask_for_pages,
}
IN_WORDS = {"none": range(1), "one": range(1, 2), "many": range(5, 21)}


@pytest.mark.parametrize("age", [0, 60])
@pytest.mark.parametrize("row", facts("databases/connections.csv"))
def test_open_connections(
    row: Row, age: int, examples: Examples, postgres: dict[str, str]
) -> None:
    wait_until(lambda: open_connections(postgres) == 0, "other tests have some open")
    command = [*RUN, LINES, "--port", "0"]
    with examples.serve(*command, **postgres, CONN_MAX_AGE=str(age)) as server:
        found = HAPPENINGS[row["What happened"]](server, postgres)
        expected = IN_WORDS[row[f"CONN_MAX_AGE = {age}"]]
        if found not in expected:
            # PostgreSQL forgets those that were closed a moment later.
            wait_until(
                lambda: open_connections(postgres) in expected, f"{found} stay open"
            )


def test_more_connections_than_postgresql_takes(
    serve_example: ServeExample, postgres: dict[str, str]
) -> None:
    server = serve_example(LINES, **postgres)
    with ExitStack() as stack, server.connect("/ws/lines/") as client:
        with suppress(psycopg.OperationalError):
            for _ in range(100):
                stack.enter_context(connect_to(postgres))
        client.send("hello")
        answer = str(client.recv(SECONDS))

    assert answer.startswith("Not kept: ")
    assert "FATAL:  sorry, too many clients already" in answer


def test_somebody_else_writes(serve_example: ServeExample, sqlite: Path) -> None:
    patient = serve_example(LINES)
    hasty = serve_example(LINES, SQLITE_TIMEOUT="0.1")
    with closing(sqlite3.connect(sqlite, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert hasty.ask("/ws/lines/", "hello") == "Not kept: database is locked"
        with patient.connect("/ws/lines/") as client:
            client.send("hello")
            with pytest.raises(TimeoutError):
                client.recv(0.5)
            other.execute("ROLLBACK")
            assert client.recv(SECONDS) == "lobby: hello"


@pytest.mark.parametrize("database", ["SQLite", "PostgreSQL"])
def test_the_two_classes_of_tests(
    database: str, run_example: RunExample, postgres: dict[str, str]
) -> None:
    variables = postgres if database == "PostgreSQL" else {}

    done = run_example(
        "databases/test_lines.py", "test", "databases.test_lines", **variables
    )

    report = done.stdout + done.stderr
    assert "Ran 2 tests" in report
    if database == "SQLite":
        assert report.rstrip().endswith("OK") or "\nOK\n" in report, report
    else:
        assert "FAILED (errors=1)" in report, report
        assert "ERROR: test_a_line_is_kept (databases.test_lines.InTransact" in report
        assert "django.db.utils.OperationalError: the connection is closed" in report
