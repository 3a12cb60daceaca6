"""How far a project has come, told from its files without running them."""

import difflib
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from course.chapters import Checkpoint
from course.check.trial import is_of_tests
from course.lines import Code, distance, lines_of
from course.projects import code_of


class State(Enum):
    """How a file differs from the one that a chapter ends with."""

    MISSING = "is missing"
    UNTOUCHED = "is still as it was at the beginning of the chapter"
    LEFT = "is still there; it is removed in the chapter"
    CHANGED = "is not as at the end of the chapter"


@dataclass(frozen=True)
class Difference:
    """A file that differs, and a line where it does.

    `missing` are the lines that should be before that one and are not; the first of
    them is the line `wanted_at` at the end of the chapter.
    """

    path: str
    state: State
    line: int = 0
    code: str = ""
    missing: tuple[str, ...] = ()
    wanted_at: int = 0


def without_tests(project: Checkpoint | Path) -> Code:
    """Return the files of a checkpoint that are not there for its tests."""
    code = code_of(project)
    return {path: code[path] for path in code if not is_of_tests(path)}


def read_all(project: Path, paths: set[str]) -> Code:
    """Return those of a project's files that have these paths and can be read."""
    files = {path: project / path for path in paths}
    return {it: lines_of(files[it].read_bytes()) for it in paths if files[it].is_file()}


def differences(mine: Code, start: Code, end: Code) -> list[Difference]:
    """Return what distinguishes these files from a chapter's end, by path."""
    found = []
    for path in sorted(start | end):
        own, wanted = mine.get(path), end.get(path)
        if own == wanted:
            continue
        if own is None:
            found.append(Difference(path, State.MISSING))
        elif wanted is None:
            found.append(Difference(path, State.LEFT))
        else:
            is_untouched = own == start.get(path)
            state = State.UNTOUCHED if is_untouched else State.CHANGED
            found += differences_in(path, state, own, wanted)
    return found


def differences_in(
    path: str, state: State, own: list[str], wanted: list[str]
) -> list[Difference]:
    matcher = difflib.SequenceMatcher(None, own, wanted, autojunk=False)
    found = []
    for tag, start, end, first, last in matcher.get_opcodes():
        lacking = [number for number in range(first, last) if wanted[number].strip()]
        if tag == "insert" and lacking:
            missing = tuple(wanted[number].strip() for number in lacking)
            rest = enumerate(own[start:], start + 1)
            line, code = next(((n, it) for n, it in rest if it.strip()), (start, ""))
            here = Difference(path, state, line, code.strip(), missing, lacking[0] + 1)
            found.append(here)
        elif tag in {"replace", "delete"}:
            found += [
                Difference(path, state, number, line.strip())
                for number, line in enumerate(own[start:end], start + 1)
                if line.strip()
            ]
    return found


def guess(
    mine: Code, projects: list[tuple[Checkpoint, Code]]
) -> tuple[Checkpoint, str]:
    """Return the checkpoint that a project is on the way to, and why.

    On the way from one checkpoint to the next, every line that is not of the one is of
    the other. So it is the chapter with the fewest lines that are of neither; and of
    several, the one whose end is nearest.
    """
    candidates = []
    before: Code = {}
    for number, (_, after) in enumerate(projects):
        to_end = distance(mine, after)
        detour = distance(before, mine) + to_end - distance(before, after)
        candidates.append((detour, to_end, number))
        before = after
    _, to_end, number = min(candidates)
    checkpoint, after = projects[number]
    if not to_end:
        return checkpoint, f"Your files are those of {checkpoint.name}."
    before = projects[number - 1][1] if number else {}
    changed = {path for path in before | after if before.get(path) != after.get(path)}
    done = changed - {it.path for it in differences(mine, before, after)}
    return checkpoint, (
        f"The chapter {checkpoint.chapter.title} fits best: of what it changes, "
        f"{len(done)} of {len(changed)} files are as at its end."
    )
