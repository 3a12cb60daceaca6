import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.examples.server import EXAMPLES, Examples
from tests.examples.testing.deployed import CONSUMER, Start, text_of


@pytest.fixture(scope="module")
def start(folder: Path) -> Iterator[Start]:
    """Starts a program in the folder with the certificate, until the last test."""
    with Examples(folder, folder) as programs:
        consumer = {**CONSUMER, "PYTHONPATH": str(EXAMPLES)}
        yield lambda command: programs.start(*command, **consumer)


@pytest.fixture(scope="module")
def certificate(folder: Path) -> Path:
    command = shlex.split(text_of("testing/certificate.sh"))
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder / "certificate.pem"
