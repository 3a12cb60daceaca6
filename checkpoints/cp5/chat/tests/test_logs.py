import logging
import sys

import pytest

from chat.logs import SafeFormatter


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
