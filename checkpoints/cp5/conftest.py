import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

LISTENING = re.compile(r"Listening on TCP address ([\d.]+:\d+)")


def address_in(log: Iterable[str]) -> str:
    """The address in Daphne's log. Fails with the log if Daphne does not start."""
    output = ""
    for line in log:
        output += line
        if found := LISTENING.search(line):
            return found[1]
    pytest.fail(f"Daphne did not start:\n{output}")


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address (host:port) of a real Daphne, without Redis."""
    process = subprocess.Popen(
        [sys.executable, "-m", "daphne", "--port", "0", "config.asgi:application"],
        cwd=Path(__file__).parent,
        env=os.environ | {"REDIS_URL": "", "DJANGO_SETTINGS_MODULE": "config.settings"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    try:
        yield address_in(process.stderr)
    finally:
        process.terminate()
        process.communicate()
