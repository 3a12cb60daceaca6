import os
from dataclasses import replace
from pathlib import Path

import pytest

from course import system_packages
from course.errors import TutorialError
from course.system_packages import PACKAGES, require

pytestmark = pytest.mark.quick


@pytest.fixture(autouse=True)
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in which programs are found."""
    monkeypatch.setenv("PATH", str(tmp_path))
    nowhere = {name: replace(it, places=()) for name, it in PACKAGES.items()}
    monkeypatch.setattr(system_packages, "PACKAGES", nowhere)
    return tmp_path


def add_program(path: Path, name: str, script: str = "") -> None:
    program = path / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


@pytest.mark.parametrize(
    ("package", "program"),
    [
        *((name, package.programs[0]) for name, package in PACKAGES.items()),
        ("chromium", "google-chrome"),
    ],
)
def test_nothing_happens_where_it_is_installed(
    path: Path, package: str, program: str
) -> None:
    add_program(path, program)

    assert require(package) == str(path / program)


def test_a_program_may_be_somewhere_else(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = path / "Google Chrome.app"
    place.touch()
    chrome = replace(PACKAGES["chromium"], places=("/none", f"{path}/*.app"))
    monkeypatch.setitem(system_packages.PACKAGES, "chromium", chrome)

    assert require("chromium") == str(place)


def test_root_on_debian_gets_it_installed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    install = f"echo > {path}/initdb; /bin/chmod +x {path}/initdb"
    add_program(path, "apt-get", f'echo "$@" >> {path}/calls; {install}')

    assert require("postgresql") == f"{path}/initdb"

    assert (path / "calls").read_text().splitlines() == [
        "update",
        "install --yes --no-install-recommends postgresql",
    ]


def test_an_installation_that_fails_shows_why(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    add_program(path, "apt-get", "echo 'E: no such mirror'; exit 100")

    with pytest.raises(TutorialError, match="no such mirror\napt-get could not"):
        require("redis-server")


def test_elsewhere_a_sentence_says_how_to_get_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    add_program(path, "apt-get", "exit 1")

    with pytest.raises(TutorialError) as told:
        require("chromium")

    assert str(told.value) == (
        "These tests start chromium. Install it: on Debian and Ubuntu with 'sudo "
        "apt-get install chromium', on macOS with 'brew install --cask google-chrome', "
        "elsewhere from https://www.google.com/chrome/."
    )
