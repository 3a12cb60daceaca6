import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

LISTENING = re.compile(r"Listening on TCP address ([\d.]+:\d+)")


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
        yield next(
            found[1] for line in process.stderr if (found := LISTENING.search(line))
        )
    finally:
        process.terminate()
        process.communicate()
