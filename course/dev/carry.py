"""`tutorial.py carry`: take a change in one checkpoint forward through all later ones.

The change is what distinguishes the work tree from HEAD in that checkpoint's folder.
From each checkpoint to the next goes what was carried to it, with `git apply --3way`,
so that what the chapters change stays as it is. After a conflict, the command goes on
from where it was resolved.
"""

import re
import tempfile
from pathlib import Path

from course.chapters import ROOT, Checkpoint, all_checkpoints, find_checkpoint
from course.errors import TutorialError
from course.git import GitError, git, is_clone, require_clone
from course.source import FINISHED, has_finished_project

MARKER = re.compile(rb"^<{7} ", re.MULTILINE)

# A patch of Git's for each path in a checkpoint's folder.
Patches = dict[str, Path]


def carry(name: str) -> int:
    """Take the uncommitted change in a checkpoint to all later ones, and return 0.

    Each file of each checkpoint gets a line that says what became of the change in it.
    Nothing is committed. Raises TutorialError if there is no such checkpoint, none
    after it or no change in it, if this is no Git clone with the finished project, or
    if there is a conflict. The checkpoint with the conflict has then got the rest of
    the change, and those after it nothing.
    """
    checkpoint = find_checkpoint(name)
    later = checkpoints_after(checkpoint)
    with tempfile.TemporaryDirectory() as folder:
        trees = Trees(Path(folder))
        patches = uncommitted(checkpoint, trees)
        for source, target in zip([checkpoint, *later], later, strict=False):
            patches = carry_all(patches, source, target, trees)
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
    if not has_finished_project():
        raise TutorialError(
            f"{FINISHED}/ is not the finished project on this branch, so nothing can "
            "be carried to it: switch to main first."
        )
    checkpoints = all_checkpoints()
    later = checkpoints[checkpoints.index(checkpoint) + 1 :]
    if not later:
        raise TutorialError(
            f"{checkpoint.name} is the last checkpoint: nothing comes after it."
        )
    return later


class Trees:
    """The work tree as trees of Git, by an index beside the maintainer's own."""

    def __init__(self, temporary: Path) -> None:
        self.temporary = temporary
        self.patches = 0
        self.git("read-tree", "HEAD")

    def git(self, *arguments: str) -> str:
        index = {"GIT_INDEX_FILE": str(self.temporary / "index")}
        return git("--literal-pathspecs", *arguments, root=ROOT, environment=index)

    def now(self) -> str:
        self.git("add", "--all", "--", "checkpoints", FINISHED)
        return self.git("write-tree")

    def patches_of(self, before: str, after: str, folder: str, path: str) -> Patches:
        """Return what distinguishes two trees at a path in a folder; "" is all of it.

        A file that has another name now is one that is gone and one that is new.
        """
        diff = ["diff", "--no-renames", f"--relative={folder}", before, after]
        patches = {}
        names = self.git(*diff, "--name-only", "-z", "--", f"{folder}/{path}")
        for name in filter(None, names.split("\0")):
            patch = self.temporary / f"{self.patches}.patch"
            self.git(*diff, "--binary", f"--output={patch}", "--", f"{folder}/{name}")
            self.patches += 1
            patches[name] = patch
        return patches


def uncommitted(checkpoint: Checkpoint, trees: Trees) -> Patches:
    """Return what differs in a checkpoint's folder from the last commit.

    Raises TutorialError if nothing does, or if there is an unresolved conflict.
    """
    folder = name_of(checkpoint.folder)
    patches = trees.patches_of("HEAD", trees.now(), folder, "")
    if not patches:
        raise TutorialError(
            f"There is nothing to carry: no file in {folder}/ differs from the last "
            "commit. Make the change there, and carry it before you commit it."
        )
    for path in patches:
        if has_markers(checkpoint.folder / path):
            raise TutorialError(
                f"{folder}/{path} still has the markers of a conflict: resolve it "
                "first, and run this again."
            )
    return patches


def carry_all(
    patches: Patches, source: Checkpoint, target: Checkpoint, trees: Trees
) -> Patches:
    """Carry a change to a checkpoint, and return what goes on from there.

    Raises TutorialError if there is a conflict, once the rest is carried.
    """
    going_on: Patches = {}
    conflicts = []
    for path, patch in patches.items():
        before = trees.now()
        conflict = apply(patch, target.folder / path, target, trees)
        after = trees.now()
        is_gone = before == after and not (target.folder / path).exists()
        if conflict:
            outcome = "conflict"
            conflicts.append(conflict)
        elif is_gone and (source.folder / path).exists():
            outcome = "no such file: a chapter has removed it"
        else:
            outcome = "already there" if before == after else "carried"
            where = name_of(target.folder), path
            # What the last run has carried goes on as well.
            going_on |= (
                trees.patches_of(before, after, *where)
                or trees.patches_of("HEAD", after, *where)
                or {path: patch}
            )
        print(f"{target.name:<6} {path:<32} {outcome}", flush=True)
    if conflicts:
        raise TutorialError("\n".join([*conflicts, how_to_go_on(target)]))
    return going_on


def apply(patch: Path, file: Path, target: Checkpoint, trees: Trees) -> str | None:
    """Apply a patch to a file of a checkpoint; return what to do if that can't be."""
    name = name_of(file)
    if has_markers(file):
        return f"{name} still has the markers of a conflict: resolve it."
    own = file.read_bytes() if file.exists() else None
    is_committed = not trees.git("diff", "--name-only", "HEAD", "--", name)
    try:
        folder = name_of(target.folder)
        trees.git("apply", "--3way", f"--directory={folder}", str(patch))
    except GitError:
        if own is None:
            return None
        if is_committed and has_markers(file):
            return (
                f"{name} has changed in the same place: resolve the conflict marked "
                "there."
            )
        file.write_bytes(own)
        return (
            f"{name} cannot be merged with the change, so it was left as it is: make "
            f"it what it should be in {target.name}, unless you have done so already."
        )
    return None


def how_to_go_on(target: Checkpoint) -> str:
    if target == all_checkpoints()[-1]:
        return "It is the last checkpoint, so that is all there is left to do."
    return (
        "The checkpoints after it are as they were. When it is resolved, go on with: "
        f"python3 tutorial.py carry {target.name}"
    )


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def has_markers(file: Path) -> bool:
    return file.is_file() and MARKER.search(file.read_bytes()) is not None
