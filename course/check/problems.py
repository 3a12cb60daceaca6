"""What went wrong in a project, as data: a problem that can be written as JSON."""

import linecache
import traceback
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from typing import Any

MAX_TEXT = 2000
MAX_VALUE = 200

Problem = dict[str, Any]
Frame = dict[str, Any]


def problem_of(error: BaseException, project: Path) -> Problem:
    """Return what an error says, and which lines of the project led to it."""
    # The error behind the one in which pytest wraps it.
    while type(error).__name__ in {"CollectError", "ConftestImportFailure"}:
        cause = getattr(error, "cause", None) or error.__cause__
        if cause is None:
            break
        error = cause
    problem: Problem = {
        "type": type(error).__name__,
        "message": str(error)[:MAX_TEXT],
        "module": error.name if isinstance(error, ImportError) else None,
        "frames": frames_of(traceback.walk_tb(error.__traceback__), project),
    }
    if isinstance(error, SyntaxError) and error.filename:
        problem["message"] = error.msg
        problem["frames"] += frame(error.filename, error.lineno or 1, project)
    return problem


def frames_of(steps: Iterable[tuple[FrameType, int]], project: Path) -> list[Frame]:
    """Return those of the steps of a traceback that are lines of the project."""
    return [
        known
        for step, line in steps
        for known in frame(step.f_code.co_filename, line, project)
    ]


def frame(filename: str, line: int, project: Path) -> list[Frame]:
    file = Path(filename).resolve()
    if filename.startswith("<") or not file.is_relative_to(project):
        return []
    path = file.relative_to(project).as_posix()
    code = linecache.getline(str(file), line).strip()
    return [{"path": path, "line": line, "code": code[:MAX_VALUE]}]


def value_of(value: object, length: int = MAX_VALUE) -> str:
    """Return the beginning of what Python calls a value."""
    text = repr(value)
    return text if len(text) <= length else text[: length - 1] + "…"
