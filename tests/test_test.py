import re
import signal
from pathlib import Path

import pytest

from course.suites import Suite
from course.test import run_suite
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
MODULE_SKIPPED = "import pytest\npytest.importorskip('nothing_of_this_name')\n"
NOT_IMPORTABLE = "import nothing_of_this_name\n"
CRASHING = "import os\ndef test_crashes(): os._exit(7)\n"
# The child of this test listens on a port for as long as it lives.
HANGING = """
import subprocess, sys, time

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


@pytest.fixture(params=[1])
def suite(tmp_path: Path, request: pytest.FixtureRequest) -> Suite:
    (tmp_path / "suite").mkdir()
    return Suite("example", tmp_path / "suite", workers=request.param)


alone_and_in_parallel = pytest.mark.parametrize("suite", [0, 1], indirect=True)


@pytest.mark.parametrize(
    ("source", "passed", "failed", "shown"),
    [
        (PASSING, 1, 0, ""),
        (PASSING + FAILING, 1, 1, "assert 'this' == 'that'"),
        (BROKEN_TEARDOWN, 0, 1, "assert False"),
        (NOT_IMPORTABLE, 0, 1, "No module named 'nothing_of_this_name'"),
        (PASSING + SKIPPED, 1, 1, "It was skipped or is expected to fail"),
        (MODULE_SKIPPED, 0, 1, "could not import 'nothing_of_this_name'"),
        (EXPECTED_TO_FAIL, 0, 1, "It was skipped or is expected to fail"),
        ("", 0, 1, ""),
    ],
)
def test_only_what_ran_and_passed_counts_as_passed(
    suite: Suite,
    capfd: pytest.CaptureFixture[str],
    source: str,
    passed: int,
    failed: int,
    shown: str,
) -> None:
    (suite.folder / "test_example.py").write_text(source)

    result = run_suite(suite)

    assert (result.passed, len(result.failed)) == (passed, failed)
    assert source or result.failed == ["the suite has no test"]
    assert shown in capfd.readouterr().out


@alone_and_in_parallel
def test_a_suite_that_crashes_counts_as_failed(suite: Suite) -> None:
    (suite.folder / "test_example.py").write_text(CRASHING)

    result = run_suite(suite)

    assert (result.passed, len(result.failed)) == (0, 1)
    crashed = ["the suite crashed: pytest ended with exit status 7"]
    assert suite.workers or result.failed == crashed


@alone_and_in_parallel
def test_a_suite_that_hangs_is_stopped_with_all_it_started(suite: Suite) -> None:
    (suite.folder / "test_example.py").write_text(HANGING)
    port = suite.folder / "port"

    result = run_suite(suite, is_over=port.exists)

    assert result.passed == 0
    assert result.failed == ["the suite did not end within 3600 seconds"]
    wait_until(lambda: is_free(int(port.read_text())), "the child did not end")


def test_the_environment_of_the_reader_does_not_reach_a_suite(
    suite: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {"DJANGO_SETTINGS_MODULE", "DJANGO_DEBUG", "REDIS_URL", "PYTEST_ADDOPTS"}
    for name in names:
        monkeypatch.setenv(name, "of another project")
    (suite.folder / "test_example.py").write_text(
        f"import os\ndef test_environment(): assert not {names} & os.environ.keys()"
    )

    assert run_suite(suite).failed == []


def test_a_failure_is_shown_at_once_and_stopping_leaves_nothing_behind(
    start: Start, repository: Path
) -> None:
    (repository / "tests").mkdir()
    (repository / "tests" / "test_course.py").write_text(FAILING + HANGING)
    port = repository / "tests" / "port"
    command = start("test", "tests", repository=repository)
    command.wait_for_output("AssertionError: assert 'this' == 'that'")
    wait_until(port.exists, "the test did not start")
    assert command.process.poll() is None

    command.process.send_signal(signal.SIGTERM)

    assert command.exit_status() == 130
    assert "Traceback" not in command.output
    wait_until(lambda: is_free(int(port.read_text())), "the child did not end")


def test_the_last_lines_have_what_failed_and_the_counts(
    start: Start, repository: Path
) -> None:
    (repository / "tests").mkdir()
    (repository / "tests" / "test_course.py").write_text(PASSING + FAILING)

    command = start("test", "start", "tests", repository=repository)

    assert command.exit_status() == 1
    assert command.output.count("AssertionError: assert 'this' == 'that'") == 1
    [of_start, of_tests] = re.findall(r"(?m)^│ \w+ +│ (\d+) +│ (\d+) ", command.output)
    assert (of_start[1], of_tests) == ("0", ("1", "1"))
    total = f"{int(of_start[0]) + 1} passed, 1 failed"
    failed = "failed: tests: test_course.py::test_fails"
    assert command.output.splitlines()[-2:] == [failed, total]


def test_what_passes_ends_well(start: Start) -> None:
    command = start("test", "start")

    assert command.exit_status() == 0
    assert command.output.splitlines()[-1].endswith(" passed, 0 failed")
