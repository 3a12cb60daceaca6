"""How far a project has come, told from its files without running them."""

import difflib
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from course.chapters import Checkpoint
from course.projects import files_of
from course.trial import MINE, is_of_tests

Files = dict[str, bytes]
NOTHING: Files = {}


class State(StrEnum):
    """How a file differs from the one that a chapter ends with."""

    MISSING = "missing"
    # As it was when the chapter began.
    UNTOUCHED = "untouched"
    # There, although the chapter removes it.
    LEFT = "left"
    CHANGED = "changed"


@dataclass(frozen=True)
class Hunk:
    """The first of some lines that differ, and how many lines are missing before it."""

    line: int
    code: str
    missing: int


@dataclass(frozen=True)
class Difference:
    """A file that is not as it is at the end of the chapter."""

    path: str
    state: State
    hunks: list[Hunk] = field(default_factory=list)

    @property
    def is_step_to_do(self) -> bool:
        return self.state != State.CHANGED


@dataclass(frozen=True)
class Guess:
    """The checkpoint that a project is on the way to, and why one may think so."""

    checkpoint: str
    reason: str


def read_mine(paths: set[str]) -> Files:
    """Return those of the learner's files that have these paths."""
    return {
        path: (MINE / path).read_bytes() for path in paths if (MINE / path).is_file()
    }


def code_of(folder: Path) -> Files:
    """Return the files of a checkpoint's copy that are not there for its tests."""
    files = files_of(folder)
    return {path: files[path] for path in files if not is_of_tests(path)}


def differences(mine: Files, start: Files, end: Files) -> list[Difference]:
    """Return what distinguishes these files from a chapter's end, by path."""
    found = []
    for path in sorted(start | end):
        own = lines_of(mine.get(path))
        wanted = lines_of(end.get(path))
        if own == wanted:
            continue
        if own is None:
            found.append(Difference(path, State.MISSING))
        elif wanted is None:
            found.append(Difference(path, State.LEFT))
        elif own == lines_of(start.get(path)):
            hunks = hunks_of(own, wanted)
            found.append(Difference(path, State.UNTOUCHED, hunks))
        else:
            found.append(Difference(path, State.CHANGED, hunks_of(own, wanted)))
    return found


def lines_of(content: bytes | None) -> list[str] | None:
    # Editors end lines in different ways, which makes no difference to Python.
    return None if content is None else content.decode(errors="replace").splitlines()


def hunks_of(own: list[str], wanted: list[str]) -> list[Hunk]:
    matcher = difflib.SequenceMatcher(None, own, wanted, autojunk=False)
    hunks = []
    for tag, start, end, wanted_start, wanted_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        if tag == "insert":
            code = own[start].strip() if start < len(own) else ""
            hunks.append(Hunk(start + 1, code, wanted_end - wanted_start))
        for number in range(start, end):
            if own[number].strip():
                hunks.append(Hunk(number + 1, own[number].strip(), 0))
    return hunks


def guess(mine: Files, projects: list[tuple[Checkpoint, Files]]) -> Guess:
    """Return the checkpoint that a project is on the way to.

    On the way from one checkpoint to the next, every line that is not of the one is of
    the other. So it is the chapter with the fewest lines that are of neither; and of
    several, the one whose end is nearest.
    """
    candidates = []
    before = NOTHING
    for checkpoint, after in projects:
        to_end = distance(mine, after)
        detour = distance(before, mine) + to_end - distance(before, after)
        candidates.append((detour, to_end, checkpoint, before, after))
        before = after
    _, to_end, checkpoint, before, after = min(
        candidates, key=lambda candidate: candidate[:2]
    )
    return Guess(checkpoint.name, reason_for(checkpoint, to_end, mine, before, after))


def reason_for(
    checkpoint: Checkpoint, to_end: int, mine: Files, before: Files, after: Files
) -> str:
    if not to_end:
        return f"Your files are those of {checkpoint.name}."
    changed = [path for path in before | after if before.get(path) != after.get(path)]
    to_do = [difference.path for difference in differences(mine, before, after)]
    done = [path for path in changed if path not in to_do]
    return (
        f"The chapter {checkpoint.chapter.title} fits best: of what it changes, "
        f"{len(done)} of {len(changed)} files are as at its end."
    )


def distance(these: Files, those: Files) -> int:
    """Return how many lines are in these files and not in those, or the reverse."""
    total = 0
    for path in these.keys() | those.keys():
        if these.get(path) == those.get(path):
            continue
        lines = Counter(lines_of(these.get(path)) or [])
        lines.subtract(lines_of(those.get(path)) or [])
        total += sum(map(abs, lines.values()))
    return total
