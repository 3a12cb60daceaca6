import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from course import system_packages
from course.chapters import all_checkpoints
from course.errors import TutorialError
from course.suites import all_suites, find_suite
from course.system_packages import (
    require_browser,
    require_nginx,
    require_npm,
    require_redis,
)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in which programs are found."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(system_packages, "PLACES_OF_BROWSERS", [])
    monkeypatch.setattr(system_packages, "PLACE_OF_NGINX", "")
    return tmp_path


def add_program(path: Path, name: str, script: str) -> None:
    program = path / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_nothing_happens_where_the_servers_are_installed(path: Path) -> None:
    add_program(path, "redis-server", "")
    add_program(path, "nginx", "")

    require_redis()
    require_nginx()


def test_nginx_may_be_where_only_root_looks(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = path / "sbin"
    place.mkdir()
    add_program(place, "nginx", "")
    monkeypatch.setattr(system_packages, "PLACE_OF_NGINX", str(place))

    require_nginx()


@pytest.mark.parametrize("name", ["chromium", "google-chrome"])
def test_nothing_happens_where_a_browser_is_installed(path: Path, name: str) -> None:
    add_program(path, name, "")

    require_browser()

    assert system_packages.find_browser() == str(path / name)


def test_nothing_happens_where_npm_is_installed(path: Path) -> None:
    add_program(path, "npm", "")

    require_npm()


def test_a_browser_may_be_somewhere_else(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = path / "Google Chrome.app"
    place.touch()
    monkeypatch.setattr(system_packages, "PLACES_OF_BROWSERS", ["/none", str(place)])

    require_browser()

    assert system_packages.find_browser() == str(place)


@pytest.mark.parametrize(
    ("require", "package"),
    [
        (require_redis, "redis-server"),
        (require_nginx, "nginx"),
        (require_browser, "chromium"),
        (require_npm, "npm"),
    ],
)
def test_root_on_debian_gets_it_installed(
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    require: Callable[[], None],
    package: str,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    add_program(path, "apt-get", f'echo "$@" >> {path}/calls')

    require()

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
        require_redis()


@pytest.mark.parametrize(
    ("require", "platform", "programs", "advice"),
    [
        (require_redis, "linux", ["apt-get"], "sudo apt-get install redis-server"),
        (require_redis, "linux", [], "with your system's package manager"),
        (require_redis, "darwin", [], "brew install redis"),
        (require_redis, "win32", [], "WSL"),
        (require_nginx, "linux", ["apt-get"], "sudo apt-get install nginx"),
        (require_nginx, "darwin", [], "brew install nginx"),
        (require_browser, "linux", ["apt-get"], "sudo apt-get install chromium"),
        (require_browser, "linux", [], "https://www.google.com/chrome/"),
        (require_browser, "darwin", [], "brew install --cask google-chrome"),
        (require_browser, "win32", [], "https://www.google.com/chrome/"),
        (require_npm, "linux", ["apt-get"], "sudo apt-get install npm"),
        (require_npm, "linux", [], "https://nodejs.org/"),
        (require_npm, "darwin", [], "brew install node"),
    ],
)
def test_elsewhere_a_sentence_says_how_to_get_it(
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    require: Callable[[], None],
    platform: str,
    programs: list[str],
    advice: str,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(sys, "platform", platform)
    for name in programs:
        add_program(path, name, "exit 1")

    with pytest.raises(TutorialError, match=advice):
        require()


def test_only_the_chapters_from_redis_on_need_it() -> None:
    names = [checkpoint.name for checkpoint in all_checkpoints()]

    assert [name for name in names if find_suite(name).needs_redis] == [
        "cp4",
        "cp5",
        "final",
    ]


def test_only_the_tests_of_the_limits_need_nginx() -> None:
    assert [suite.name for suite in all_suites() if suite.needs_nginx] == ["limits"]


def test_only_the_tests_of_the_course_need_a_browser() -> None:
    assert find_suite("tests").needs_browser
    assert not find_suite("final").needs_browser


def test_only_the_tests_in_a_browser_need_npm() -> None:
    assert [suite.name for suite in all_suites() if suite.needs_npm] == ["browser"]
