import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from course import start as module
from course.chapters import load_chapters
from course.errors import TutorialError
from course.projects import files_of
from course.start import replace
from tests.support.clones import Clone, copy_course

NAMES = [chapter.ends_at for chapter in load_chapters()]


def saved(clone: Clone) -> list[Path]:
    folder = clone.folder / "mychat-saved"
    return sorted(folder.iterdir()) if folder.exists() else []


def put_mine(clone: Clone) -> dict[str, bytes]:
    """Make a project as a learner does, and return all of it."""
    if not clone.project.exists():
        shutil.copytree(clone.checkpoint("cp1"), clone.project)
    (clone.project / "chat" / "mine.py").write_text("MINE = True\n")
    (clone.project / "manage.py").unlink(missing_ok=True)
    (clone.project / "db.sqlite3").write_bytes(b"my data")
    return files_of(clone.project)


def test_every_checkpoint_can_be_put_in_place_and_mine_back(clone: Clone) -> None:
    started = time.time()
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


def test_a_file_in_the_place_of_the_folder_is_named(clone: Clone) -> None:
    clone.project.write_text("Mine.")

    assert "is not a folder" in clone.refusal("start", "cp1")
    assert clone.project.read_text() == "Mine."


@pytest.mark.parametrize(
    "name", ["cp9", "", "..", ".", "/", "../checkpoints/cp1", ".unfinished-1"]
)
def test_an_unknown_name_is_refused(clone: Clone, name: str) -> None:
    (clone.folder / "mychat-saved" / ".unfinished-1").mkdir(parents=True)

    assert clone.refusal("start", name).startswith(
        f"There is no checkpoint {name!r}; choose one of {', '.join(NAMES)}, or a "
    )
    assert not clone.project.exists()


def test_a_file_that_cannot_be_saved_is_named(clone: Clone) -> None:
    put_mine(clone)
    os.mkfifo(clone.project / "pipe")
    before = sorted(clone.project.rglob("*"))

    assert "pipe cannot be read: it is not a file" in clone.refusal("start", "cp1")

    assert sorted(clone.project.rglob("*")) == before
    assert saved(clone) == []


def test_a_place_that_cannot_be_saved_to_is_named(clone: Clone) -> None:
    mine = put_mine(clone)
    (clone.folder / "mychat-saved").write_text("In the way.")

    assert "so nothing was changed" in clone.refusal("start", "cp1")
    assert files_of(clone.project) == mine


@pytest.mark.parametrize("problem", [PermissionError("in use"), KeyboardInterrupt()])
@pytest.mark.parametrize("after", range(5))
def test_what_cannot_be_replaced_stays(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    problem: BaseException,
    after: int,
) -> None:
    mine = {"a": b"my a", "b": b"my b", "c/d": b"my d"}
    theirs = {"a": b"their a", "c/d": b"their d", "e": b"their e"}
    for folder, files in {"folder": mine, "new": theirs}.items():
        for path, content in files.items():
            file = tmp_path / folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    fail_after(monkeypatch, after, problem)

    with pytest.raises((TutorialError, KeyboardInterrupt)) as caught:
        replace(tmp_path / "folder", tmp_path / "new", tmp_path / "old")

    assert files_of(tmp_path / "folder") == mine
    if isinstance(problem, OSError):
        assert str(caught.value).startswith("folder/ is as it was, because something ")
        assert str(caught.value).endswith("in use")


def fail_after(
    monkeypatch: pytest.MonkeyPatch, moves: int, problem: BaseException
) -> None:
    """Have one move fail, as a file does that another program holds on Windows."""
    rename = Path.rename
    count = iter(range(100))

    def fail(self: Path, target: Path) -> Path:
        if next(count) == moves:
            raise problem
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)


def test_what_can_be_neither_replaced_nor_put_back_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in "folder", "new":
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a").write_text(folder)
    rename = Path.rename

    def fail_in_folder(self: Path, target: Path) -> Path:
        if target.parent.name == "folder":
            raise PermissionError("in use")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail_in_folder)

    with pytest.raises(TutorialError, match="All of it is saved, as said above"):
        replace(tmp_path / "folder", tmp_path / "new", tmp_path / "old")


def test_killed_at_any_moment_it_has_lost_nothing(clone: Clone) -> None:
    mine = put_mine(clone)
    for milliseconds in range(80, 400, 60):
        process = clone.start("start", "cp2")
        time.sleep(milliseconds / 1000)
        process.send_signal(signal.SIGKILL)
        process.wait()

        copies = [files_of(folder) for folder in saved(clone)]
        assert files_of(clone.project) == mine or mine in copies


def test_two_within_a_second_are_saved_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "manage.py").write_text("")
    monkeypatch.setattr(module, "MYCHAT", tmp_path / "mine")
    monkeypatch.setattr(module, "SAVED", tmp_path)

    names = {module.save(tmp_path / f"temporary-{n}") for n in range(3)}

    assert len(names) == 3
    assert all((tmp_path / name / "manage.py").exists() for name in names)


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
