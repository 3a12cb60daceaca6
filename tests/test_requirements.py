import re
import subprocess
import sys
from importlib import metadata

import pytest

from course.chapters import ROOT, load_chapters

pytestmark = pytest.mark.quick

# What the chat runs on, and what the course needs besides.
CHAT, COURSE = "requirements", "requirements-course"
PIN = re.compile(r"([a-z0-9-]+)==[0-9][0-9a-z.]*( ; .+)?")
# None of them serves a page or a socket.
ONLY_FOR_THE_COURSE = ["mypy", "playwright", "pytest", "ruff", "sphinx", "uvicorn"]


def read(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


def pins(name: str) -> list[str]:
    lines = read(f"{name}.txt").splitlines()
    return [line for line in lines if not line.lstrip().startswith("#")]


def pinned(*names: str) -> set[str]:
    return {line.partition("==")[0] for name in names for line in pins(name)}


def asked_for(name: str) -> set[str]:
    packages = re.findall(r"^[\w-]+", read(f"{name}.in"), re.MULTILINE)
    return {normalized(package) for package in packages}


def normalized(name: str) -> str:
    return re.sub("[-_.]+", "-", name).lower()


@pytest.mark.parametrize("name", [CHAT, COURSE])
def test_every_line_is_a_pin_and_nothing_else(name: str) -> None:
    for line in pins(name):
        assert PIN.fullmatch(line), line


@pytest.mark.parametrize("name", [CHAT, COURSE])
@pytest.mark.parametrize("suffix", ["in", "txt"])
def test_no_address_and_no_path_is_in_the_requirements(name: str, suffix: str) -> None:
    text = read(f"{name}.{suffix}")
    assert not re.search(r"://|--(extra-)?index-url|--find-links|/", text)


@pytest.mark.parametrize("name", [CHAT, COURSE])
def test_what_is_asked_for_is_pinned(name: str) -> None:
    assert asked_for(name) <= pinned(name)


def test_nothing_is_asked_for_twice() -> None:
    assert not asked_for(CHAT) & asked_for(COURSE)


def test_what_the_chapters_require_is_pinned() -> None:
    required = {
        normalized(name) for chapter in load_chapters() for name in chapter.requires
    }

    assert required <= pinned(CHAT, COURSE)


def test_the_image_has_what_the_chat_runs_on_and_no_more() -> None:
    docker = read("Dockerfile")

    assert re.findall(r"\S+\.txt\b", docker) == ["requirements.txt"] * 2
    assert not pinned(CHAT) & set(ONLY_FOR_THE_COURSE)


def test_the_chat_starts_with_nothing_else_installed() -> None:
    here = metadata.packages_distributions()
    others = [
        module
        for module, packages in here.items()
        if not {*map(normalized, packages)} & pinned(CHAT)
    ]
    code = (
        "import os, sys\n"
        "sys.modules |= dict.fromkeys(sys.argv[1:])\n"  # To import one is an error.
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'\n"
        "import config.asgi, daphne.server, chat.management.commands.loadtest\n"
    )

    started = subprocess.run(
        [sys.executable, "-c", code, *others],
        cwd=ROOT / "chanx_django",
        capture_output=True,
        text=True,
    )

    assert {"pytest", "sphinx", "playwright"} <= {*others}
    assert started.returncode == 0, started.stderr


def test_the_pinned_packages_agree_with_each_other() -> None:
    check = subprocess.run(
        [sys.executable, "-m", "pip", "check"], capture_output=True, text=True
    )

    assert check.returncode == 0, check.stdout
