"""`tutorial.py branches`: a branch for each checkpoint, made of the committed folders.

All of it is done in Git's store of objects, so that the work tree, the index and the
branch that is checked out stay as they are.
"""

from dataclasses import dataclass

from course.chapters import Chapter
from course.git import GitError, git, require_clone
from course.source import (
    COURSE_REFS,
    EMAIL,
    FINISHED,
    NAME,
    TRAILER,
    chapters_of,
    find_source,
    has_finished_project,
    tree_of_project,
)

# A commit's id depends on its date. This one is the same for every source, so that a
# source has the same ids on every machine, whoever committed it, when, and how often.
DATE = "2025-01-01T00:00:00+0000"
IDENTITY = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in {"NAME": NAME, "EMAIL": EMAIL, "DATE": DATE}.items()
}


@dataclass(frozen=True)
class Branch:
    """A branch as it is in this clone."""

    tip: str
    committer: str
    work_tree: str

    @property
    def is_made_by_the_course(self) -> bool:
        return self.committer == f"<{EMAIL}>"


def branches() -> int:
    """Make or refresh all branches, say what became of each, and return 0.

    Raises TutorialError if this is no Git clone, or one without the course's source.
    """
    require_clone()
    sentences = []
    for chapter, commit, outcome, sentence in make_branches():
        print(f"{chapter.ends_at:<6} {commit[:10]}  {outcome:<10}  {chapter.title}")
        sentences.append(sentence)
    print("".join(f"{it}\n" for it in [*sentences, *remarks()] if it), end="")
    return 0


def branches_once() -> str | None:
    """Make the branches unless they were made before, and return what to say of it."""
    require_clone()
    if git("for-each-ref", "--count=1", COURSE_REFS):
        return None
    names = [chapter.ends_at for chapter, *_ in make_branches()]
    return f"Each checkpoint now has a Git branch: {', '.join(names)}."


def make_branches() -> list[tuple[Chapter, str, str, str]]:
    """Make or refresh all branches.

    Returns each chapter with its commit and with what `place` says of its branch.
    """
    commits = make_commits()
    present = find_branches()
    results = []
    for chapter, commit in commits:
        name = chapter.ends_at
        results.append((chapter, commit, *place(name, commit, present.get(name))))
    return results


def make_commits() -> list[tuple[Chapter, str]]:
    """Make a commit for each chapter, the parent of the next; return their ids.

    The course's own refs keep them, whatever becomes of the branches.
    """
    source = find_source()
    chapters = chapters_of(source)
    projects = [tree_of_project(source, it.ends_at) for it in chapters]
    trees = make_trees(source, projects)
    commits: list[tuple[Chapter, str]] = []
    parent: list[str] = []
    for chapter, tree in zip(chapters, trees, strict=True):
        commit = git(
            *["-c", "i18n.commitEncoding=UTF-8", "commit-tree", tree, *parent],
            text=message_of(chapter, source),
            environment=IDENTITY,
        )
        parent = ["-p", commit]
        commits.append((chapter, commit))
    updates = [
        f"update {COURSE_REFS}/{chapter.ends_at} {commit}\n"
        for chapter, commit in commits
    ]
    git("update-ref", "--stdin", text="".join(updates))
    return commits


def make_trees(source: str, projects: list[str]) -> list[str]:
    """Return the ids of the source's tree with each of these projects in its place."""
    entries = git("ls-tree", "-z", source).split("\0")
    kept = "".join(
        f"{entry}\0"
        for entry in entries
        if entry and entry.partition("\t")[2] != FINISHED
    )
    # An empty line, which ends in a zero byte like all lines here, ends each list.
    lists = [f"{kept}040000 tree {tree}\t{FINISHED}\0" for tree in projects]
    options = ["-z", "--batch", "--missing"]
    return git("mktree", *options, text="\0".join(lists)).splitlines()


def message_of(chapter: Chapter, source: str) -> str:
    return (
        f"{chapter.title}: {chapter.summary}\n\n"
        f"The checkpoint {chapter.ends_at}, the end of the chapter\n"
        f"docs/tutorial/{chapter.page}.rst. Made by 'python3 tutorial.py branches'.\n\n"
        f"{TRAILER}: {source}\n"
    )


def place(name: str, commit: str, branch: Branch | None) -> tuple[str, str]:
    """Set a branch to its commit unless that would take something from somebody.

    Returns what became of it in a word or two and, if it was left alone, the sentence
    that says why and how to get the commit.
    """
    if branch is not None and branch.tip == commit:
        return "unchanged", ""
    reason = reason_to_leave(branch)
    if not reason:
        try:
            # Without an old tip, there must be no such branch.
            move(name, branch.tip if branch else "", commit)
        except GitError as error:
            reason = f"Git refuses to set it: {error}"
        else:
            return ("moved" if branch else "new"), ""
    return "left alone", (
        f"{name} was left alone. {reason}. To get the course's {name}: "
        f"git switch --create course-{name} {COURSE_REFS}/{name}"
    )


def find_branches() -> dict[str, Branch]:
    fields = ["refname", "objectname", "committeremail", "worktreepath"]
    wanted = "%00".join(f"%({field})" for field in fields)
    found = git("for-each-ref", f"--format={wanted}", "refs/heads")
    lines = [line.split("\0") for line in found.splitlines()]
    return {name.removeprefix("refs/heads/"): Branch(*rest) for name, *rest in lines}


def reason_to_leave(branch: Branch | None) -> str:
    if branch is None:
        return ""
    if not branch.is_made_by_the_course:
        return "Somebody has committed on it"
    if branch.work_tree:
        return (
            f"It is checked out in {branch.work_tree}; switch to main there and run "
            "this again to have it refreshed"
        )
    return ""


def move(name: str, old: str, new: str) -> None:
    """Set a branch, unless it is no longer at `old`. Raises GitError if it is not."""
    reason = ["-m", "tutorial.py branches", "--create-reflog", "--no-deref"]
    git("update-ref", *reason, f"refs/heads/{name}", new, old)


def remarks() -> list[str]:
    """Return what the reader should know about what the branches were made of."""
    sentences = []
    if not has_finished_project():
        sentences.append(
            "The commit you are on does not have the finished project in "
            f"{FINISHED}/, so the branches are what they were. To bring in what is "
            "new, run this on main as the course publishes it."
        )
    if git("status", "--porcelain"):
        sentences.append("Uncommitted changes are not in the branches.")
    return sentences
