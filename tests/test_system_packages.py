import os
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from course import system_packages
from course.errors import TutorialError
from course.system_packages import PACKAGES, find, require

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

    assert require(package) == find(package) == str(path / program)


def test_a_program_may_be_somewhere_else(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = path / "Google Chrome.app"
    place.touch()
    chrome = replace(PACKAGES["chromium"], places=("/none", f"{path}/*.app"))
    monkeypatch.setitem(system_packages.PACKAGES, "chromium", chrome)

    assert require("chromium") == str(place)


@pytest.mark.parametrize("package", PACKAGES)
def test_root_on_debian_gets_it_installed(
    path: Path, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    program = path / PACKAGES[package].programs[0]
    install = f"echo > {program}; /bin/chmod +x {program}"
    add_program(path, "apt-get", f'echo "$@" >> {path}/calls; {install}')

    assert require(package) == str(program)

    update, install = (path / "calls").read_text().splitlines()
    assert update == "update"
    assert install.startswith("install --yes ")
    assert install.endswith(f" {package}")


def test_an_installation_that_fails_shows_why(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    add_program(path, "apt-get", "echo 'E: no such mirror'; exit 100")

    with pytest.raises(TutorialError, match="no such mirror\napt-get could not"):
        require("redis-server")


@pytest.mark.parametrize(
    ("package", "platform", "programs", "advice"),
    [
        ("redis-server", "linux", ["apt-get"], "sudo apt-get install redis-server"),
        ("redis-server", "linux", [], "with your system's package manager"),
        ("redis-server", "darwin", [], "brew install redis"),
        ("redis-server", "win32", [], "WSL"),
        ("nginx", "linux", ["apt-get"], "sudo apt-get install nginx"),
        ("nginx", "darwin", [], "brew install nginx"),
        ("chromium", "linux", ["apt-get"], "sudo apt-get install chromium"),
        ("chromium", "linux", [], "https://www.google.com/chrome/"),
        ("chromium", "darwin", [], "brew install --cask google-chrome"),
        ("chromium", "win32", [], "https://www.google.com/chrome/"),
        ("npm", "linux", ["apt-get"], "sudo apt-get install npm"),
        ("npm", "linux", [], "https://nodejs.org/"),
        ("npm", "darwin", [], "brew install node"),
    ],
)
def test_elsewhere_a_sentence_says_how_to_get_it(
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    package: str,
    platform: str,
    programs: list[str],
    advice: str,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    # Only there: what Python itself does on Windows, it can't do elsewhere.
    monkeypatch.setattr(system_packages, "sys", SimpleNamespace(platform=platform))
    for name in programs:
        add_program(path, name, "exit 1")

    with pytest.raises(TutorialError, match=advice):
        require(package)
