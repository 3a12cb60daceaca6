"""The steps that change the reader's files, or show a part of one."""

import shutil
from pathlib import Path

from course.chapters import folder_of
from tests.chapters.commands import require_exit
from tests.chapters.failures import Failure
from tests.chapters.pages import Step
from tests.chapters.reader import Reader


def create(reader: Reader, step: Step) -> None:
    place = place_of(reader.computer.folder, step)
    if place.exists():
        raise Failure(f"{step['path']} is to be created, but the reader has it already")
    place.parent.mkdir(parents=True, exist_ok=True)
    if "copy_from" in step:
        shutil.copy(reader.page.root / step["copy_from"], place)
    else:
        place.write_bytes(as_saved(step["text"]))


def remove(reader: Reader, step: Step) -> None:
    existing(reader.computer.folder, step, "deleted").unlink()


def edit(reader: Reader, step: Step) -> None:
    """Make the changes that a page shows, which must lead to the whole file it shows.

    A hunk's lines with "ctx" or "del" must be in the file, once, after the hunk before.
    """
    place = existing(reader.computer.folder, step, "changed")
    if "copy_from" in step:
        shutil.copy(reader.page.root / step["copy_from"], place)
        return
    text = place.read_bytes().decode()
    lines = text.removesuffix("\n").split("\n") if text else []
    start = 0
    for hunk in step["hunks"]:
        old = [line for kind, line in hunk if kind in {"ctx", "del"}]
        new = [line for kind, line in hunk if kind in {"ctx", "add"}]
        at = find_once(lines, old, start, step["path"])
        lines[at : at + len(old)] = new
        start = at + len(new)
    got, whole = as_saved("\n".join(lines)), as_saved(step["whole"])
    if got != whole:
        problem = "the changes do not lead to the whole file"
        raise Failure(problem, whole.decode(), got.decode())
    place.write_bytes(got)


def ready_made(reader: Reader, step: Step) -> None:
    """Download the archive beside the page, and unpack it as the page says."""
    shutil.copy(reader.page.built / step["archive"], reader.computer.folder)
    unpacked = reader.computer.terminal(1).run(step["typed"], reader.seconds)
    require_exit(unpacked, 0)
    for path in step["files"]:
        existing(reader.computer.folder, {"path": path}, "unpacked")


def place_of(folder: Path, step: Step) -> Path:
    """Where a step's file is. Raises Failure if that is not in the folder."""
    place: Path = (folder / step["path"]).resolve()
    if not place.is_relative_to(folder.resolve()):
        raise Failure(f"{step['path']} is outside the reader's folder")
    return place


def existing(folder: Path, step: Step, doing: str) -> Path:
    place = place_of(folder, step)
    if not place.is_file():
        raise Failure(f"{step['path']} is to be {doing}, but the reader has none")
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


def excerpt(reader: Reader, step: Step) -> None:
    """Raises Failure unless the checkpoint's file has what the page shows of it."""
    checkpoint = folder_of(step["checkpoint"], reader.page.root)
    file = place_of(checkpoint, step).read_text(encoding="utf-8")
    if without_indents(step["text"]) not in without_indents(file):
        raise Failure(f"the page shows another {step['object']}", file, step["text"])


def without_indents(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip("\n").splitlines())
