"""`tutorial.py branches`: a branch for each checkpoint, made of the committed folders.

All of it is done in Git's store of objects, so that the work tree, the index and the
branch that is checked out stay as they are.
"""

from dataclasses import dataclass
from pathlib import Path

from checkpoints.chapters import ROOT, Chapter
from checkpoints.git import GitError, git, require_clone
from checkpoints.source import (
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
# In place of a branch's tip: there must be no such branch.
NO_BRANCH = ""
DIGITS = 10


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
    commits = make_commits(ROOT)
    sentences = []
    for chapter, commit in commits:
        outcome, sentence = place(chapter.ends_at, commit, ROOT)
        print(f"{chapter.ends_at:<6} {commit[:DIGITS]}  {outcome:<10} {chapter.title}")
        sentences.append(sentence)
    for sentence in [*sentences, *remarks(ROOT)]:
        if sentence:
            print(sentence)
    return 0


def branches_once(root: Path = ROOT) -> str | None:
    """Make the branches unless they were made before, and return what to say of it.

    Raises TutorialError in the same way as `branches`.
    """
    require_clone(root)
    if git("for-each-ref", "--count=1", COURSE_REFS, root=root):
        return None
    names = []
    for chapter, commit in make_commits(root):
        place(chapter.ends_at, commit, root)
        names.append(chapter.ends_at)
    return f"Each checkpoint now has a Git branch: {', '.join(names)}."


def make_commits(root: Path) -> list[tuple[Chapter, str]]:
    """Make a commit for each chapter, the parent of the next; return their ids."""
    source = find_source(root)
    entries = git("ls-tree", "-z", source, root=root)
    commits: list[tuple[Chapter, str]] = []
    parent: list[str] = []
    for chapter in chapters_of(source, root):
        project = tree_of_project(source, chapter.ends_at, root)
        tree = make_tree(entries, project, root)
        commit = git(
            *["-c", "i18n.commitEncoding=UTF-8", "commit-tree", tree, *parent],
            root=root,
            text=message_of(chapter, source),
            environment=IDENTITY,
        )
        parent = ["-p", commit]
        commits.append((chapter, commit))
    return commits


def make_tree(entries: str, project: str, root: Path) -> str:
    """Return the id of the tree with these entries, but this project in its place."""
    kept = [
        entry
        for entry in entries.split("\0")
        if entry and entry.partition("\t")[2] != FINISHED
    ]
    replaced = [*kept, f"040000 tree {project}\t{FINISHED}"]
    return git(*["mktree", "-z", "--missing"], root=root, text="\0".join(replaced))


def message_of(chapter: Chapter, source: str) -> str:
    return (
        f"{chapter.title}: {chapter.summary}\n\n"
        f"The checkpoint {chapter.ends_at}, the end of the chapter\n"
        f"docs/tutorial/{chapter.page}.rst. Made by 'python3 tutorial.py branches'.\n\n"
        f"{TRAILER}: {source}\n"
    )


def place(name: str, commit: str, root: Path) -> tuple[str, str]:
    """Set a branch to its commit unless that would take something from somebody.

    Returns what became of it in a word or two and, if it was left alone, the sentence
    that says why and how to get the commit.
    """
    course_ref = f"{COURSE_REFS}/{name}"
    git("update-ref", course_ref, commit, root=root)
    branch = find_branch(name, root)
    if branch is not None and branch.tip == commit:
        return "unchanged", ""
    reason = reason_to_leave(branch)
    if not reason:
        try:
            move(name, branch.tip if branch else NO_BRANCH, commit, root)
        except GitError as error:
            reason = f"Git refuses to set it: {error}"
        else:
            return ("moved" if branch else "new"), ""
    return "left alone", (
        f"{name} was left alone. {reason}. To get the course's {name}: "
        f"git switch --create course-{name} {course_ref}"
    )


def find_branch(name: str, root: Path) -> Branch | None:
    ref = f"refs/heads/{name}"
    fields = "%(refname)%00%(objectname)%00%(committeremail)%00%(worktreepath)"
    # The pattern also finds what is below it, such as a branch cp2/mine.
    for line in git("for-each-ref", f"--format={fields}", ref, root=root).splitlines():
        found, tip, committer, work_tree = line.split("\0")
        if found == ref:
            return Branch(tip, committer, work_tree)
    return None


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


def move(name: str, old: str, new: str, root: Path) -> None:
    """Set a branch, unless it is no longer at `old`. Raises GitError if it is not."""
    reason = ["-m", "tutorial.py branches", "--create-reflog", "--no-deref"]
    git("update-ref", *reason, f"refs/heads/{name}", new, old, root=root)


def remarks(root: Path) -> list[str]:
    """Return what the reader should know about what the branches were made of."""
    sentences = []
    if not has_finished_project(root):
        sentences.append(
            "You are not on main but at a checkpoint, so the branches are what they "
            "were. To bring in what is new on main, switch to it and run this again."
        )
    if git("status", "--porcelain", root=root):
        sentences.append("Uncommitted changes are not in the branches.")
    return sentences
