import os
import sys
from pathlib import Path

import pytest

from checkpoints.chapters import all_checkpoints
from checkpoints.errors import TutorialError
from checkpoints.suites import find_suite
from checkpoints.system_packages import require_redis


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in which programs are found."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def add_program(path: Path, name: str, script: str) -> None:
    program = path / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_nothing_happens_where_redis_is_installed(path: Path) -> None:
    add_program(path, "redis-server", "")

    require_redis()


def test_root_on_debian_gets_it_installed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    add_program(path, "apt-get", f'echo "$@" >> {path}/calls')

    require_redis()

    update, install = (path / "calls").read_text().splitlines()
    assert update == "update"
    assert install.startswith("install --yes ")
    assert install.endswith(" redis-server")


def test_an_installation_that_fails_shows_why(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    add_program(path, "apt-get", "echo 'E: no such mirror'; exit 100")

    with pytest.raises(TutorialError, match="no such mirror\napt-get could not"):
        require_redis()


@pytest.mark.parametrize(
    ("platform", "programs", "advice"),
    [
        ("linux", ["apt-get"], "sudo apt-get install redis-server"),
        ("linux", [], "with your system's package manager"),
        ("darwin", [], "brew install redis"),
        ("win32", [], "WSL"),
    ],
)
def test_elsewhere_a_sentence_says_how_to_get_it(
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    platform: str,
    programs: list[str],
    advice: str,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(sys, "platform", platform)
    for name in programs:
        add_program(path, name, "exit 1")

    with pytest.raises(TutorialError, match=advice):
        require_redis()


def test_only_the_chapters_from_redis_on_need_it() -> None:
    names = [checkpoint.name for checkpoint in all_checkpoints()]

    assert [name for name in names if find_suite(name).needs_redis] == ["cp4", "final"]
