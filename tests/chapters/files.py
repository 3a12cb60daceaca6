"""The reader's files: what a page does to them, and what they should be in the end."""

import ast
import shutil
import textwrap
from pathlib import Path

from tests.chapters.failures import Failure
from tests.chapters.pages import Step

# What tools leave behind; neither a checkpoint nor a page has any of it.
LEFT_BEHIND = {".venv", ".git", "__pycache__", "db.sqlite3", "loadtest.svg"}


def place_of(folder: Path, path: str) -> Path:
    """Where a path of a page is. Raises Failure if that is not in the folder."""
    place = (folder / path).resolve()
    if not place.is_relative_to(folder.resolve()):
        raise Failure(f"{path} is outside the reader's folder")
    return place


def create(folder: Path, step: Step, course: Path) -> None:
    place = place_of(folder, step["path"])
    if place.exists():
        raise Failure(f"{step['path']} is to be created, but the reader has it already")
    place.parent.mkdir(parents=True, exist_ok=True)
    if "copy_from" in step:
        shutil.copy(course / step["copy_from"], place)
    else:
        place.write_bytes(as_saved(step["text"]))


def remove(folder: Path, step: Step) -> None:
    existing(folder, step["path"], "deleted").unlink()


def edit(folder: Path, step: Step, course: Path) -> None:
    """Make the changes that a page shows, which must lead to the whole file it shows.

    A hunk's lines with "ctx" or "del" must be in the file, once, after the hunk before.
    """
    path = step["path"]
    place = existing(folder, path, "changed")
    if "copy_from" in step:
        shutil.copy(course / step["copy_from"], place)
        return
    text = place.read_bytes().decode()
    lines = text.removesuffix("\n").split("\n") if text else []
    start = 0
    for hunk in step["hunks"]:
        old = [line for kind, line in hunk if kind in {"ctx", "del"}]
        new = [line for kind, line in hunk if kind in {"ctx", "add"}]
        at = find_once(lines, old, start, path)
        lines[at : at + len(old)] = new
        start = at + len(new)
    got, whole = as_saved("\n".join(lines)), as_saved(step["whole"])
    if got != whole:
        problem = "the changes do not lead to the whole file"
        raise Failure(problem, whole.decode(), got.decode())
    place.write_bytes(got)


def existing(folder: Path, path: str, doing: str) -> Path:
    place = place_of(folder, path)
    if not place.is_file():
        raise Failure(f"{path} is to be {doing}, but the reader has no such file")
    return place


def find_once(lines: list[str], wanted: list[str], start: int, path: str) -> int:
    last = len(lines) - len(wanted)
    places = [
        at for at in range(start, last + 1) if lines[at : at + len(wanted)] == wanted
    ]
    if len(places) == 1 and (wanted or not lines):
        return places[0]
    listing = "\n".join(wanted)
    if places:
        raise Failure(f"these lines are more than once in {path}:\n{listing}")
    problem = f"these lines, which are to be changed, are not in the reader's {path}"
    raise Failure(f"{problem}:\n{listing}", listing, "\n".join(lines[start:]))


def as_saved(text: str) -> bytes:
    """A text as an editor saves it, with one newline at the end."""
    stripped = text.rstrip("\n")
    return f"{stripped}\n".encode() if stripped else b""


def excerpt(checkpoint: Path, step: Step) -> None:
    """Raises Failure unless the page shows all of the object, and nothing else."""
    source = place_of(checkpoint, step["path"]).read_text(encoding="utf-8")
    expected = textwrap.dedent(object_in(source, step["object"]))
    shown = textwrap.dedent(step["text"]).strip("\n")
    if shown != expected:
        raise Failure(f"the page shows another {step['object']}", expected, shown)


def object_in(source: str, name: str) -> str:
    """The lines of a function, class, method or constant of a Python file."""
    body: list[ast.stmt] = ast.parse(source).body
    for part in name.split("."):
        named = [item for item in body if part in names_of(item)]
        if not named:
            raise Failure(f"there is no {name} in the file")
        found = named[0]
        body = getattr(found, "body", [])
    decorators = [item.lineno for item in getattr(found, "decorator_list", [])]
    start = min([found.lineno, *decorators])
    return "\n".join(source.split("\n")[start - 1 : found.end_lineno])


def names_of(item: ast.stmt) -> list[str]:
    if isinstance(item, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return [item.name]
    targets = getattr(item, "targets", [getattr(item, "target", None)])
    return [target.id for target in targets if isinstance(target, ast.Name)]


def files_of(folder: Path) -> dict[str, bytes]:
    """The files of a project and what is in them."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
        and not any(map(is_left_behind, file.relative_to(folder).parts))
    }


def is_left_behind(name: str) -> bool:
    return name in LEFT_BEHIND or (name.startswith(".") and name.endswith("_cache"))


def left_behind(folder: str, names: list[str]) -> set[str]:
    """What shutil.copytree is to ignore."""
    return {name for name in names if is_left_behind(name)}


def compare(folder: Path, checkpoint: Path) -> None:
    """Raises Failure with the first difference of two projects."""
    got, expected = files_of(folder), files_of(checkpoint)
    for path in sorted(got.keys() | expected.keys()):
        if path not in got:
            raise Failure(f"the reader's folder has no {path}, but the checkpoint has")
        if path not in expected:
            raise Failure(f"the reader's folder has {path}, but the checkpoint has not")
        if got[path] != expected[path]:
            raise Failure(
                f"the reader's {path} is not the checkpoint's",
                expected[path].decode(errors="replace"),
                got[path].decode(errors="replace"),
            )
