"""Sessions in Django's shell, which the guide shows."""

import doctest
import os
import subprocess
import sys

from tests.examples.server import EXAMPLES


def assert_session_in_shell(file: str, example: str) -> None:
    """Type what the session in a file types, in the project of an example."""
    session = EXAMPLES / file
    code = (
        "import doctest, django; django.setup();"
        f"print(doctest.testfile({str(session)!r}, module_relative=False))"
    )
    settings = {"EXAMPLE": example, "DJANGO_SETTINGS_MODULE": "config.settings"}

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=EXAMPLES,
        # As the chapter on Redis leaves the terminal; nobody listens there.
        env=os.environ | settings | {"REDIS_URL": "redis://127.0.0.1:1"},
        capture_output=True,
        text=True,
        timeout=300,
    )

    examples = doctest.DocTestParser().get_examples(session.read_text())
    assert f"failed=0, attempted={len(examples)}" in done.stdout, (
        done.stdout + done.stderr
    )
