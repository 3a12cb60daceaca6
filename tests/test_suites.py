import re
import signal
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from course.suites import Suite, run_suite
from tests.conftest import Start
from tests.support.commands import is_free, wait_until

PASSING = "def test_passes(): pass\n"
FAILING = "def test_fails(): assert 'this' == 'that'\n"
BROKEN_TEARDOWN = """
import pytest

@pytest.fixture
def broken():
    yield
    assert False

def test_fails_twice(broken): assert False
"""
SKIPPED = "import pytest\n@pytest.mark.skip\ndef test_skips(): pass\n"
EXPECTED_TO_FAIL = "import pytest\n@pytest.mark.xfail\ndef test_x(): assert False\n"
NOT_IMPORTABLE = "import nothing_of_this_name\n"
CRASHING = "import os\ndef test_crashes(): os._exit(7)\n"
# The child of this test listens on a port for as long as it lives.
HANGING = """
import pathlib, subprocess, sys, time

CODE = '''
import pathlib, socket, time
server = socket.create_server(("127.0.0.1", 0))
pathlib.Path("port.new").write_text(str(server.getsockname()[1]))
pathlib.Path("port.new").rename("port")
time.sleep(600)
'''

def test_hangs():
    subprocess.Popen([sys.executable, "-c", CODE])
    time.sleep(600)
"""


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    (tmp_path / "suite").mkdir()
    return Suite("example", tmp_path / "suite")


@pytest.mark.parametrize(
    ("source", "passed", "failed", "complaint"),
    [
        (PASSING, 1, 0, None),
        (PASSING + FAILING, 1, 1, None),
        (BROKEN_TEARDOWN, 0, 1, None),
        (NOT_IMPORTABLE, 0, 1, None),
        (PASSING + SKIPPED, 1, 1, "test_skips was skipped or is expected to fail"),
        (EXPECTED_TO_FAIL, 0, 1, "test_x was skipped or is expected to fail"),
        ("", 0, 1, "has no test"),
        (CRASHING, 0, 1, "crashed: pytest ended with exit status 7"),
    ],
)
def test_only_what_ran_and_passed_counts_as_passed(
    suite: Suite, source: str, passed: int, failed: int, complaint: str | None
) -> None:
    (suite.folder / "test_example.py").write_text(source)

    result = run_suite(suite)

    assert (result.passed, result.failed) == (passed, failed)
    assert len(result.complaints) == (complaint is not None)
    assert complaint is None or complaint in result.complaints[0]


def test_a_suite_that_hangs_is_stopped_with_all_it_started(
    suite: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    (suite.folder / "test_example.py").write_text(PASSING + HANGING)

    def clock() -> float:
        """The time, of which an hour passes as soon as the suite hangs."""
        return time.monotonic() + 3600 * (suite.folder / "port").exists()

    monkeypatch.setattr("course.suites.time", SimpleNamespace(monotonic=clock))

    result = run_suite(suite, seconds=600)

    assert (result.passed, result.failed) == (1, 1)
    assert "did not end within 600 seconds" in result.complaints[0]
    assert "KeyboardInterrupt" in result.output
    wait_until(lambda: is_free(port_of(suite.folder)), "the child did not end")


def port_of(folder: Path) -> int:
    return int((folder / "port").read_text())


def test_progress_is_the_last_line_of_the_output(suite: Suite) -> None:
    (suite.folder / "test_example.py").write_text(
        "import time\ndef test_takes_a_while(): time.sleep(1)\n"
    )
    lines: list[str] = []

    run_suite(suite, lines.append)

    assert any(line.startswith("test_example.py") for line in lines)


def test_the_environment_of_the_reader_does_not_reach_a_suite(
    suite: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {"DJANGO_SETTINGS_MODULE", "DJANGO_DEBUG", "REDIS_URL", "PYTEST_ADDOPTS"}
    for name in names:
        monkeypatch.setenv(name, "of another project")
    (suite.folder / "test_example.py").write_text(
        f"import os\ndef test_environment(): assert not {names} & os.environ.keys()"
    )

    assert run_suite(suite).failed == 0


def test_a_failure_is_shown_and_counted(start: Start, repository: Path) -> None:
    (repository / "tests").mkdir()
    (repository / "tests" / "test_course.py").write_text(PASSING + FAILING)

    command = start("test", "start", "tests", repository=repository)

    assert command.exit_status() == 1
    assert "assert 'this' == 'that'" in command.output
    assert "tests: 1 passed, 1 failed in" in command.output
    counts = re.findall(r"(\d+) passed, (\d+) failed", command.output)
    [(passed_in_start, _), *_, total] = counts
    assert total == (str(int(passed_in_start) + 1), "1")
    assert command.output.splitlines()[-1] == "{} passed, {} failed".format(*total)


def test_what_passes_ends_well(start: Start) -> None:
    command = start("test", "start")

    assert command.exit_status() == 0
    assert command.output.splitlines()[-1].endswith(" passed, 0 failed")
    assert "test session starts" not in command.output


def test_an_unknown_suite_is_refused(start: Start) -> None:
    command = start("test", "cp0", "cp9")

    assert command.exit_status() == 1
    assert command.output.startswith("There is no suite 'cp9'; choose one or more of")
    assert command.output.endswith(
        " final, tests, browser, examples, faults, limits.\n"
    )


def test_stopping_leaves_nothing_behind(start: Start, repository: Path) -> None:
    (repository / "tests").mkdir()
    (repository / "tests" / "test_course.py").write_text(HANGING)
    command = start("test", "tests", repository=repository)
    wait_until((repository / "tests" / "port").exists, "the test did not start")

    command.process.send_signal(signal.SIGTERM)

    assert command.exit_status() == 130
    assert "Traceback" not in command.output
    wait_until(lambda: is_free(port_of(repository / "tests")), "the child did not end")
