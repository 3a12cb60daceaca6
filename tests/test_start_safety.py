import os
import time
from pathlib import Path

import pytest

from course import start as module
from course.errors import TutorialError
from course.projects import files_of
from course.start import replace
from tests.conftest import Start
from tests.support.clones import Clone
from tests.support.workbench import put_mine, saved


def test_a_file_in_the_place_of_the_folder_is_named(clone: Clone) -> None:
    clone.project.write_text("Mine.")

    assert "is not a folder" in clone.refusal("start", "cp1")
    assert clone.project.read_text() == "Mine."


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
    # As with a file that another program holds on Windows.
    rename, moves = Path.rename, iter(range(100))

    def fail(self: Path, target: Path) -> Path:
        if next(moves) == after:
            raise problem
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)

    with pytest.raises((TutorialError, KeyboardInterrupt)) as caught:
        replace(tmp_path / "folder", tmp_path / "new", tmp_path / "old")

    assert files_of(tmp_path / "folder") == mine
    if isinstance(problem, OSError):
        assert str(caught.value).startswith("folder/ is as it was, because something ")
        assert str(caught.value).endswith("in use")


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


def test_an_archive_of_the_learner_is_saved_and_comes_back(clone: Clone) -> None:
    put_mine(clone)
    (clone.project / "data.zip").write_bytes(b"my archive")

    clone.run("start", "cp2")
    assert not (clone.project / "data.zip").exists()

    [folder] = saved(clone)
    clone.run("start", folder.name)
    assert (clone.project / "data.zip").read_bytes() == b"my archive"


def test_what_is_no_project_is_saved_too(clone: Clone) -> None:
    clone.project.mkdir()
    (clone.project / "db.sqlite3").write_bytes(b"my data")

    clone.run("start", "cp2")

    assert [files_of(it) for it in saved(clone)] == [{"db.sqlite3": b"my data"}]


def test_killed_at_any_moment_it_has_lost_nothing(clone: Clone, start: Start) -> None:
    mine = put_mine(clone)
    for milliseconds in range(80, 400, 60):
        command = start("start", "cp2", repository=clone.folder)
        time.sleep(milliseconds / 1000)
        command.process.kill()
        command.exit_status()

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
