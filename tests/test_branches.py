import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from course.branches import branches_once
from course.chapters import load_chapters
from course.projects import files_of
from tests.conftest import Start
from tests.support.clones import Clone, copy_course

NAMES = [chapter.ends_at for chapter in load_chapters()]


def ids(clone: Clone) -> dict[str, str]:
    return {name: clone.tip(f"refs/heads/{name}") for name in NAMES}


def outcomes(output: str) -> dict[str, str]:
    """What the command says became of each branch."""
    rows = [line.split(maxsplit=2) for line in output.splitlines()]
    return {
        row[0]: row[2].partition("  ")[0]
        for row in rows
        if row[0] in NAMES and len(row[1]) == 10
    }


def state(clone: Clone) -> tuple[str, ...]:
    """What the command must not touch."""
    index = hashlib.sha256((clone.folder / ".git" / "index").read_bytes()).hexdigest()
    head = (clone.folder / ".git" / "HEAD").read_text()
    status = clone.git("--no-optional-locks", "status", "--porcelain", "--ignored")
    return index, head, status


def commit_on(clone: Clone, branch: str, *options: str) -> str:
    """Commit a file of the project there as a learner does, and go back to main."""
    clone.git("switch", "--quiet", branch)
    (clone.finished / "mine.txt").write_text("Mine.")
    clone.git("add", ".")
    clone.git("commit", "--quiet", *options)
    mine = clone.tip("HEAD")
    clone.git("switch", "--quiet", "main")
    return mine


def test_every_branch_is_the_course_with_a_chapter_more(ready: Clone) -> None:
    history = ready.git("log", "--format=%D|%s", "final").splitlines()

    for line, chapter in zip(reversed(history), load_chapters(), strict=True):
        name = chapter.ends_at
        assert line == f"{name}|{chapter.title}: {chapter.summary}"
        assert f"docs/tutorial/{chapter.page}.rst" in ready.git("show", "-s", name)
        if name != "final":
            folder, project = f"main:checkpoints/{name}", f"{name}:chanx_django"
            assert ready.tip(folder) == ready.tip(project)
            changed = ready.git("diff", "--name-only", "main", name).splitlines()
            assert changed
            assert all(path.startswith("chanx_django/") for path in changed)
    assert ready.tip("main^{tree}") == ready.tip("final^{tree}")

    # What two branches differ by is the chapter.
    changes = ready.git("diff", "--relative=chanx_django", "cp1", "cp2")
    assert changes == ready.git("diff", "main:checkpoints/cp1", "main:checkpoints/cp2")
    assert changes == ready.git("show", "--format=", "--relative=chanx_django", "cp2")


def test_every_clone_has_the_same_ids(
    ready: Clone, published: Clone, tmp_path: Path
) -> None:
    other = published.clone(tmp_path / "other")
    for setting in "i18n.commitEncoding=ISO-8859-1", "commit.gpgSign=true":
        other.git("config", *setting.split("="))
    other.git("config", "core.autocrlf", "true")
    date = "2001-01-01T00:00:00Z"
    other.run("branches", TZ="Asia/Tokyo", GIT_AUTHOR_DATE=date, GIT_COMMITTER_NAME="O")

    shallow = published.clone(tmp_path / "shallow", "--depth", "1")
    shallow.git("switch", "--quiet", "--detach")
    shallow.run("branches")

    of_a_branch = ready.clone(tmp_path / "of a branch", "--branch", "cp2")
    assert outcomes(of_a_branch.run("branches"))["cp2"] == "unchanged"

    assert ids(other) == ids(shallow) == ids(of_a_branch) == ids(ready)


def test_the_same_source_has_the_same_ids_whoever_committed_it(ready: Clone) -> None:
    before = ids(ready)
    (ready.folder / "README.md").write_text("Something else.")
    ready.commit_all("Change it")
    ready.git("revert", "--no-edit", "HEAD")

    assert set(outcomes(ready.run("branches")).values()) == {"unchanged"}
    assert ids(ready) == before


@pytest.mark.parametrize("how", ["cp2", "final", "a commit on cp1", "detached"])
def test_at_a_checkpoint_the_ids_are_those_of_main(ready: Clone, how: str) -> None:
    before = ids(ready)
    if how == "a commit on cp1":
        ready.git("branch", "--quiet", "mine", "cp1")
        commit_on(ready, "mine", "--message", "Mine")
        ready.git("switch", "--quiet", "mine")
    elif how == "detached":
        ready.git("checkout", "--quiet", "--detach", "cp2")
    else:
        ready.git("switch", "--quiet", how)

    output = ready.run("branches")

    assert ids(ready) == before
    assert set(outcomes(output).values()) == {"unchanged"}
    assert "so the branches are what they were" in output


def test_at_a_checkpoint_the_branches_are_never_set_back(ready: Clone) -> None:
    ready.git("branch", "--quiet", "mine", "cp1")
    (ready.folder / "README.md").write_text("News.")
    ready.commit_all("News")
    ready.run("branches")
    after = ids(ready)

    ready.git("switch", "--quiet", "mine")
    ready.git("branch", "--quiet", "--delete", "--force", "cp4")
    assert outcomes(ready.run("branches"))["cp4"] == "new"

    assert ids(ready) == after


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


def test_a_change_of_the_course_moves_the_branches(ready: Clone) -> None:
    before = ids(ready)
    for project in ready.checkpoint("cp1"), ready.finished:
        (project / "notes.txt").write_text("News.")
    ready.commit_all("News")

    assert set(outcomes(ready.run("branches")).values()) == {"moved"}
    assert not ids(ready).items() & before.items()
    assert ready.git("show", "cp1:chanx_django/notes.txt") == "News."
    assert ready.tip("final^{tree}") == ready.tip("main^{tree}")


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


# What does not work.


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


@pytest.mark.parametrize("is_broken", [False, True])
def test_the_first_serve_makes_the_branches_where_it_can(
    start: Start, clone: Clone, free_port: int, is_broken: bool
) -> None:
    if is_broken:
        (clone.folder / ".git" / "HEAD").write_text("nonsense")

    command = start("serve", "start", "--port", str(free_port), repository=clone.folder)
    command.wait_for_output("Serving start.")

    news = f"Each checkpoint now has a Git branch: {', '.join(NAMES)}.\n"
    assert command.output.startswith(news) == (not is_broken)
    if not is_broken:
        assert len(set(ids(clone).values())) == len(NAMES)
        assert branches_once(clone.folder) is None


# After `git checkout cpN`.


def test_on_a_branch_the_pages_are_built_of_the_finished_project(ready: Clone) -> None:
    code = (
        "from course import docs; from course.source import has_finished_project; "
        "print(has_finished_project(), docs.source(), sep='\\n')"
    )
    answers = {}
    for branch in "main", "cp2":
        ready.git("switch", "--quiet", branch)
        answers[branch] = subprocess.check_output(
            [sys.executable, "-c", code], cwd=ready.folder, text=True
        ).splitlines()

    assert answers["main"] == ["True", str(ready.folder / "docs")]
    assert answers["cp2"][0] == "False"
    course = Path(answers["cp2"][1]).parent
    assert files_of(ready.finished) == files_of(ready.checkpoint("cp2"))
    assert (course / "chanx_django" / "chat" / "messages.py").exists()
    assert ready.git("status", "--porcelain") == ""


def test_the_tests_of_a_branch_pass_after_a_checkout(ready: Clone) -> None:
    ready.git("checkout", "--quiet", "cp1")

    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-q"],
        cwd=ready.finished,
        env={name: value for name, value in os.environ.items() if "PYTEST" not in name},
        capture_output=True,
        text=True,
    )

    assert finished.returncode == 0, finished.stdout
    assert ready.git("status", "--porcelain") == ""
