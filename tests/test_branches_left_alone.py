import subprocess
from pathlib import Path

import pytest

from tests.support.branches import NAMES, commit_on, ids, outcomes, state
from tests.support.clones import Clone, copy_course


def test_a_clone_of_only_one_branch_is_told_to_get_main(
    ready: Clone, tmp_path: Path
) -> None:
    options = ["--branch", "cp2", "--single-branch"]
    learner = ready.clone(tmp_path / "learner", *options)

    assert learner.refusal("branches") == (
        "The finished project is not in this clone, only the commits of another "
        "branch: get main with 'git fetch origin main', and run this again.\n"
    )

    learner.git("fetch", "--quiet", "origin", "main")
    learner.run("branches")
    assert ids(learner) == ids(ready)


def test_nothing_else_is_touched(clone: Clone, tmp_path: Path) -> None:
    assert len(clone.run("branches").splitlines()) == len(NAMES)
    (clone.folder / "README.md").write_text("Not committed.")
    (clone.folder / "staged.txt").write_text("Staged.")
    (clone.finished / "manage.py").unlink()
    (clone.folder / "untracked.txt").write_text("Not even added.")
    clone.git("add", "staged.txt")
    before = state(clone)

    # As in a hook of Git.
    hook = {"GIT_DIR": str(tmp_path), "GIT_INDEX_FILE": str(tmp_path / "index")}
    output = clone.run("branches", **hook)

    assert state(clone) == before
    assert output.endswith("\nUncommitted changes are not in the branches.\n")
    assert (clone.folder / "README.md").read_text() == "Not committed."
    assert clone.git("show", "final:README.md") == clone.git("show", "main:README.md")


def test_a_branch_with_commits_of_a_learner_is_left_alone(ready: Clone) -> None:
    mine = commit_on(ready, "cp2", "--message", "Mine")
    amended = commit_on(ready, "cp3", "--amend", "--no-edit")

    output = ready.run("branches")

    assert (ready.tip("cp2"), ready.tip("cp3")) == (mine, amended)
    assert outcomes(output)["cp2"] == outcomes(output)["cp3"] == "left alone"
    sentence, _ = [line for line in output.splitlines() if "was left alone" in line]
    assert sentence.startswith("cp2 was left alone. Somebody has committed on it.")
    ready.git(*sentence.partition(": git ")[2].split())
    assert ready.git("branch", "--show-current") == "course-cp2"
    assert ready.tip("HEAD:chanx_django") == ready.tip("main:checkpoints/cp2")


def test_a_branch_that_was_there_before_is_left_alone(clone: Clone) -> None:
    clone.git("branch", "start")
    clone.git("branch", "cp3/mine")

    output = clone.run("branches")

    assert clone.tip("start") == clone.tip("main")
    assert "start was left alone. Somebody has committed on it." in output
    assert "cp3 was left alone. Git refuses to set it: " in output
    assert clone.git("diff", "refs/course/cp4", "cp4") == ""


def test_a_branch_that_is_checked_out_is_left_alone(
    ready: Clone, tmp_path: Path
) -> None:
    other = Clone(tmp_path / "other tree")
    ready.git("worktree", "add", "--quiet", str(other.folder), "cp2")
    old = ready.tip("cp2")
    (ready.folder / "README.md").write_text("News.")
    ready.commit_all("News")

    from_main = ready.run("branches")
    from_the_branch = other.run("branches")

    assert ready.tip("cp2") == old
    assert outcomes(from_main)["cp3"] == "moved"
    for output in from_main, from_the_branch:
        assert outcomes(output)["cp2"] == "left alone"
        assert f"cp2 was left alone. It is checked out in {other.folder};" in output
    assert other.git("status", "--porcelain") == ""


@pytest.mark.parametrize("above", ["nothing", "another clone"])
def test_without_a_clone_a_sentence_says_so(tmp_path: Path, above: str) -> None:
    if above == "another clone":
        subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    copy_course(tmp_path / "course")

    assert Clone(tmp_path / "course").refusal("branches") == (
        "This folder is not a Git clone, so it has no branches: get the course with "
        "'git clone' for them.\n"
    )


def test_without_a_commit_a_sentence_says_so(tmp_path: Path) -> None:
    copy_course(tmp_path / "course")
    repository = Clone(tmp_path / "course")
    repository.git("init", "--quiet")

    assert repository.refusal("branches").startswith(
        "This repository has no commit yet"
    )

    repository.git("add", "README.md")
    repository.git("commit", "--quiet", "--message", "Only this")
    assert repository.refusal("branches").startswith(
        "This commit does not have checkpoints/chapters.toml"
    )


def test_what_the_branches_need_is_named(clone: Clone, tmp_path: Path) -> None:
    assert clone.refusal("branches", PATH=str(tmp_path)).startswith(
        "The branches need Git, which is not installed"
    )

    clone.git("rm", "-r", "--quiet", "checkpoints/cp3")
    clone.commit_all("Lose it")
    assert clone.refusal("branches") == (
        "The folder checkpoints/cp3/ is not committed: commit the whole course first.\n"
    )
    assert clone.git("branch", "--format=%(refname:short)") == "main"

    (clone.folder / ".git" / "HEAD").write_text("nonsense")
    assert clone.refusal("branches").startswith(
        "Git cannot read this clone. It says: fatal: "
    )
