import subprocess
import sys
from pathlib import Path

import pytest

from course.chapters import load_chapters
from tests.conftest import Start
from tests.support.branches import NAMES, commit_on, ids, outcomes
from tests.support.clones import Clone


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


@pytest.mark.parametrize("place", ["cp2", "final", "mine", "--detach cp2"])
def test_at_a_checkpoint_the_ids_are_those_of_main(ready: Clone, place: str) -> None:
    commit_on(ready, "cp1", "--message", "Mine")
    ready.git("branch", "--quiet", "--move", "cp1", "mine")
    # Never set back to what `mine` was made of.
    (ready.folder / "README.md").write_text("News.")
    ready.commit_all("News")
    ready.run("branches")
    before = ids(ready)
    ready.git("branch", "--quiet", "--delete", "--force", "cp4")
    ready.git("checkout", "--quiet", *place.split())

    output = ready.run("branches")

    assert ids(ready) == before
    assert outcomes(output) == dict.fromkeys(NAMES, "unchanged") | {"cp4": "new"}
    assert "so the branches are what they were" in output


def test_a_change_of_the_course_moves_the_branches(ready: Clone) -> None:
    before = ids(ready)
    for project in ready.checkpoint("cp1"), ready.finished:
        (project / "notes.txt").write_text("News.")
    ready.commit_all("News")

    assert set(outcomes(ready.run("branches")).values()) == {"moved"}
    assert not ids(ready).items() & before.items()
    assert ready.git("show", "cp1:chanx_django/notes.txt") == "News."
    assert ready.tip("final^{tree}") == ready.tip("main^{tree}")


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
        code = "from course.branches import branches_once; print(branches_once())"
        assert python(clone, code) == "None\n"


def python(clone: Clone, code: str) -> str:
    """What Python prints of a clone's course."""
    command = [sys.executable, "-c", code]
    return subprocess.check_output(command, cwd=clone.folder, text=True)


def test_on_a_branch_the_pages_are_built_of_the_finished_project(ready: Clone) -> None:
    code = (
        "from course import docs; from course.source import has_finished_project; "
        "print(has_finished_project(), docs.source(), sep='\\n')"
    )
    for branch, is_finished in {"main": "True", "cp2": "False"}.items():
        ready.git("switch", "--quiet", branch)
        answer, source = python(ready, code).splitlines()

        assert answer == is_finished
        assert Path(source).is_relative_to(ready.folder / "docs")
        project = Path(source).parent / "chanx_django"
        assert (project / "chat" / "messages.py").exists()
        assert ready.git("status", "--porcelain") == ""
