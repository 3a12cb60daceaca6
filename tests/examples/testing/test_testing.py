"""The tests that the page shows are run, and pass."""

import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from urllib.parse import quote

import pytest

from course.system_packages import require
from tests.examples.conftest import RunExample, ServeExample
from tests.examples.facts import Row, facts, rows_of
from tests.examples.server import Server, at_once

pytestmark = pytest.mark.covers("G15")

FILES = [
    "testing/test_differences.py",
    "testing/test_greeting.py",
    "testing/test_guestbook.py",
    "testing/test_layer.py",
    "testing/test_live.py",
    "testing/test_pings.py",
    "testing/test_pitfalls.py",
    "testing/test_worker.py",
]
# What pytest needs for them.
AROUND = ["testing/conftest.py", "testing/pytest.ini"]


@pytest.fixture(scope="module")
def over_daphne(serve_example: ServeExample) -> dict[str, str]:
    server = serve_example("testing/differences.py")
    steps = [row["The consumer does"] for row in rows_of("testing/differences.csv")]
    return at_once(lambda step: outcome(server, step), steps)


def outcome(server: Server, steps: str) -> str:
    """What a client of Daphne gets, in the words of the table."""
    path = f"/ws/{quote(steps)}/"
    if "headers" in steps:
        with server.connect(path) as socket:
            assert socket.response
            return "a header a" if "a" in socket.response.headers else "no header a"
    if "send" in steps:
        with server.connect(path) as socket, pytest.raises(TimeoutError):
            socket.recv(timeout=0.5)
        return "nothing"
    return server.ask(path)


@pytest.mark.parametrize("row", facts("testing/differences.csv"))
def test_a_client_of_daphne_gets(row: Row, over_daphne: dict[str, str]) -> None:
    assert over_daphne[row["The consumer does"]] == row["A client of Daphne gets"]


@pytest.fixture(scope="module", autouse=True)
def running(
    run_example: RunExample, redis_url: str
) -> Iterator[Future[subprocess.CompletedProcess[str]]]:
    """The run of all of them, which goes on beside the first tests here."""
    environment = {"REDIS_URL": redis_url, "BROWSER_PROGRAM": require("chromium")}
    run = partial(run_example, "testing/guestbook.py", "pytest", "-v", **environment)
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(run)


@pytest.fixture(scope="module")
def report(running: Future[subprocess.CompletedProcess[str]]) -> str:
    """What pytest says about them."""
    finished = running.result()
    return finished.stdout + finished.stderr


@pytest.mark.parametrize("file", FILES)
def test_the_tests_of_the_page_pass(file: str, report: str) -> None:
    name = re.escape(file.removeprefix("testing/"))
    outcomes = re.findall(rf"^{name}::.+? ([A-Z]+) ", report, re.MULTILINE)

    assert outcomes, report
    assert set(outcomes) == {"PASSED"}, report


def test_pytest_reads_what_stands_beside_them(report: str) -> None:
    assert "configfile: pytest.ini" in report
    assert "asyncio: mode=Mode.AUTO" in report
