"""Which tests show what the guide has to contain."""

import ast
from collections.abc import Iterator
from pathlib import Path

MARK = "covers"


def read_marks(tests: Path) -> dict[str, dict[str, list[str]]]:
    """Return which tests cover what, by id and by file.

    They are marked with `pytest.mark.covers("G1")`, or all of a file are, with
    `pytestmark = pytest.mark.covers("G1")`.
    """
    found: dict[str, dict[str, list[str]]] = {}
    for file in sorted(tests.rglob("test_*.py")):
        path = file.relative_to(tests).as_posix()
        for name, ids in marks_in(ast.parse(file.read_text(encoding="utf-8"))):
            for covered in ids:
                found.setdefault(covered, {}).setdefault(path, []).append(name)
    return found


def marks_in(module: ast.Module) -> Iterator[tuple[str, list[str]]]:
    """Yield the module's tests and what each covers."""
    of_all: list[str] = []
    for statement in module.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="pytestmark")], value=value):
                of_all = covered_by([value])
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                if name.startswith("test_"):
                    own = covered_by(statement.decorator_list)
                    yield name, list(dict.fromkeys([*of_all, *own]))


def covered_by(expressions: list[ast.expr]) -> list[str]:
    return [
        str(argument.value)
        for expression in expressions
        for call in ast.walk(expression)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == MARK
        for argument in call.args
        if isinstance(argument, ast.Constant)
    ]
