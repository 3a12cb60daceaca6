import ast
import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from course.chapters import ROOT
from tests.support.clones import Clone
from tests.support.commands import Command
from tutorial import RUN_COURSE

INSTALLING = "Installing the course's packages"


@pytest.fixture
def new_repository(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh clone on a machine whose pip has no cache, no settings and no network."""
    for name in os.environ:
        if name.startswith("PIP_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    monkeypatch.setenv("PIP_RETRIES", "0")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{port}/simple")
    shutil.copy(ROOT / "requirements.txt", repository)
    return repository


@pytest.fixture
def environment_without_packages(new_repository: Path) -> None:
    """What an interrupted installation leaves; it borrows pip, which saves seconds."""
    folder = new_repository / ".venv"
    venv.create(folder, symlinks=os.name != "nt")
    (packages,) = folder.glob("**/site-packages")
    for part in Path(sysconfig.get_path("purelib")).glob("pip*"):
        (packages / part.name).symlink_to(part)
    (folder / "installed.sha256").write_text("")


def launch(
    repository: Path, *arguments: str, place: str = "."
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, repository / "tutorial.py", *arguments],
        cwd=repository / place,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_the_first_command_installs_and_the_next_does_not(
    new_repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    (new_repository / "requirements.txt").write_text("")
    # The current folder stays, but nothing is imported from it.
    (new_repository / "course" / "argparse.py").write_text("nonsense")

    first = launch(new_repository, "serve", "nonsense")
    second = launch(new_repository, "serve", "nonsense", place="course")

    assert first.stdout.startswith(INSTALLING)
    assert second.stdout == ""
    for command in first, second:
        assert command.returncode == 1
        assert command.stderr.startswith("There is no checkpoint 'nonsense';")


@pytest.mark.usefixtures("environment_without_packages")
def test_changed_requirements_are_installed(
    new_repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    requirements = new_repository / "requirements.txt"
    requirements.write_text("")
    launch(new_repository, "serve", "nonsense")
    requirements.write_text("# changed")

    assert launch(new_repository, "serve", "nonsense").stdout.startswith(INSTALLING)
    assert launch(new_repository, "serve", "nonsense").stdout == ""


@pytest.fixture
def fake_pip(new_repository: Path, environment_without_packages: None) -> Path:
    """A file with what pip is to print before it fails."""
    (packages,) = (new_repository / ".venv").glob("**/site-packages")
    (packages / "pip").unlink()
    (packages / "pip").mkdir()
    log = new_repository / "log"
    (packages / "pip" / "__main__.py").write_text(
        f"import sys; sys.exit(open({str(log)!r}, encoding='utf-8').read())"
    )
    return log


RETRY = "WARNING: Retrying (Retry(total=0)) after connection broken by "
NONE = (
    "\nERROR: Could not find a version that satisfies the requirement cbor2==6.1 (from "
    "versions: none)\nERROR: No matching distribution found for cbor2==6.1\n"
)
VENDORED = "<pip._vendor.urllib3.connection.HTTPSConnection object at 0x7f2e>: "
NEW = f"NewConnectionError('{VENDORED}Failed to establish a new connection: "
LOGS = {
    "offline": (
        f"{RETRY}'{NEW}[Errno -2] Name or service not known')': /simple/cbor2/{NONE}",
        "the package index cannot be reached. To go on, check that this computer is "
        "online,",
        "NewConnectionError('Failed to establish a new connection: [Errno -2] Name or "
        "service not known')': /simple/cbor2/",
    ),
    "slow": (
        f"{RETRY}'ReadTimeoutError(\"Read timed out. (read timeout=15)\")': /a/{NONE}",
        "the package index cannot be reached.",
        "ReadTimeoutError(",
    ),
    "proxy": (
        f"Looking in indexes: https://me:secret@index.example/simple\n{RETRY}"
        "'ProxyError('Cannot connect to proxy http://me:secret@proxy.example.', "
        f"OSError('Tunnel connection failed: 407 Proxy Authentication')': /a/{NONE}",
        "the proxy of this network lets nothing through. To go on, give its address in "
        "HTTPS_PROXY,",
        "ProxyError('Cannot connect to proxy http://…@proxy.example.', OSError(",
    ),
    "certificate": (
        f"{RETRY}'SSLError(SSLCertVerificationError(1, '[SSL: "
        f"CERTIFICATE_VERIFY_FAILED] certificate verify failed')': /a/{NONE}",
        "Python does not trust the certificate",
        "SSLError(",
    ),
    "no wheel": (
        f"{RETRY}'{NEW}[Errno 104] Connection reset')': /simple/cbor2/\n"
        + NONE.replace("none", "5.8.0, 6.0.0"),
        "there is no cbor2 of this version for Python 3.",
        "ERROR: Could not find a version that satisfies the requirement cbor2==6.1 "
        "(from versions: 5.8.0, 6.0.0)",
    ),
    "no compiler": (
        "  error: subprocess-exited-with-error\n  error: Microsoft Visual C++ 14.0 or "
        "greater is required\n  ERROR: Failed building wheel for autobahn\n"
        "Failed to build autobahn\n",
        "there is no autobahn for Python 3.",
        "Failed to build autobahn",
    ),
    "disk full": (
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left "
        "on device\n",
        "the disk is full. To go on, make space,",
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left "
        "on device",
    ),
    "locked": (
        "ERROR: Could not install packages due to an OSError: [WinError 5] Access is "
        "denied: 'C:\\\\course\\\\.venv'\n",
        "pip may not write there. To go on, close the programs that use the folder",
        "ERROR: Could not install packages due to an OSError: [WinError 5]",
    ),
    "something else": (
        "ERROR: Invalid requirement: 'nonsense ='\n",
        "pip gave up.",
        "ERROR: Invalid requirement: 'nonsense ='",
    ),
}


@pytest.mark.parametrize(("log", "reason", "words"), LOGS.values(), ids=LOGS)
def test_a_failed_installation_says_what_failed(
    new_repository: Path, fake_pip: Path, log: str, reason: str, words: str
) -> None:
    # What an installation before this one has left.
    (new_repository / ".venv" / "install.log").write_text("[Errno 28] No space left")
    fake_pip.write_text(log, encoding="utf-8")

    command = launch(new_repository, "serve")

    assert command.returncode == 1
    assert command.stderr.startswith(f"The packages could not be installed: {reason}")
    sentence, says, where = command.stderr.splitlines()
    assert sentence.endswith(", and run the same command again.")
    assert says.startswith(f"pip says: {words}")
    assert where == f"{Path('.venv/install.log')} has the details."
    assert "secret" not in command.stderr
    assert log.strip() in (new_repository / ".venv" / "install.log").read_text()


@pytest.mark.parametrize("is_in_a_room_without", [False, True])
@pytest.mark.usefixtures("environment_without_packages")
def test_without_an_index_the_real_pip_is_understood(
    new_repository: Path, monkeypatch: pytest.MonkeyPatch, is_in_a_room_without: bool
) -> None:
    if is_in_a_room_without:
        monkeypatch.setenv("PIP_NO_INDEX", "1")
        monkeypatch.setenv("PIP_FIND_LINKS", str(new_repository / "wheelhouse"))

    command = launch(new_repository, "serve")

    assert command.returncode == 1
    cure = "PIP_FIND_LINKS names" if is_in_a_room_without else "computer is online"
    assert f", check that {cure}" in command.stderr.replace("this ", "")


def test_without_the_venv_module_a_sentence_says_what_to_do(
    new_repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "venv.py").write_text("raise SystemExit('ensurepip is not available')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    command = launch(new_repository, "serve")

    assert command.returncode == 1
    assert "sudo apt-get install python3-venv" in command.stderr
    assert "ensurepip" in (new_repository / ".venv" / "install.log").read_text()


@pytest.mark.usefixtures("environment_without_packages")
def test_an_interrupted_installation_ends_and_can_be_repeated(
    new_repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent_index:
        silent_index.settimeout(30)
        port = silent_index.getsockname()[1]
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{port}/simple")
        command = Command(
            [sys.executable, "tutorial.py", "serve"],
            new_repository,
            tmp_path / "output",
        )
        connection, _ = silent_index.accept()
        with connection:
            command.press_ctrl_c()
            assert command.exit_status() == 1

    command.wait_until_all_ended()
    assert command.output.endswith(
        "Interrupted. Run the same command again to finish the installation.\n"
    )
    assert (new_repository / ".venv" / "installed.sha256").read_text() == ""


def test_what_is_in_the_way_of_the_environment_is_named(new_repository: Path) -> None:
    (new_repository / ".venv").write_text("")

    command = launch(new_repository, "serve")

    assert command.returncode == 1
    assert command.stderr.startswith("The environment .venv could not be made: ")
    assert str(new_repository / ".venv") in command.stderr


def test_help_needs_no_installation(new_repository: Path) -> None:
    command = launch(new_repository, "--help")

    assert command.returncode == 0
    for name in "serve", "test":
        assert f"\n    {name} " in command.stdout
    assert not (new_repository / ".venv").exists()


def test_an_old_python_is_told_so() -> None:
    code = (
        "import runpy, sys; sys.version_info = (3, 10, 4, 'final', 0);"
        "runpy.run_path('tutorial.py', run_name='__main__')"
    )
    command = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True
    )

    assert command.returncode == 1
    assert command.stderr.startswith(
        "The course needs Python 3.11 or newer, and this is Python 3.10.4."
    )


@pytest.mark.parametrize("minor", range(4, 11))
def test_an_old_python_can_read_the_launcher(minor: int) -> None:
    source = (ROOT / "tutorial.py").read_text(encoding="utf-8")
    until_the_check, _, _ = source.partition("import hashlib")

    ast.parse(until_the_check, feature_version=(3, minor))
    ast.parse(source, feature_version=(3, max(minor, 6)))


def test_an_unknown_command_is_refused(clone: Clone) -> None:
    finished = clone.try_to_run("sevre")

    assert finished.returncode == 2
    assert "invalid choice: 'sevre' (choose from" in finished.stderr


def test_a_command_runs_where_the_folder_is_gone(clone: Clone, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    code = (
        "import os, sys; os.rmdir(os.getcwd()); "
        "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    )
    course = [sys.executable, "-P", "-c", code, "-P", "-c", RUN_COURSE]
    finished = subprocess.run(
        [*course, str(clone.folder), "diff", "cp1", "cp1"],
        cwd=gone,
        capture_output=True,
        text=True,
    )

    assert finished.stdout == "There is no difference between cp1 and cp1.\n"
    assert finished.stderr == ""


def test_what_the_computer_does_not_allow_is_named(clone: Clone) -> None:
    in_the_way = clone.folder / "docs" / "_build"
    in_the_way.write_text("")

    sentence = clone.refusal("docs")

    assert sentence.startswith("This computer does not allow it: ")
    assert str(in_the_way) in sentence
