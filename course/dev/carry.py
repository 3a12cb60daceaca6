"""`tutorial.py carry`: take a change in one checkpoint forward through all later ones.

The change is what distinguishes the work tree from HEAD in that checkpoint's folder. It
goes from each checkpoint to the next with a three-way merge of every file, so that what
the chapters change stays as it is. What goes on from a checkpoint is what was carried
to it; so after a conflict, the command goes on from where it was resolved.
"""

import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from course.chapters import ROOT, Checkpoint, all_checkpoints, find_checkpoint
from course.errors import TutorialError
from course.git import git, is_clone, own_environment, require_clone
from course.source import FINISHED, has_finished_project

MARKER = re.compile(rb"^<{7} ", re.MULTILINE)

# None if there is no such file.
Content = bytes | None


class Outcome(StrEnum):
    """What became of a change in one file."""

    CARRIED = "carried"
    ALREADY_THERE = "already there"
    NOT_THERE = "no such file: a chapter has removed it"
    CONFLICT = "conflict"


@dataclass(frozen=True)
class Change:
    """What a file was, and what it is now."""

    before: Content
    after: Content


@dataclass(frozen=True)
class Merged:
    """What a change makes of a file."""

    outcome: Outcome
    content: Content


def carry(name: str) -> int:
    """Take the uncommitted change in a checkpoint to all later ones, and return 0.

    Each file of each checkpoint gets a line that says what became of the change in it.
    Nothing is committed. Raises TutorialError if there is no such checkpoint, none
    after it or no change in it, if this is no Git clone with the finished project, or
    if there is a conflict. The checkpoint with the conflict has then got the rest of
    the change, and those after it nothing.
    """
    checkpoint = find_checkpoint(name)
    if not is_clone():
        raise TutorialError(
            "What was changed is told by comparing with the last commit, and there is "
            "none, because this folder is not a Git clone: get the course with Git."
        )
    require_clone()
    if not has_finished_project():
        raise TutorialError(
            f"{FINISHED}/ is not the finished project on this branch, so nothing can "
            "be carried to it: switch to main first."
        )
    checkpoints = all_checkpoints()
    later = checkpoints[checkpoints.index(checkpoint) + 1 :]
    if not later:
        raise TutorialError(f"{name} is the last checkpoint: nothing comes after it.")
    changes = changes_in(checkpoint)
    for source, target in zip([checkpoint, *later], later, strict=False):
        changes = carry_to(target, source, changes)
    print("Nothing is committed. Look at it with: git diff")
    return 0


def changes_in(checkpoint: Checkpoint) -> dict[str, Change]:
    """Return the uncommitted changes in a checkpoint's folder, by path.

    Raises TutorialError if there are none, or if one is an unresolved conflict.
    """
    folder = checkpoint.folder.relative_to(ROOT).as_posix()
    listings = (
        ["diff", "--name-only", "--no-renames", "-z", "HEAD"],
        ["ls-files", "--others", "--exclude-standard", "-z"],
    )
    paths = {
        path.removeprefix(f"{folder}/")
        for listing in listings
        for path in git(*listing, "--", folder, root=ROOT).split("\0")
        if path
    }
    changes = {
        path: Change(content_at_head(checkpoint, path), content_of(checkpoint, path))
        for path in sorted(paths)
    }
    # Git also lists a file of which only the permissions have changed.
    changes = {path: it for path, it in changes.items() if it.before != it.after}
    if not changes:
        raise TutorialError(
            f"There is nothing to carry: no file in {folder}/ differs from the last "
            "commit. Make the change there, and carry it before you commit it."
        )
    for path, change in changes.items():
        if has_markers(change.after):
            raise TutorialError(
                f"{folder}/{path} still has the markers of a conflict: resolve it "
                "first, and run this again."
            )
    return changes


def content_at_head(checkpoint: Checkpoint, path: str) -> Content:
    """Return a file as it would be if the last commit were checked out."""
    file = (checkpoint.folder / path).relative_to(ROOT).as_posix()
    finished = subprocess.run(
        ["git", "cat-file", "--filters", f"HEAD:{file}"],
        cwd=ROOT,
        env=own_environment(),
        capture_output=True,
    )
    return None if finished.returncode else finished.stdout


def content_of(checkpoint: Checkpoint, path: str) -> Content:
    file = checkpoint.folder / path
    return file.read_bytes() if file.is_file() else None


def has_markers(content: Content) -> bool:
    return content is not None and MARKER.search(content) is not None


def carry_to(
    target: Checkpoint, source: Checkpoint, changes: dict[str, Change]
) -> dict[str, Change]:
    """Carry changes to a checkpoint, and return those that go on from there.

    Raises TutorialError if there is a conflict, once the rest is carried.
    """
    going_on: dict[str, Change] = {}
    conflicts = []
    for path, change in changes.items():
        own = content_of(target, path)
        merged = merge(change, own, source.name, target.name)
        print(f"{target.name:<6} {path:<32} {merged.outcome}", flush=True)
        match merged.outcome:
            case Outcome.CARRIED:
                write(target, path, merged.content, source.folder / path)
                going_on[path] = Change(own, merged.content)
            case Outcome.ALREADY_THERE:
                committed = content_at_head(target, path)
                is_new = committed != own
                going_on[path] = Change(committed, own) if is_new else change
            case Outcome.CONFLICT:
                conflicts.append(mark(target, source, path, merged))
    if conflicts:
        raise TutorialError("\n".join([*conflicts, how_to_go_on(target)]))
    return going_on


def how_to_go_on(target: Checkpoint) -> str:
    if target == all_checkpoints()[-1]:
        return "It is the last checkpoint, so that is all there is left to do."
    return (
        "The checkpoints after it are as they were. When it is resolved, go on with: "
        f"python3 tutorial.py carry {target.name}"
    )


def merge(change: Change, own: Content, source: str, target: str) -> Merged:
    """Return what a change makes of a later checkpoint's own file."""
    before, after = change.before, change.after
    if own == after:
        return Merged(Outcome.ALREADY_THERE, own)
    if own == before:
        return Merged(Outcome.CARRIED, after)
    if own is None:
        return Merged(Outcome.NOT_THERE, own)
    if after is None or has_markers(own):
        return Merged(Outcome.CONFLICT, own)
    names = [target, f"{source} before the change", source]
    content, has_conflict = merge_contents([own, before or b"", after], names)
    if has_conflict:
        return Merged(Outcome.CONFLICT, content)
    outcome = Outcome.ALREADY_THERE if content == own else Outcome.CARRIED
    return Merged(outcome, content)


def merge_contents(contents: list[bytes], names: list[str]) -> tuple[bytes, bool]:
    """Merge own content, base and changed content; say whether there is a conflict.

    What Git cannot merge, because it is no text, is returned as it was.
    """
    with tempfile.TemporaryDirectory() as temporary:
        files = [Path(temporary, str(number)) for number in range(len(contents))]
        for file, content in zip(files, contents, strict=True):
            file.write_bytes(content)
        labels = [part for name in names for part in ("-L", name)]
        finished = subprocess.run(
            ["git", "merge-file", "--stdout", *labels, *map(str, files)],
            cwd=temporary,
            env=own_environment(),
            capture_output=True,
        )
    is_text = finished.stdout or not finished.stderr
    return finished.stdout if is_text else contents[0], finished.returncode != 0


def write(target: Checkpoint, path: str, content: Content, like: Path) -> None:
    file = target.folder / path
    if content is None:
        file.unlink()
        return
    is_new = not file.exists()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    if is_new:
        shutil.copymode(like, file)


def mark(target: Checkpoint, source: Checkpoint, path: str, merged: Merged) -> str:
    """Write a conflict into its file unless that loses something; say what to do."""
    file = (target.folder / path).relative_to(ROOT).as_posix()
    own = content_of(target, path)
    if has_markers(own):
        return f"{file} still has the markers of a conflict: resolve it."
    if own != content_at_head(target, path):
        return (
            f"{file} has uncommitted changes in the same place as {source.name}, so it "
            "was left as it is: put the change in, unless you have done so already."
        )
    if not has_markers(merged.content):
        return (
            f"{file} is not what it was in {source.name} before the change, and cannot "
            f"be merged: make it what it should be in {target.name}."
        )
    write(target, path, merged.content, source.folder / path)
    return f"{file} has changed in the same place: resolve the conflict marked there."
