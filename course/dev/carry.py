"""`tutorial.py carry`: take a change in one checkpoint forward through all later ones.

The change is what distinguishes the work tree from HEAD in that checkpoint's folder.
`git apply --3way` makes it in each of the later ones, so that what the chapters change
stays as it is. After a conflict, the command goes on from where it was resolved.
"""

import re
import tempfile
from pathlib import Path

from course.chapters import ROOT, Checkpoint, all_checkpoints
from course.errors import TutorialError
from course.git import GitError, git, is_clone, require_clone
from course.source import require_finished_project

MARKER = re.compile(rb"^<{7} ", re.MULTILINE)
GONE = "no such file: a chapter has removed it"


def carry(checkpoint: Checkpoint) -> int:
    """Take the uncommitted change in a checkpoint to all later ones, and return 0.

    Each file of each checkpoint gets a line that says what became of the change in it.
    Nothing is committed. Raises TutorialError if there is no checkpoint after it or no
    change in it, if this is no Git clone with the finished project, or if there is a
    conflict. The checkpoint with the conflict has then got the rest of the change, and
    those after it nothing.
    """
    later = checkpoints_after(checkpoint)
    folder = name_of(checkpoint.folder)
    with tempfile.TemporaryDirectory() as temporary:
        index = Index(Path(temporary))
        changes = index.uncommitted(checkpoint)
        if not changes:
            raise TutorialError(
                f"There is nothing to carry: no file in {folder}/ differs from the "
                "last commit. Make the change there, and carry it before you commit it."
            )
        for path in changes:
            if has_markers(checkpoint.folder / path):
                raise TutorialError(
                    f"{folder}/{path} still has the markers of a conflict: resolve it "
                    "first, and run this again."
                )
        for target in later:
            carry_to(target, changes, index)
    print("Nothing is committed. Look at it with: git diff")
    return 0


def checkpoints_after(checkpoint: Checkpoint) -> list[Checkpoint]:
    """Return where to carry to. Raises TutorialError if that is not possible here."""
    if not is_clone():
        raise TutorialError(
            "What was changed is told by comparing with the last commit, and there is "
            "none, because this folder is not a Git clone: get the course with Git."
        )
    require_clone()
    require_finished_project()
    checkpoints = all_checkpoints()
    later = checkpoints[checkpoints.index(checkpoint) + 1 :]
    if not later:
        raise TutorialError(
            f"{checkpoint.name} is the last checkpoint: nothing comes after it."
        )
    return later


class Index:
    """The work tree, in an index of Git's beside the maintainer's own."""

    def __init__(self, temporary: Path) -> None:
        self.temporary = temporary
        self.git("read-tree", "HEAD")

    def git(self, *arguments: str) -> str:
        index = {"GIT_INDEX_FILE": str(self.temporary / "index")}
        return git("--literal-pathspecs", *arguments, environment=index)

    def uncommitted(self, checkpoint: Checkpoint) -> dict[str, Path]:
        """Return a patch for each path in a checkpoint that differs from HEAD.

        A file that has another name now is one that is gone and one that is new.
        """
        folder = name_of(checkpoint.folder)
        self.git("add", "--all", "--", folder)
        diff = ["diff", "--cached", "--no-renames", f"--relative={folder}", "HEAD"]
        patches = {}
        paths = self.git(*diff, "--name-only", "-z", "--", folder).split("\0")
        for number, path in enumerate(filter(None, paths)):
            patch = self.temporary / f"{checkpoint.name}-{number}.patch"
            self.git(*diff, "--binary", f"--output={patch}", "--", f"{folder}/{path}")
            patches[path] = patch
        return patches


def carry_to(target: Checkpoint, changes: dict[str, Path], index: Index) -> None:
    """Carry a change to a checkpoint. What a chapter has removed goes no further.

    Raises TutorialError if there is a conflict, once the rest is carried.
    """
    own = index.uncommitted(target)
    conflicts = []
    for path, patch in list(changes.items()):
        try:
            outcome = apply(patch, target, path, index, is_committed=path not in own)
        except GitError as conflict:
            outcome = "conflict"
            conflicts.append(f"{name_of(target.folder / path)} {conflict}")
        if outcome == GONE:
            del changes[path]
        print(f"{target.name:<6} {path:<32} {outcome}", flush=True)
    if conflicts:
        rest = (
            "The checkpoints after it are as they were. When it is resolved, go on "
            f"with: python3 tutorial.py carry {target.name}"
        )
        if target == all_checkpoints()[-1]:
            rest = "It is the last checkpoint, so there is nothing else to do."
        raise TutorialError("\n".join([*conflicts, rest]))


def apply(
    patch: Path, target: Checkpoint, path: str, index: Index, is_committed: bool
) -> str:
    """Apply a patch to a file of a checkpoint, and return what became of it.

    Raises GitError, with what to do, if there is a conflict.
    """
    file, folder = target.folder / path, name_of(target.folder)
    if has_markers(file):
        raise GitError("still has the markers of a conflict: resolve it.")
    before = state_of(file)
    try:
        index.git("apply", "--3way", f"--directory={folder}", str(patch))
    except GitError:
        if before is None:
            is_removal = b"\ndeleted file mode " in patch.read_bytes()
            return "already there" if is_removal else GONE
        if is_committed and has_markers(file):
            raise GitError(
                "has changed in the same place: resolve the conflict marked there."
            ) from None
        file.write_bytes(before[1])
        raise GitError(
            "cannot be merged with the change, so it was left as it is: make it what "
            f"it should be in {target.name}, unless you have done so already."
        ) from None
    return "already there" if state_of(file) == before else "carried"


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def state_of(file: Path) -> tuple[int, bytes] | None:
    """Return a file's mode and what is in it, or None if there is none."""
    return (file.stat().st_mode, file.read_bytes()) if file.exists() else None


def has_markers(file: Path) -> bool:
    return file.is_file() and MARKER.search(file.read_bytes()) is not None
