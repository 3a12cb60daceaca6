import json
import logging
import sys
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from chat.logs import SafeFormatter
from chat.tests.programs import run_server


def logged(text: str, error: Exception | None = None) -> str:
    """What the log shows of it."""
    try:
        if error:
            raise error
        info = None
    except Exception:
        info = sys.exc_info()
    record = logging.LogRecord("chat", logging.INFO, "", 0, "%s", (text,), info)
    return SafeFormatter("{message}", style="{").format(record)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("γειά σου 🎉", "γειά σου 🎉"),
        ("one\ntwo\r", "one\\ntwo\\r"),
        ("\x1b[2J\x07\x7f", "\\x1b[2J\\x07\\x7f"),
        ("\u2028\u202e\ud800\U000e0001", "\\u2028\\u202e\\ud800\\U000e0001"),
    ],
)
def test_what_a_client_sent_stays_on_its_line(text: str, shown: str) -> None:
    assert logged(text) == shown


def test_of_a_long_line_the_log_has_the_beginning() -> None:
    assert logged("x" * 500) == "x" * 500
    assert logged("x" * 65_536) == "x" * 500 + " …"


def test_an_error_quotes_a_client_safely() -> None:
    last = logged("Oops", ValueError("\x1b[2J" + "x" * 65_536)).splitlines()[-1]

    assert last.startswith("ValueError: \\x1b[2Jxxx")
    assert len(last) < 600


async def test_no_client_writes_what_it_likes_into_the_log_of_a_server(
    tmp_path: Path,
) -> None:
    escapes, long = "\x1b[2J\u202e", "\x7f" * 60_000
    payload = {"message": "\x7f" * 4096, "name": "alice"}
    frames = [
        {"action": escapes, "topic": escapes},
        {"action": "x", "topic": long},
        {"action": long},
        {"action": "new_chat_message", "payload": payload},
        {"action": "ping"},
    ]
    log = tmp_path / "log"
    with run_server(log, redis_url="") as (address, server):
        server.wait_for("Listening")
        before = log.stat().st_size
        url = f"ws://{address}/ws/chat/lobby/"
        async with connect(url, origin="http://localhost") as socket:
            for frame in frames:
                await socket.send(json.dumps(frame, ensure_ascii=False))
            await socket.send("no JSON \x1b[2J")
            answers = [json.loads(await socket.recv())["action"] for _ in range(5)]

    assert sorted(answers) == ["error", "error", "error", "error", "pong"]
    written = log.read_text()[before:]
    assert "\x1b" not in written
    assert "\u202e" not in written
    assert "Traceback" not in written
    assert len(written) < 10_000
