import subprocess
import time
from pathlib import Path

import pytest

from course.projects import files_of
from tests.support.clones import Clone, copy_course
from tests.support.workbench import put_mine, saved


def test_every_checkpoint_can_be_put_in_place_and_mine_back(clone: Clone) -> None:
    started = time.time()
    clone.project.mkdir()
    inode = clone.project.stat().st_ino
    assert clone.run("start", "final") == "mychat/ is final now.\n"
    assert files_of(clone.project) == files_of(clone.finished)
    # So a server that watches the files notices.
    assert (clone.project / "manage.py").stat().st_mtime >= started - 1
    assert saved(clone) == []
    mine = put_mine(clone)

    output = clone.run("start", "cp2", cwd=clone.project / "chat")

    # A terminal in the folder stays there.
    assert clone.project.stat().st_ino == inode
    assert files_of(clone.project) == files_of(clone.checkpoint("cp2"))
    (copy,) = saved(clone)
    assert files_of(copy) == mine
    assert output == (
        f"What is in mychat/ is saved in mychat-saved/{copy.name}/.\n"
        "mychat/ is cp2 now.\n"
        f"To get back what was there: python3 tutorial.py start {copy.name}\n"
    )

    clone.run("start", copy.name)
    assert files_of(clone.project) == mine
    assert len(saved(clone)) == 2
    assert clone.git("status", "--porcelain") == ""


def test_what_is_there_already_stays(clone: Clone) -> None:
    clone.run("start", "cp2")
    for file in clone.project.rglob("*.py"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    # What running it leaves.
    (clone.project / "db.sqlite3").write_bytes(b"my data")
    (clone.project / "chat" / "__pycache__").mkdir()
    (clone.project / "chat" / "__pycache__" / "models.pyc").write_bytes(b"\0")
    mine = files_of(clone.project)

    assert clone.run("start", "cp2") == (
        "mychat/ is cp2 already; nothing was changed.\n"
    )

    assert files_of(clone.project) == mine
    assert saved(clone) == []


def test_only_what_is_the_project_is_saved_and_replaced(clone: Clone) -> None:
    put_mine(clone)
    cache = clone.project / "chat" / "__pycache__"
    cache.mkdir()
    (cache / "consumers.pyc").write_bytes(b"")
    for folder in ".venv", ".git", ".vscode":
        (clone.project / folder).mkdir()
        (clone.project / folder / "mine").write_text("Mine.")

    clone.run("start", "cp1")

    for folder in ".venv", ".git", ".vscode":
        assert (clone.project / folder / "mine").read_text() == "Mine."
    assert not cache.exists()
    assert not (clone.project / "db.sqlite3").exists()
    (copy,) = saved(clone)
    assert not (copy / "chat" / "__pycache__").exists()
    assert not (copy / ".venv").exists()


@pytest.mark.parametrize("git", ["no clone", "no commit"])
def test_without_git_the_finished_project_is_there(tmp_path: Path, git: str) -> None:
    copy_course(tmp_path / "course")
    course = Clone(tmp_path / "course")
    if git == "no commit":
        course.git("init", "--quiet")

    course.run("start", "final")
    assert files_of(course.project) == files_of(course.finished)


def test_on_any_system_and_branch_the_finished_project_has_the_same_files(
    published: Clone, tmp_path: Path
) -> None:
    clone = Clone(tmp_path / "clone")
    address = published.folder.as_uri()
    windows = ["-c", "core.autocrlf=true", "-c", "core.eol=crlf"]
    subprocess.run(
        ["git", *windows, "clone", "--quiet", address, clone.folder], check=True
    )
    clone.git("config", "core.autocrlf", "true")

    for folder in "checkpoints", "chanx_django":
        here, there = clone.folder / folder, published.folder / folder
        assert files_of(here) == files_of(there)
    clone.run("branches")
    clone.git("switch", "--quiet", "cp2")
    clone.run("start", "final")
    assert files_of(clone.project) == files_of(published.finished)
    assert clone.git("status", "--porcelain") == ""
