import shutil
import subprocess
import time
from pathlib import Path

import pytest

from course.chapters import load_chapters
from course.projects import files_of
from tests.support.clones import Clone, copy_course
from tests.support.workbench import put_mine, saved

NAMES = [chapter.ends_at for chapter in load_chapters()]


def test_every_checkpoint_can_be_put_in_place_and_mine_back(clone: Clone) -> None:
    started = time.time()
    clone.project.mkdir()
    assert clone.run("start", "final") == "mychat/ is final now.\n"
    assert files_of(clone.project) == files_of(clone.finished)
    # So a server that watches the files notices.
    assert (clone.project / "manage.py").stat().st_mtime >= started - 1
    assert saved(clone) == []
    mine = put_mine(clone)

    output = clone.run("start", "cp2")

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


@pytest.mark.parametrize("place", ["docs", "chanx_django/chat", "mychat/chat", "own"])
def test_it_is_the_same_wherever_it_is_typed(
    clone: Clone, tmp_path: Path, place: str
) -> None:
    shutil.copytree(clone.checkpoint("cp1"), tmp_path / "own")
    put_mine(clone)
    inode = clone.project.stat().st_ino
    cwd = tmp_path / "own" if place == "own" else clone.folder / place

    clone.run("start", "cp2", cwd=cwd)

    assert files_of(clone.project) == files_of(clone.checkpoint("cp2"))
    assert files_of(tmp_path / "own") == files_of(clone.checkpoint("cp1"))
    assert clone.git("status", "--porcelain") == ""
    # A terminal in the folder stays there.
    assert clone.project.stat().st_ino == inode


def test_on_a_branch_the_finished_project_comes_from_git(ready: Clone) -> None:
    finished = files_of(ready.finished)
    ready.git("switch", "--quiet", "cp2")

    ready.run("start", "final")

    assert files_of(ready.project) == finished
    assert files_of(ready.finished) == files_of(ready.checkpoint("cp2"))


def end_lines_as_windows(project: Path) -> None:
    for file in project.rglob("*.py"):
        content = file.read_bytes().replace(b"\n", b"\r\n")
        file.write_bytes(content.removesuffix(b"\r\n"))


@pytest.mark.parametrize("name", ["cp2", "final"])
def test_what_is_there_already_stays(clone: Clone, name: str) -> None:
    clone.run("start", name)
    end_lines_as_windows(clone.project)
    # What running it leaves.
    (clone.project / "db.sqlite3").write_bytes(b"my data")
    (clone.project / "chat" / "__pycache__").mkdir()
    (clone.project / "chat" / "__pycache__" / "models.pyc").write_bytes(b"\0")
    mine = files_of(clone.project)

    assert clone.run("start", name) == (
        f"mychat/ is {name} already; nothing was changed.\n"
    )

    assert files_of(clone.project) == mine
    assert saved(clone) == []


def test_a_picture_is_no_reason_to_save(clone: Clone) -> None:
    picture = clone.checkpoint("cp2") / "picture.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\0\xff")
    clone.run("start", "cp2")
    assert "cp2 already" in clone.run("start", "cp2")

    # An end of a line in a picture is none.
    (clone.project / "picture.png").write_bytes(b"\x89PNG\n\x1a\n\0\xff")
    assert "mychat/ is cp2 now." in clone.run("start", "cp2")
    assert (clone.project / "picture.png").read_bytes() == picture.read_bytes()


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
def test_without_git_every_checkpoint_is_there(tmp_path: Path, git: str) -> None:
    copy_course(tmp_path / "course")
    course = Clone(tmp_path / "course")
    if git == "no commit":
        course.git("init", "--quiet")

    for name in "cp1", "final":
        course.run("start", name)
        assert files_of(course.project) == files_of(course.checkpoint(name))


def test_a_clone_has_the_same_line_ends_everywhere(
    published: Clone, tmp_path: Path
) -> None:
    clone = Clone(tmp_path / "clone")
    address = published.folder.as_uri()
    windows = ["-c", "core.autocrlf=true", "-c", "core.eol=crlf"]
    subprocess.run(
        ["git", *windows, "clone", "--quiet", address, clone.folder], check=True
    )
    clone.git("config", "core.autocrlf", "true")

    for name in NAMES:
        files = files_of(clone.checkpoint(name))
        assert files == files_of(published.checkpoint(name))
    clone.run("branches")
    clone.git("switch", "--quiet", "cp2")
    clone.run("start", "final")
    assert files_of(clone.project) == files_of(published.finished)
    assert clone.git("status", "--porcelain") == ""
