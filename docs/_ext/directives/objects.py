"""The objects of a file: its classes, functions, methods and constants."""

import ast
import re
from collections.abc import Iterator

from directives.errors import PageError

# The names of objects, with their first and last lines, decorators included.
Objects = dict[str, tuple[int, int]]

# What begins an object of a script that is formatted as usual. It goes on to the
# bracket at the same distance from the margin.
DECLARATION = re.compile(
    r"( *)(?:export )?(?:async )?(?:(?:function|class|const) (\w+)|(#?\w+)\(.*\) \{$)"
)


def objects_of(source: str) -> Objects:
    """Return the objects of a file, in its order; none if it is no valid Python."""
    try:
        return dict(objects_in(ast.parse(source).body))
    except SyntaxError:
        return {}


def objects_in(
    body: list[ast.stmt], prefix: str = ""
) -> Iterator[tuple[str, tuple[int, int]]]:
    for statement in body:
        last = statement.end_lineno or statement.lineno
        match statement:
            case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                decorators = [item.lineno for item in statement.decorator_list]
                first = min([statement.lineno, *decorators])
                yield f"{prefix}{statement.name}", (first, last)
                if isinstance(statement, ast.ClassDef):
                    yield from objects_in(statement.body, f"{prefix}{statement.name}.")
            case (
                ast.Assign(targets=[ast.Name(id=target)])
                | ast.AnnAssign(target=ast.Name(id=target))
            ):
                yield f"{prefix}{target}", (statement.lineno, last)


def objects_of_script(source: str) -> Objects:
    """Return the objects of a JavaScript file that have more than one line."""
    found: Objects = {}
    lines = source.splitlines()
    for first, line in enumerate(lines, start=1):
        match = DECLARATION.match(line)
        if match and not line.endswith(";"):
            ends = [f"{match[1]}{bracket}" for bracket in ("}", "};", "},")]
            last = next(n for n, it in enumerate(lines, 1) if n > first and it in ends)
            found[match[2] or match[3]] = first, last
    return found


def lines_of(source: str, path: str, name: str) -> str:
    """Return the lines of an object of a Python or JavaScript file.

    Raises PageError if the file has no such object.
    """
    if not path.endswith((".py", ".js")):
        raise PageError(f"{path} is neither Python nor JavaScript: include it whole.")
    known = objects_of(source) if path.endswith(".py") else objects_of_script(source)
    if name not in known:
        raise PageError(
            f"There is no {name} in {path}: name one of {', '.join(known)}."
        )
    first, last = known[name]
    return "".join(source.splitlines(keepends=True)[first - 1 : last])


def name_around(objects: Objects, start: int, end: int) -> str:
    """Return the name of the innermost object that has these lines and more.

    It is "" if there is none.
    """
    around = [
        name
        for name, (first, last) in objects.items()
        if first <= start and end <= last and end - start < last - first
    ]
    return around[-1] if around else ""
