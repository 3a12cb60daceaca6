import shutil
from pathlib import Path

import pytest

from course.chapters import FINAL, load_chapters
from course.projects import files_of
from tests.support.clones import Clone, copy_course

NAMES = [chapter.ends_at for chapter in load_chapters()]
SETTINGS = "config/settings.py"
COMMENT = "# Outside of development there is no key to fall back on."
CONSUMERS = "chat/consumers.py"


def folder_of(clone: Clone, checkpoint: str) -> Path:
    if checkpoint == FINAL:
        return clone.finished
    return clone.folder / "checkpoints" / checkpoint


def replace(clone: Clone, checkpoint: str, path: str, old: str, new: str) -> None:
    file = folder_of(clone, checkpoint) / path
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))


def projects(clone: Clone, *names: str) -> list[dict[str, bytes]]:
    return [files_of(folder_of(clone, name)) for name in names]


def outcomes(output: str) -> list[list[str]]:
    """The lines about files: checkpoint, path, what became of the change."""
    rows = [line.split(maxsplit=2) for line in output.splitlines()]
    return [row for row in rows if row[0] in NAMES]


def test_one_line_goes_through_all_later_projects(clone: Clone) -> None:
    replace(clone, "cp0", SETTINGS, COMMENT, "# Nobody has a key but you.")

    output = clone.run("carry", "cp0")

    later = NAMES[NAMES.index("cp0") + 1 :]
    assert outcomes(output) == [[name, SETTINGS, "carried"] for name in later]
    assert output.endswith("Nothing is committed. Look at it with: git diff\n")
    changes = clone.git("diff", "--numstat").splitlines()
    assert len(changes) == 1 + len(later)
    assert all(change.startswith("1\t1\t") for change in changes)
    for name in NAMES[1:]:
        text = (folder_of(clone, name) / SETTINGS).read_text()
        assert "# Nobody has a key but you." in text
    assert COMMENT in (folder_of(clone, "start") / SETTINGS).read_text()
    assert clone.git("diff", "--cached") == ""


def test_a_change_that_is_there_already_is_not_made_twice(clone: Clone) -> None:
    for name in "cp1", "cp2":
        replace(clone, name, SETTINGS, COMMENT, "# New.")
    clone.commit_all("cp2 has it")
    replace(clone, "cp0", SETTINGS, COMMENT, "# New.")

    first = clone.run("carry", "cp0")
    second = clone.run("carry", "cp0")

    there, carried = "already there", "carried"
    later = len(NAMES[NAMES.index("cp3") :])
    assert [row[2] for row in outcomes(first)] == [there, there, *[carried] * later]
    assert [row[2] for row in outcomes(second)] == [there] * (2 + later)


def test_a_new_file_and_a_deleted_one_are_carried(clone: Clone) -> None:
    folder = folder_of(clone, "cp2")
    (folder / "chat" / "new").mkdir()
    (folder / "chat" / "new" / "words.py").write_text("HELLO = 'Γειά'\n")
    (folder / "chat" / "static" / "chat" / "console.css").unlink()
    (folder / "manage.py").chmod(0o755)

    output = clone.run("carry", "cp2")

    assert {row[1] for row in outcomes(output)} == {
        "chat/new/words.py",
        "chat/static/chat/console.css",
    }
    for name in "cp3", "cp4", "cp5", "final":
        later = folder_of(clone, name)
        assert (later / "chat/new/words.py").read_text() == "HELLO = 'Γειά'\n"
        assert not (later / "chat/static/chat/console.css").exists()
    assert (folder_of(clone, "cp1") / "chat/static/chat/console.css").exists()


def test_a_file_that_a_chapter_has_removed_is_named(clone: Clone) -> None:
    path = "chat/tests/test_echo.py"
    replace(clone, "cp0", path, "import pytest\n", "import pytest  # for fixtures\n")

    output = clone.run("carry", "cp0")

    assert outcomes(output) == [
        ["cp1", path, "no such file: a chapter has removed it"],
    ]


def test_a_conflict_stops_it_and_once_resolved_it_goes_on(clone: Clone) -> None:
    later = projects(clone, "cp3", "cp4", "cp5", "final")
    old, new = "MAX_TEXT_LENGTH = 4096", "MAX_TEXT_LENGTH = 2048"
    replace(clone, "cp1", CONSUMERS, old, new)
    replace(clone, "cp1", SETTINGS, COMMENT, "# New.")

    stopped = clone.try_to_run("carry", "cp1")

    assert stopped.returncode == 1
    assert outcomes(stopped.stdout) == [
        ["cp2", CONSUMERS, "conflict"],
        ["cp2", SETTINGS, "carried"],
    ]
    assert stopped.stderr == (
        "checkpoints/cp2/chat/consumers.py has changed in the same place: resolve the "
        "conflict marked there.\n"
        "The checkpoints after it are as they were. When it is resolved, go on with: "
        "python3 tutorial.py carry cp2\n"
    )
    file = folder_of(clone, "cp2") / CONSUMERS
    marked = file.read_text()
    assert marked.startswith("import hashlib\n")
    for line in "<<<<<<< cp2", old, new, "=======", ">>>>>>> cp1":
        assert line in marked.splitlines()
    assert projects(clone, "cp3", "cp4", "cp5", "final") == later

    # Neither command makes it worse while the markers are there.
    assert "still has the markers" in clone.refusal("carry", "cp2")
    assert "still has the markers" in clone.try_to_run("carry", "cp1").stderr
    assert file.read_text() == marked

    clone.git("checkout", "--quiet", "--", str(file))
    replace(clone, "cp2", CONSUMERS, old, new)
    again = clone.try_to_run("carry", "cp1")
    assert "put the change in, unless you have done so already" in again.stderr
    assert new in file.read_text()

    went_on = clone.run("carry", "cp2")
    assert ["cp3", CONSUMERS, "carried"] in outcomes(went_on)
    assert ["final", SETTINGS, "carried"] in outcomes(went_on)
    for name in "cp3", "cp4":
        assert new in (folder_of(clone, name) / CONSUMERS).read_text()


def test_a_conflict_at_the_end_leaves_nothing_to_go_on_with(clone: Clone) -> None:
    test = "chat/tests/test_fan_out.py"
    (folder_of(clone, "cp5") / test).write_text("HELLO = 'hello'\n")

    stopped = clone.try_to_run("carry", "cp5")

    assert stopped.returncode == 1
    assert stopped.stderr == (
        f"chanx_django/{test} has changed in the same place: resolve the "
        "conflict marked there.\n"
        "It is the last checkpoint, so that is all there is left to do.\n"
    )


@pytest.mark.parametrize("content", [b"\x00\x01", None])
def test_what_cannot_be_merged_is_left_to_the_maintainer(
    clone: Clone, content: bytes | None
) -> None:
    file = folder_of(clone, "cp3") / CONSUMERS
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)
    before = projects(clone, "cp4")

    stopped = clone.try_to_run("carry", "cp3")

    assert stopped.returncode == 1
    assert "and cannot be merged: make it what it should be in cp4" in stopped.stderr
    assert projects(clone, "cp4") == before


def test_without_a_change_there_is_nothing_to_carry(clone: Clone) -> None:
    replace(clone, "cp1", SETTINGS, COMMENT, "# New.")

    assert clone.refusal("carry", "cp0") == (
        "There is nothing to carry: no file in checkpoints/cp0/ differs from the last "
        "commit. Make the change there, and carry it before you commit it.\n"
    )


def test_after_the_last_checkpoint_there_is_none(clone: Clone) -> None:
    assert clone.refusal("carry", "final") == (
        "final is the last checkpoint: nothing comes after it.\n"
    )


def test_an_unknown_checkpoint_is_refused(clone: Clone) -> None:
    assert clone.refusal("carry", "cp9").startswith("There is no checkpoint 'cp9';")


def test_without_git_it_says_so(tmp_path: Path) -> None:
    copy_course(tmp_path / "course")

    refusal = Clone(tmp_path / "course").refusal("carry", "cp0")

    assert "this folder is not a Git clone" in refusal


def test_at_a_checkpoint_nothing_is_carried_into_it(ready: Clone) -> None:
    ready.git("switch", "--quiet", "cp2")
    replace(ready, "cp0", SETTINGS, COMMENT, "# New.")

    assert ready.refusal("carry", "cp0").startswith(
        "chanx_django/ is not the finished project on this branch"
    )


def test_what_git_ignores_is_no_change(clone: Clone) -> None:
    folder = folder_of(clone, "cp0") / "chat" / "__pycache__"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "consumers.pyc").write_bytes(b"\x00")

    assert clone.refusal("carry", "cp0").startswith("There is nothing to carry")
