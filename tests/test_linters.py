import os
import subprocess
import sys
from pathlib import Path

import pytest

from course.chapters import FINAL, ROOT, all_checkpoints, find_checkpoint


def run(*command: str, folder: Path = ROOT, **environment: str) -> None:
    result = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout + result.stderr


def mypy(*paths: str, folder: Path, **environment: str) -> None:
    config = ["--config-file", str(ROOT / "pyproject.toml")]
    run("mypy", *config, *paths, folder=folder, **environment)


def test_the_linter_finds_nothing() -> None:
    run("ruff", "check", ".")


def test_the_formatter_would_change_nothing() -> None:
    run("ruff", "format", "--check", ".")


@pytest.mark.parametrize("name", [checkpoint.name for checkpoint in all_checkpoints()])
def test_the_types_of_every_project_are_right(name: str) -> None:
    mypy(".", folder=find_checkpoint(name).folder)


def test_the_types_of_every_example_are_right() -> None:
    # The stubs of Django know no path() to a consumer, and those of Channels neither
    # such a path nor headers of bytes.
    wrong = ["--disable-error-code", "arg-type", "--disable-error-code", "list-item"]
    # One example is a whole project. Another one has models, and Django's stubs know
    # those of installed apps only.
    around = {"MYPYPATH": "setup", "EXAMPLE": "database.history"}
    mypy(".", *wrong, folder=ROOT / "docs" / "examples", **around)


def test_the_types_of_everything_around_the_projects_are_right() -> None:
    # mypy's knowledge of Django wants the settings of some project, and the load that
    # `tutorial.py bench` measures with is the finished project's.
    project = str(find_checkpoint(FINAL).folder)
    path = os.pathsep.join([project, str(ROOT / "docs" / "_ext")])
    paths = ["tutorial.py", "course", "tests", "docs/conf.py", "docs/_ext"]
    mypy(*paths, folder=ROOT, MYPYPATH=path)
