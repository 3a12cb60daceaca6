import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from course import reset as module
from course.chapters import load_chapters
from course.errors import TutorialError
from course.projects import files_of
from course.reset import replace
from tests.support.clones import Clone, copy_course

NAMES = [chapter.ends_at for chapter in load_chapters()]


def saved(clone: Clone) -> list[Path]:
    return sorted((clone.folder / "chanx_django-saved").iterdir())


def put_mine(clone: Clone) -> dict[str, bytes]:
    """Change the project as a learner does, and return all of it."""
    (clone.project / "chat" / "mine.py").write_text("MINE = True\n")
    (clone.project / "manage.py").unlink()
    (clone.project / "db.sqlite3").write_bytes(b"my data")
    return files_of(clone.project)


def checkpoint(clone: Clone, name: str) -> dict[str, bytes]:
    return files_of(clone.folder / "checkpoints" / name)


def test_every_checkpoint_can_be_put_in_place_and_mine_back(clone: Clone) -> None:
    finished = files_of(clone.project)
    mine = put_mine(clone)

    output = clone.run("reset", "cp2")

    assert files_of(clone.project) == checkpoint(clone, "cp2")
    (copy,) = saved(clone)
    assert files_of(copy) == mine
    assert output == (
        f"What is in chanx_django/ is saved in chanx_django-saved/{copy.name}/.\n"
        "chanx_django/ is cp2 now.\n"
        f"To get back what was there: python3 tutorial.py reset {copy.name}\n"
    )

    clone.run("reset", copy.name)
    assert files_of(clone.project) == mine
    assert len(saved(clone)) == 2

    clone.run("reset", "final")
    assert files_of(clone.project) == finished
    assert len(saved(clone)) == 3
    assert clone.git("status", "--porcelain") == ""


def test_nothing_is_done_twice(clone: Clone) -> None:
    clone.run("reset", "cp2")
    (clone.project / "db.sqlite3").write_bytes(b"my data")

    assert clone.run("reset", "cp2") == (
        "chanx_django/ is cp2 already; nothing was changed.\n"
    )
    assert len(saved(clone)) == 1
    assert (clone.project / "db.sqlite3").read_bytes() == b"my data"


def test_caches_and_the_database_are_not_carried(clone: Clone) -> None:
    put_mine(clone)
    cache = clone.project / "chat" / "__pycache__"
    cache.mkdir()
    (cache / "consumers.pyc").write_bytes(b"")

    clone.run("reset", "start")

    assert not cache.exists()
    assert not (clone.project / "db.sqlite3").exists()
    (copy,) = saved(clone)
    assert not (copy / "chat" / "__pycache__").exists()


def test_what_is_not_the_project_stays(clone: Clone) -> None:
    for folder in ".venv", ".git", ".vscode":
        (clone.project / folder).mkdir()
        (clone.project / folder / "mine").write_text("Mine.")

    clone.run("reset", "cp1")

    for folder in ".venv", ".git", ".vscode":
        assert (clone.project / folder / "mine").read_text() == "Mine."
    assert (clone.project / "chat" / "consumers.py").read_bytes() == (
        checkpoint(clone, "cp1")["chat/consumers.py"]
    )


def test_a_terminal_in_the_folder_stays_there(clone: Clone) -> None:
    before = clone.project.stat().st_ino
    clone.run("reset", "cp1")
    assert clone.project.stat().st_ino == before


def test_a_server_that_watches_the_files_notices(clone: Clone) -> None:
    started = time.time()
    clone.run("reset", "cp1")
    assert (clone.project / "manage.py").stat().st_mtime >= started - 1


@pytest.mark.parametrize("state", ["missing", "empty"])
def test_a_missing_or_empty_folder_is_filled(clone: Clone, state: str) -> None:
    shutil.rmtree(clone.project)
    if state == "empty":
        clone.project.mkdir()

    assert clone.run("reset", "final") == "chanx_django/ is final now.\n"

    assert clone.git("status", "--porcelain") == ""
    assert saved(clone) == []


def test_a_file_in_the_place_of_the_folder_is_named(clone: Clone) -> None:
    shutil.rmtree(clone.project)
    clone.project.write_text("Mine.")

    assert "is not a folder" in clone.refusal("reset", "cp1")
    assert clone.project.read_text() == "Mine."


@pytest.mark.parametrize("name", ["cp9", "", "..", ".", "/", "../checkpoints/cp1"])
def test_an_unknown_name_is_refused(clone: Clone, name: str) -> None:
    before = files_of(clone.project)

    sentence = clone.refusal("reset", name)

    assert sentence.startswith(
        f"There is no checkpoint {name!r}; choose one of {', '.join(NAMES)}, or a "
    )
    assert files_of(clone.project) == before


def test_a_file_that_cannot_be_saved_is_named(clone: Clone) -> None:
    os.mkfifo(clone.project / "pipe")
    before = sorted(clone.project.rglob("*"))

    assert "pipe cannot be copied: " in clone.refusal("reset", "cp1")

    assert sorted(clone.project.rglob("*")) == before
    assert saved(clone) == []


def test_a_place_that_cannot_be_saved_to_is_named(clone: Clone) -> None:
    (clone.folder / "chanx_django-saved").write_text("In the way.")
    before = files_of(clone.project)

    assert "so nothing was changed" in clone.refusal("reset", "cp1")
    assert files_of(clone.project) == before


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
        process = clone.start("reset", "cp2")
        time.sleep(milliseconds / 1000)
        process.send_signal(signal.SIGKILL)
        process.wait()

        copies = [files_of(folder) for folder in saved_or_none(clone)]
        assert files_of(clone.project) == mine or mine in copies


def saved_or_none(clone: Clone) -> list[Path]:
    folder = clone.folder / "chanx_django-saved"
    return saved(clone) if folder.exists() else []


def test_two_within_a_second_are_saved_both(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MINE", clone.project)
    monkeypatch.setattr(module, "SAVED", clone.folder)

    names = {module.save(clone.folder / f"temporary-{n}") for n in range(3)}

    assert len(names) == 3
    assert all((clone.folder / name / "manage.py").exists() for name in names)


def test_without_git_the_checkpoints_are_there(tmp_path: Path) -> None:
    copy_course(tmp_path / "course")
    course = Clone(tmp_path / "course")

    course.run("reset", "cp1")
    assert files_of(course.project) == checkpoint(course, "cp1")

    (first,) = saved(course)
    course.run("reset", first.name)
    assert "+++ final/" in course.run("diff", "cp4", "final")
    assert course.refusal("reset", "final").startswith(
        "Without a Git clone, the finished project is only in chanx_django/"
    )


def test_in_a_repository_without_a_commit_it_says_so(tmp_path: Path) -> None:
    copy_course(tmp_path / "course")
    course = Clone(tmp_path / "course")
    course.git("init", "--quiet")

    assert course.refusal("reset", "final").startswith(
        "This repository has no commit yet"
    )
