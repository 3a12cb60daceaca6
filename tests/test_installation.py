import os
import socket
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.support.commands import Command
from tests.support.ports import free_port

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
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{free_port()}/simple")
    (repository / "requirements-course.txt").write_text("")
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


def test_the_first_command_installs_and_so_do_changed_requirements(
    new_repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    requirements = new_repository / "requirements.txt"
    requirements.write_text("")
    # The current folder stays, but nothing is imported from it.
    (new_repository / "course" / "argparse.py").write_text("nonsense")

    first = launch(new_repository, "serve", "nonsense")
    second = launch(new_repository, "serve", "nonsense", place="course")

    assert first.stdout.startswith(INSTALLING)
    assert second.stdout == ""
    for command in first, second:
        assert command.returncode == 1
        assert command.stderr.startswith("There is no checkpoint 'nonsense';")

    requirements.write_text("# changed")
    assert launch(new_repository, "serve", "nonsense").stdout.startswith(INSTALLING)
    assert launch(new_repository, "serve", "nonsense").stdout == ""


@pytest.mark.parametrize("is_in_a_room_without", [False, True])
@pytest.mark.usefixtures("environment_without_packages")
def test_a_failed_installation_says_what_failed(
    new_repository: Path, monkeypatch: pytest.MonkeyPatch, is_in_a_room_without: bool
) -> None:
    log = new_repository / ".venv" / "install.log"
    # What an installation before this one has left.
    log.write_text("[Errno 28] No space left on device")
    if is_in_a_room_without:
        monkeypatch.setenv("PIP_NO_INDEX", "1")
        monkeypatch.setenv("PIP_FIND_LINKS", str(new_repository / "wheelhouse"))

    command = launch(new_repository, "serve")

    assert command.returncode == 1
    cure = "PIP_FIND_LINKS names" if is_in_a_room_without else "computer is online"
    assert f", check that {cure}" in command.stderr.replace("this ", "")
    assert command.stderr.endswith(f"\n{Path('.venv/install.log')} has the details.\n")
    assert "Errno 28" not in log.read_text()


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
        silent_index.settimeout(300)
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
