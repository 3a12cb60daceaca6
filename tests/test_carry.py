"""`tutorial.py carry`: what becomes of a change in the projects after it."""

from pathlib import Path

import pytest

from course.chapters import load_chapters
from course.projects import files_of
from tests.support.clones import Clone, copy_course

NAMES = [chapter.ends_at for chapter in load_chapters()]
LAST_BUT_ONE = NAMES[-2]
SETTINGS = "config/settings.py"
COMMENT = "# Outside of development there is no key to fall back on."
CONSUMERS = "chat/consumers.py"
LIMIT, LOWER_LIMIT = "MAX_TEXT_LENGTH = 4096", "MAX_TEXT_LENGTH = 2048"


def after(name: str) -> list[str]:
    return NAMES[NAMES.index(name) + 1 :]


def replace(clone: Clone, checkpoint: str, path: str, old: str, new: str) -> None:
    file = clone.checkpoint(checkpoint) / path
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))


def projects(clone: Clone, names: list[str]) -> list[dict[str, bytes]]:
    return [files_of(clone.checkpoint(name)) for name in names]


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
    assert [change[:4] for change in changes] == ["1\t1\t"] * (1 + len(after("cp0")))
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
    folder = clone.checkpoint("cp2")
    (folder / "words.py").write_text("HELLO = 'Γειά'\n")
    (folder / "words.py").chmod(0o755)
    (folder / "new").mkdir()
    (folder / "new" / "bytes").write_bytes(b"\x00\r\n\xff")
    style = "chat/static/chat/console.css"
    (folder / style).rename(folder / "renamed.css")
    (folder / "chat" / "__pycache__").mkdir(exist_ok=True)
    (folder / "chat" / "__pycache__" / "ignored.pyc").write_bytes(b"\x00")

    first = clone.run("carry", "cp2")
    second = clone.run("carry", "cp2")

    paths = [style, "new/bytes", "renamed.css", "words.py"]
    later = [[name, path] for name in after("cp2") for path in paths]
    assert outcomes(first) == [[*row, "carried"] for row in later]
    assert outcomes(second) == [[*row, "already there"] for row in later]
    for project in map(clone.checkpoint, after("cp2")):
        assert (project / "words.py").read_text() == "HELLO = 'Γειά'\n"
        assert (project / "words.py").stat().st_mode & 0o111
        assert (project / "new" / "bytes").read_bytes() == b"\x00\r\n\xff"
        assert (project / "renamed.css").exists()
        assert not (project / style).exists()
    assert (clone.checkpoint("cp1") / style).exists()


def test_a_file_that_a_chapter_has_removed_is_named(clone: Clone) -> None:
    path = "chat/tests/test_echo.py"
    replace(clone, "cp0", path, "import pytest\n", "import pytest  # for fixtures\n")

    output = clone.run("carry", "cp0")

    assert outcomes(output) == [["cp1", path, "no such file: a chapter has removed it"]]


def test_a_conflict_stops_it_and_once_resolved_it_goes_on(clone: Clone) -> None:
    later = projects(clone, after("cp2"))
    replace(clone, "cp1", CONSUMERS, LIMIT, LOWER_LIMIT)
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
    file = clone.checkpoint("cp2") / CONSUMERS
    marked = file.read_text()
    lines = {"<<<<<<< ours", LIMIT, LOWER_LIMIT, "=======", ">>>>>>> theirs"}
    assert lines <= {*marked.splitlines()}
    assert projects(clone, after("cp2")) == later

    # Neither command makes it worse while the markers are there.
    assert "still has the markers" in clone.refusal("carry", "cp2")
    assert "still has the markers" in clone.try_to_run("carry", "cp1").stderr
    assert file.read_text() == marked

    clone.git("checkout", "--quiet", "--", str(file))
    replace(clone, "cp2", CONSUMERS, "A room may have any name", "Any name will do")
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
    file = clone.checkpoint(LAST_BUT_ONE) / "chat" / "consumers" / "chat_consumer.py"
    file.unlink() if content is None else file.write_bytes(content)
    before = projects(clone, after(LAST_BUT_ONE))

    stopped = clone.try_to_run("carry", LAST_BUT_ONE)

    assert stopped.returncode == 1
    assert "make it what it should be in final, unless" in stopped.stderr
    assert stopped.stderr.endswith("so there is nothing else to do.\n")
    assert projects(clone, after(LAST_BUT_ONE)) == before


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("cp0", "There is nothing to carry: no file in checkpoints/cp0/ differs from"),
        ("final", "final is the last checkpoint: nothing comes after it."),
    ],
)
def test_what_cannot_be_carried_is_refused(
    clone: Clone, name: str, sentence: str
) -> None:
    replace(clone, "cp1", SETTINGS, COMMENT, "# New.")

    assert clone.refusal("carry", name).startswith(sentence)


def test_without_git_or_the_finished_project_it_says_so(
    ready: Clone, tmp_path: Path
) -> None:
    copy_course(tmp_path / "course")
    ready.git("switch", "--quiet", "cp2")
    replace(ready, "cp0", SETTINGS, COMMENT, "# New.")

    refusal = Clone(tmp_path / "course").refusal("carry", "cp0")
    assert "this folder is not a Git clone" in refusal
    assert "is not the finished project on this branch" in ready.refusal("carry", "cp0")
