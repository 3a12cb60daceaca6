import ast
import importlib
import inspect
import re
import subprocess
import sys

import pytest

from course.chapters import ROOT
from course.command_line import command_line


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
