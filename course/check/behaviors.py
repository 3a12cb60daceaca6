"""The behaviors of a project: what the names of its tests say in words."""

import ast
from collections.abc import Mapping
from pathlib import Path

from course.check.trial import is_of_tests


def behaviors_in(files: Mapping[str, str | bytes]) -> list[str]:
    """Return the behaviors that the tests among a project's files describe."""
    return [
        f"{path}::{node.name}"
        for path, content in files.items()
        if is_of_tests(path) and Path(path).match("test_*.py")
        for node in ast.parse(content).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    ]


def sentence(behavior: str) -> str:
    """Return the name of a test as words."""
    return behavior.rpartition("::")[2].removeprefix("test_").replace("_", " ")
