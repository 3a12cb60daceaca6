import shlex
import subprocess
from pathlib import Path

import pytest

from tests.examples.server import EXAMPLES


@pytest.fixture(scope="module")
def certificate(folder: Path) -> Path:
    """A certificate for localhost that has signed itself; key.pem is beside it."""
    command = (EXAMPLES / "testing/certificate.sh").read_text(encoding="utf-8")
    subprocess.run(shlex.split(command), cwd=folder, check=True, capture_output=True)
    return folder / "certificate.pem"
