import csv
import io
import json
import subprocess
import sys
import zlib
from typing import Any

import pytest
from websockets.sync.client import connect

from tests.examples.facts import Row, facts, rows_of
from tests.examples.server import EXAMPLES, Examples, Server

pytestmark = pytest.mark.covers("G12")


@pytest.fixture(scope="module")
def measured() -> dict[str, Row]:
    """What the script behind the table measures here and now."""
    done = subprocess.run(
        [sys.executable, EXAMPLES / "performance/compression.py"],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    return {row["Message"]: row for row in csv.DictReader(io.StringIO(done.stdout))}


def test_every_message_is_measured(measured: dict[str, Row]) -> None:
    rows = rows_of("performance/compression.csv")

    assert [row["Message"] for row in rows] == list(measured)


@pytest.mark.parametrize("row", facts("performance/compression.csv"))
def test_what_compression_saves(row: Row, measured: dict[str, Row]) -> None:
    here = measured[row["Message"]]

    assert here["Bytes"] == row["Bytes"]
    # There are several versions of zlib, and many kinds of computers.
    assert int(here["Compressed"]) == pytest.approx(int(row["Compressed"]), rel=0.15)
    assert 1 / 6 < float(here["Takes, ms"]) / float(row["Takes, ms"]) < 6


def test_long_texts_are_worth_it_over_a_slow_line(measured: dict[str, Row]) -> None:
    for rows in rows_of("performance/compression.csv"), measured.values():
        takes_and_saves = [
            (float(row["Takes, ms"]), float(row["Saves, ms"])) for row in rows
        ]
        assert all(saves > 5 * takes for takes, saves in takes_and_saves[1:4])
        assert takes_and_saves[-1][1] < 0


def test_none_is_worth_it_over_a_fast_line() -> None:
    for row in rows_of("performance/compression.csv"):
        assert float(row["Saves, ms"]) / 100 < float(row["Takes, ms"])


def test_daphne_agrees_to_no_compression(server: Server) -> None:
    with server.connect("/ws/echo/") as client:
        assert client.request
        assert (
            "permessage-deflate" in client.request.headers["Sec-WebSocket-Extensions"]
        )
        assert client.response
        assert "Sec-WebSocket-Extensions" not in client.response.headers


def test_uvicorn_agrees_to_it(examples: Examples) -> None:
    settings = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "EXAMPLE": "performance.site",
    }
    with examples.uvicorn(**settings) as uvicorn:
        address = uvicorn.address
        options: dict[str, Any] = {"origin": f"http://{address}", "proxy": None}
        with connect(f"ws://{address}/ws/echo/", **options) as client:
            assert client.response
            agreed = client.response.headers["Sec-WebSocket-Extensions"]
            assert agreed.startswith("permessage-deflate")
            client.send("hello")
            assert client.recv(timeout=10) == "hello"


def test_a_length_tells_a_secret() -> None:
    def length(guess: str) -> int:
        message = {"password": "wonderland", "text": f"password: {guess}"}
        return len(zlib.compress(json.dumps(message).encode()))

    guesses = ["looking-gl", "jabberwock", "cheshire-c", "wonderland"]
    assert min(guesses, key=length) == "wonderland"
