"""The course's source: the Git tree that its branches are made of.

It is the tree of HEAD, as long as that has the finished project in chanx_django/. On a
branch of the course, and on whatever a learner commits there, that folder has something
else. The source is then the one that the branches were last made of, and without them
the one that the learner's checkpoint was made of, which its commit records.
"""

from pathlib import Path

from course.chapters import FINAL, ROOT, Chapter, parse_chapters
from course.errors import TutorialError
from course.git import GitError, can_resolve, git, require_clone

# Every commit of the course has this committer, and no other commit has.
NAME = "tutorial.py"
EMAIL = "tutorial.py@course.invalid"
# The line of its message that names the source.
TRAILER = "Source-Tree"
# Where the course's commits are, whatever becomes of the branches.
COURSE_REFS = "refs/course"
# The commit that was HEAD when the branches were last made of it.
LAST_SOURCE = "refs/course-source"
FINISHED = "chanx_django"


def find_source(root: Path = ROOT) -> str:
    """Return the id of the tree that the branches are made of.

    Raises TutorialError if this clone does not have it, or has no commit yet.
    """
    require_clone(root)
    candidates = [
        "HEAD" if has_finished_project(root) else None,
        f"{COURSE_REFS}/{FINAL}",
        recorded_source(root),
    ]
    for candidate in candidates:
        if candidate and can_resolve(f"{candidate}^{{tree}}", root):
            return git("rev-parse", f"{candidate}^{{tree}}", root=root)
    raise TutorialError(
        "The finished project is not in this clone, only the commits of another "
        "branch: get main with 'git fetch origin main', and run this again."
    )


def has_finished_project(root: Path = ROOT) -> bool:
    """Return whether HEAD has the finished project, as far as Git can tell."""
    return recorded_source(root) is None and not is_at_checkpoint(root)


def recorded_source(root: Path) -> str | None:
    """Return what the newest commit of the course below HEAD says it was made of."""
    wanted = f"--format=%(trailers:key={TRAILER},valueonly)"
    by_course = ["--fixed-strings", f"--committer=<{EMAIL}>"]
    return git("log", "-1", wanted, *by_course, "HEAD", root=root).strip() or None


def is_at_checkpoint(root: Path) -> bool:
    """Return whether what HEAD has in chanx_django/ was made from another checkpoint.

    That is certain where it is one. Where it is not, and the projects are known from
    the last time that the branches were made, what counts is whether it has come nearer
    to another checkpoint than to the finished one, in any commit since then.
    """
    projects = projects_of("HEAD", root)
    mine = projects.pop(FINAL, None)
    if mine in projects.values():
        return True
    if not can_resolve(f"{LAST_SOURCE}^{{commit}}", root):
        return False
    # As they were then: a change of the course is often one of several projects.
    others = projects_of(LAST_SOURCE, root)
    known = others.pop(FINAL)
    since_then = ["log", "--format=%H", f"{LAST_SOURCE}..HEAD", "--", FINISHED]
    for commit in git(*since_then, root=root).splitlines():
        mine = projects_of(commit, root).get(FINAL)
        if mine and nearest([known, *others.values()], mine, root) != known:
            return True
    return False


def nearest(trees: list[str], mine: str, root: Path) -> str:
    """Return the one of these trees that differs in the fewest lines from mine."""
    return min(trees, key=lambda tree: distance(tree, mine, root))


def distance(one: str, other: str, root: Path) -> int:
    numbers = git("diff-tree", "-r", "--numstat", one, other, root=root).split()
    return sum(int(number) for number in numbers if number.isdecimal())


def chapters_of(source: str, root: Path = ROOT) -> tuple[Chapter, ...]:
    """Return the chapters that this source lists.

    Raises TutorialError if it is no source of the course.
    """
    try:
        toml = git("cat-file", "blob", f"{source}:checkpoints/chapters.toml", root=root)
    except GitError as error:
        raise TutorialError(
            "This commit does not have checkpoints/chapters.toml, so there is nothing "
            "to make branches of: commit the whole course, or switch to main."
        ) from error
    return parse_chapters(toml)


def projects_of(source: str, root: Path = ROOT) -> dict[str, str]:
    """Return the ids of the trees that are the checkpoints' projects in this source."""
    paths = [FINISHED, "checkpoints/"]
    projects = {}
    for line in git("ls-tree", "-d", "-z", source, *paths, root=root).split("\0"):
        if line:
            _, _, tree, path = line.replace("\t", " ", 1).split(" ", 3)
            folder = path.removeprefix("checkpoints/")
            projects[FINAL if folder == FINISHED else folder] = tree
    return projects


def tree_of_project(source: str, checkpoint: str, root: Path = ROOT) -> str:
    """Return the id of the tree that is a checkpoint's project in this source.

    Raises TutorialError if it is not there.
    """
    return find_project(projects_of(source, root), checkpoint)


def find_project(projects: dict[str, str], checkpoint: str) -> str:
    """Return one of these projects. Raises TutorialError if it is not there."""
    if checkpoint in projects:
        return projects[checkpoint]
    folder = FINISHED if checkpoint == FINAL else f"checkpoints/{checkpoint}"
    raise TutorialError(
        f"The folder {folder}/ is not committed: commit the whole course first."
    )
