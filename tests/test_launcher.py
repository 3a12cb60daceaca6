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
from tests.conftest import Start
from tests.support.clones import Clone
from tests.support.commands import Command

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
    for file in ROOT.glob("requirements*.txt"):
        shutil.copy(file, repository)
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


def launch(repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "tutorial.py", *arguments],
        cwd=repository,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_the_first_command_installs_and_the_next_does_not(
    new_repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    for file in new_repository.glob("requirements*.txt"):
        file.write_text("")

    first = launch(new_repository, "serve", "nonsense")
    second = launch(new_repository, "serve", "nonsense")

    assert first.stdout.startswith(INSTALLING)
    assert second.stdout == ""
    for command in first, second:
        assert command.returncode == 1
        assert command.stderr.startswith("There is no checkpoint 'nonsense';")


@pytest.mark.usefixtures("environment_without_packages")
@pytest.mark.parametrize("changed", ["requirements.txt", "requirements-course.txt"])
def test_changed_requirements_are_installed(
    new_repository: Path, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    for file in new_repository.glob("requirements*.txt"):
        file.write_text("")
    launch(new_repository, "serve", "nonsense")
    (new_repository / changed).write_text("# changed")

    assert launch(new_repository, "serve", "nonsense").stdout.startswith(INSTALLING)
    assert launch(new_repository, "serve", "nonsense").stdout == ""


@pytest.mark.usefixtures("environment_without_packages")
def test_without_a_network_a_sentence_says_what_to_do(new_repository: Path) -> None:
    command = launch(new_repository, "serve")

    assert command.returncode == 1
    assert command.stderr == (
        "The packages could not be installed: check that this computer is online, and "
        f"run the same command again. {Path('.venv/install.log')} has the details.\n"
    )
    assert "ERROR: " in (new_repository / ".venv" / "install.log").read_text()


@pytest.mark.usefixtures("environment_without_packages")
def test_without_its_wheelhouse_a_sentence_says_what_to_do(
    new_repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(new_repository / "wheelhouse"))

    command = launch(new_repository, "serve")

    assert command.returncode == 1
    assert command.stderr.startswith(
        "The packages could not be installed: check that PIP_FIND_LINKS names the "
        "folder wheelhouse/ on this computer, and run the same command again."
    )


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


def test_an_unknown_command_is_refused(start: Start) -> None:
    command = start("sevre")

    assert command.exit_status() == 2
    assert "invalid choice: 'sevre' (choose from" in command.output


def test_what_the_computer_does_not_allow_is_named(clone: Clone) -> None:
    in_the_way = clone.folder / "docs" / "_build"
    in_the_way.write_text("")

    sentence = clone.refusal("docs")

    assert sentence.startswith("This computer does not allow it: ")
    assert str(in_the_way) in sentence
