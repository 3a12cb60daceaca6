"""The course's source: the Git tree that its branches are made of.

It is the tree of HEAD, as long as that has the finished project in chanx_django/. On a
branch of the course, and on whatever a learner commits there, that folder has something
else. The source is then the one that the branches were last made of, and without them
the one that the branch was made of, which its commit records.
"""

import tempfile
from pathlib import Path

from course.chapters import FINAL, Chapter, folder_of, parse_chapters
from course.errors import TutorialError
from course.git import GitError, can_resolve, git, is_clone, require_clone

# Every commit of the course has this committer, and no other commit has.
NAME = "tutorial.py"
EMAIL = "tutorial.py@course.invalid"
# The line of its message that names the source.
TRAILER = "Source-Tree"
# Where the course's commits are, whatever becomes of the branches.
COURSE_REFS = "refs/course"
FINISHED = "chanx_django"


def find_source() -> str:
    """Return the id of the tree that the branches are made of.

    Raises TutorialError if this clone does not have it, or has no commit yet.
    """
    require_clone()
    candidates = [
        "HEAD" if has_finished_project() else None,
        f"{COURSE_REFS}/{FINAL}",
        recorded_source(),
    ]
    for candidate in candidates:
        if candidate and can_resolve(f"{candidate}^{{tree}}"):
            return git("rev-parse", f"{candidate}^{{tree}}")
    raise TutorialError(
        "The finished project is not in this clone, only the commits of another "
        "branch: get main with 'git fetch origin main', and run this again."
    )


def has_finished_project() -> bool:
    """Return whether chanx_django/ has the finished project, as far as Git can tell.

    It has not where a commit of the course is below HEAD, as on its branches.
    """
    try:
        return not is_clone() or recorded_source() is None
    except GitError:
        return True


def require_finished_project() -> None:
    """Raise TutorialError unless chanx_django/ has the finished project."""
    if not has_finished_project():
        raise TutorialError(
            f"{FINISHED}/ is not the finished project on this branch: switch to main "
            "first."
        )


def recorded_source() -> str | None:
    """Return what the newest commit of the course below HEAD says it was made of."""
    wanted = f"--format=%(trailers:key={TRAILER},valueonly)"
    by_course = ["--fixed-strings", f"--committer=<{EMAIL}>"]
    return git("log", "-1", wanted, *by_course, "HEAD").strip() or None


def chapters_of(source: str) -> tuple[Chapter, ...]:
    """Return the chapters that this source lists.

    Raises TutorialError if it is no source of the course.
    """
    try:
        toml = git("cat-file", "blob", f"{source}:checkpoints/chapters.toml")
    except GitError as error:
        raise TutorialError(
            "This commit does not have checkpoints/chapters.toml, so there is nothing "
            "to make branches of: commit the whole course, or switch to main."
        ) from error
    return parse_chapters(toml)


def tree_of_project(source: str, checkpoint: str) -> str:
    """Return the id of the tree that is a checkpoint's project in this source.

    Raises TutorialError if it is not there.
    """
    folder = folder_of(checkpoint, Path()).as_posix()
    try:
        return git("rev-parse", "--verify", "--quiet", f"{source}:{folder}")
    except GitError as error:
        raise TutorialError(
            f"The folder {folder}/ is not committed: commit the whole course first."
        ) from error


def export(tree: str, target: Path) -> None:
    """Write the files of a Git tree to a folder. Raises TutorialError if Git fails."""
    with tempfile.TemporaryDirectory() as temporary:
        index = {"GIT_INDEX_FILE": str(Path(temporary, "index"))}
        git("read-tree", tree, environment=index)
        prefix = f"--prefix={target.as_posix()}/"
        git("checkout-index", "--all", prefix, environment=index)
