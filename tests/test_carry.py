"""`tutorial.py carry`: what becomes of a change in the projects after it."""

from pathlib import Path

import pytest

from course.chapters import FINAL, load_chapters
from course.projects import files_of
from tests.support.clones import Clone, copy_course

NAMES = [chapter.ends_at for chapter in load_chapters()]
SETTINGS = "config/settings.py"
COMMENT = "# Outside of development there is no key to fall back on."
CONSUMERS = "chat/consumers.py"
LIMIT = "MAX_TEXT_LENGTH = 4096"


def after(name: str) -> list[str]:
    return NAMES[NAMES.index(name) + 1 :]


def folder_of(clone: Clone, checkpoint: str) -> Path:
    if checkpoint == FINAL:
        return clone.finished
    return clone.folder / "checkpoints" / checkpoint


def replace(clone: Clone, checkpoint: str, path: str, old: str, new: str) -> None:
    file = folder_of(clone, checkpoint) / path
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))


def projects(clone: Clone, names: list[str]) -> list[dict[str, bytes]]:
    return [files_of(folder_of(clone, name)) for name in names]


def outcomes(output: str) -> list[list[str]]:
    """The lines about files: checkpoint, path, what became of the change."""
    rows = [line.split(maxsplit=2) for line in output.splitlines()]
    return [row for row in rows if row[0] in NAMES]


def test_one_line_goes_through_all_later_projects(clone: Clone) -> None:
    replace(clone, "cp0", SETTINGS, COMMENT, "# New.")
    (clone.folder / "README.md").write_text("staged")
    clone.git("add", "README.md")
    index = clone.git("ls-files", "--stage")

    output = clone.run("carry", "cp0")

    assert outcomes(output) == [[name, SETTINGS, "carried"] for name in after("cp0")]
    assert output.endswith("Nothing is committed. Look at it with: git diff\n")
    changes = clone.git("diff", "--numstat").splitlines()
    assert len(changes) == 1 + len(after("cp0"))
    assert all(change.startswith("1\t1\t") for change in changes)
    assert clone.git("ls-files", "--stage") == index


def test_a_change_that_is_there_already_is_not_made_twice(clone: Clone) -> None:
    for name in "cp1", "cp2":
        replace(clone, name, SETTINGS, COMMENT, "# New.")
    clone.commit_all("cp2 has it")
    replace(clone, "cp0", SETTINGS, COMMENT, "# New.")

    first = clone.run("carry", "cp0")
    second = clone.run("carry", "cp0")

    there, carried = "already there", "carried"
    later = len(after("cp2"))
    assert [row[2] for row in outcomes(first)] == [there, there, *[carried] * later]
    assert [row[2] for row in outcomes(second)] == [there] * (2 + later)


def test_files_come_go_and_get_other_names(clone: Clone) -> None:
    folder = folder_of(clone, "cp2")
    (folder / "chat" / "new").mkdir()
    (folder / "chat" / "new" / "words.py").write_text("HELLO = 'Γειά'\n")
    (folder / "chat" / "new" / "words.py").chmod(0o755)
    (folder / "chat" / "new" / "bytes").write_bytes(b"\x00\r\n\xff")
    style = Path("chat", "static", "chat", "console.css")
    (folder / style).rename(folder / "renamed.css")
    (folder / "chat" / "__pycache__").mkdir(exist_ok=True)
    (folder / "chat" / "__pycache__" / "ignored.pyc").write_bytes(b"\x00")

    first = clone.run("carry", "cp2")
    second = clone.run("carry", "cp2")

    paths = ["chat/new/bytes", "chat/new/words.py", str(style), "renamed.css"]
    later = [[name, path] for name in after("cp2") for path in paths]
    assert outcomes(first) == [[*row, "carried"] for row in later]
    assert outcomes(second) == [[*row, "already there"] for row in later]
    for name in after("cp2"):
        project = folder_of(clone, name)
        assert (project / "chat/new/words.py").read_text() == "HELLO = 'Γειά'\n"
        assert (project / "chat/new/words.py").stat().st_mode & 0o111
        assert (project / "chat/new/bytes").read_bytes() == b"\x00\r\n\xff"
        assert (project / "renamed.css").exists()
        assert not (project / style).exists()
    assert (folder_of(clone, "cp1") / style).exists()


def test_a_file_that_a_chapter_has_removed_is_named(clone: Clone) -> None:
    path = "chat/tests/test_echo.py"
    replace(clone, "cp0", path, "import pytest\n", "import pytest  # for fixtures\n")

    output = clone.run("carry", "cp0")

    assert outcomes(output) == [["cp1", path, "no such file: a chapter has removed it"]]


def test_a_conflict_stops_it_and_once_resolved_it_goes_on(clone: Clone) -> None:
    later = projects(clone, after("cp2"))
    new = "MAX_TEXT_LENGTH = 2048"
    replace(clone, "cp1", CONSUMERS, LIMIT, new)
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
    for line in "<<<<<<< ours", LIMIT, new, "=======", ">>>>>>> theirs":
        assert line in marked.splitlines()
    assert projects(clone, after("cp2")) == later

    # Neither command makes it worse while the markers are there.
    assert "still has the markers" in clone.refusal("carry", "cp2")
    assert "still has the markers" in clone.try_to_run("carry", "cp1").stderr
    assert file.read_text() == marked

    clone.git("checkout", "--quiet", "--", str(file))
    replace(clone, "cp2", CONSUMERS, LIMIT, new)
    again = clone.try_to_run("carry", "cp1")
    assert "was left as it is: make it what it should be in cp2" in again.stderr
    assert "<<<" not in file.read_text()

    went_on = clone.run("carry", "cp2")
    assert ["cp3", CONSUMERS, "carried"] in outcomes(went_on)
    assert ["final", SETTINGS, "carried"] in outcomes(went_on)


@pytest.mark.parametrize("content", [b"\x00\x01", None])
def test_what_cannot_be_merged_is_left_to_the_maintainer(
    clone: Clone, content: bytes | None
) -> None:
    file = folder_of(clone, "cp5") / "chat" / "consumers" / "chat_consumer.py"
    file.unlink() if content is None else file.write_bytes(content)
    before = projects(clone, after("cp5"))

    stopped = clone.try_to_run("carry", "cp5")

    assert stopped.returncode == 1
    assert "make it what it should be in final, unless" in stopped.stderr
    assert stopped.stderr.endswith(
        "\nIt is the last checkpoint, so that is all there is left to do.\n"
    )
    assert projects(clone, after("cp5")) == before


def test_what_cannot_be_carried_is_refused(clone: Clone) -> None:
    replace(clone, "cp1", SETTINGS, COMMENT, "# New.")

    assert clone.refusal("carry", "cp0") == (
        "There is nothing to carry: no file in checkpoints/cp0/ differs from the last "
        "commit. Make the change there, and carry it before you commit it.\n"
    )
    assert clone.refusal("carry", "final") == (
        "final is the last checkpoint: nothing comes after it.\n"
    )
    assert clone.refusal("carry", "cp99").startswith("There is no checkpoint 'cp99';")


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
