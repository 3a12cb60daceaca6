import ast
import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from course.chapters import ROOT
from course.command_line import command_line
from tests.support.clones import Clone
from tutorial import RUN_COURSE


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


def test_every_command_is_a_function_that_takes_what_is_typed() -> None:
    parser = command_line()
    names = re.findall(r"^    ([a-z]+)", parser.format_help(), re.MULTILINE)

    assert {"serve", "start", "check", "test"} <= set(names)
    required = {"start": ["cp0"], "carry": ["cp0"]}
    lines = [[name, *required.get(name, [])] for name in names]
    for line in [*lines, ["check", "--watch"]]:
        arguments = vars(parser.parse_args(line))
        module, _, function = arguments.pop("run").rpartition(".")
        run = getattr(importlib.import_module(module), function)
        inspect.signature(run).bind(**arguments)


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
