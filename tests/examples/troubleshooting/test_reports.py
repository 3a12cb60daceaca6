import re
import sys
from pathlib import Path

import pytest

from tests.examples.server import (
    environment_for,
)
from tests.examples.troubleshooting.errors import (
    EXAMPLE,
    SETTINGS,
    found_in,
    is_in,
    output_of,
)

pytestmark = pytest.mark.covers("G16")


@pytest.fixture(scope="module")
def report(folder: Path, redis_url: str) -> str:
    """What pytest reports of tests that fail."""
    pytest_here = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    command = [*pytest_here, "--tb", "short", "troubleshooting/failing.py"]
    environment = environment_for(folder, REDIS_URL=redis_url, **SETTINGS, **EXAMPLE)
    return output_of(command, environment)


def failures_in(report: str) -> dict[str, str]:
    """What the report says of each test that has failed."""
    parts = re.split(r"^_+ (?:.*[ .])?(\w+) _+$", report, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=False))


@found_in("In a test")
def test_the_report_has(name: str, report: str) -> None:
    title = f"test_{name.replace('-', '_')}"
    warnings = report.partition("warnings summary")[2]

    assert is_in(name, failures_in(report).get(title, warnings)), report


def test_a_connection_that_one_test_leaves_open_is_found_by_another(
    report: str,
) -> None:
    failures = failures_in(report)

    assert "test_leaves_a_connection_open" not in failures
    assert is_in("no-database", failures["test_finds_a_connection_open"])
