"""The reader's folder: what a page changes in it, and what it should be in the end."""

from pathlib import Path

from tests.replay.failures import Failure, closest

# What tools leave behind; neither a checkpoint nor a page has any of it.
LEFT_BEHIND = {".venv", ".git", "__pycache__", "db.sqlite3", "loadtest.svg"}


def place_of(folder: Path, path: str) -> Path:
    """Where a path of a page is. Raises Failure if that is not in the folder."""
    place = (folder / path).resolve()
    if not place.is_relative_to(folder.resolve()):
        raise Failure(f"{path} is outside the reader's folder")
    return place


def create(folder: Path, path: str, text: str) -> None:
    place = place_of(folder, path)
    if place.exists():
        raise Failure(f"{path} is to be created, but the reader has it already")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(as_saved(text))


def remove(folder: Path, path: str) -> None:
    place = place_of(folder, path)
    if not place.is_file():
        raise Failure(f"{path} is to be deleted, but the reader has no such file")
    place.unlink()


def edit(folder: Path, path: str, hunks: list[list[tuple[str, str]]]) -> None:
    """Make the changes that a page shows.

    A hunk is a list of lines, each with "ctx", "del" or "add" before it. Its first two
    kinds must be in the file, once, after the hunk before.
    """
    place = place_of(folder, path)
    if not place.is_file():
        raise Failure(f"{path} is to be changed, but the reader has no such file")
    text = place.read_bytes().decode()
    lines = text.removesuffix("\n").split("\n") if text else []
    start = 0
    for hunk in hunks:
        old = [line for kind, line in hunk if kind in {"ctx", "del"}]
        new = [line for kind, line in hunk if kind in {"ctx", "add"}]
        at = find_once(lines, old, start, path)
        lines[at : at + len(old)] = new
        start = at + len(new)
    place.write_bytes(as_saved("\n".join(lines)))


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
    missing = next((line for line in wanted if line not in lines[start:]), "")
    like = closest(missing, lines[start:])
    raise Failure(
        f"these lines, which are to be changed, are not in the reader's {path}",
        listing,
        like or "(nothing like it)",
    )


def as_saved(text: str) -> bytes:
    """A text as an editor saves it, with one newline at the end."""
    stripped = text.rstrip("\n")
    return f"{stripped}\n".encode() if stripped else b""


def files_of(folder: Path) -> dict[str, bytes]:
    """The files of a project and what is in them."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not any(map(is_left_behind, parts(file, folder)))
    }


def parts(file: Path, folder: Path) -> tuple[str, ...]:
    return file.relative_to(folder).parts


def is_left_behind(name: str) -> bool:
    return name in LEFT_BEHIND or (name.startswith(".") and name.endswith("_cache"))


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
