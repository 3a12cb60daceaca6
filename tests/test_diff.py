"""What `tutorial.py diff` shows of two projects."""

import os
import shutil
from pathlib import Path

import pytest

from course.chapters import find_checkpoint
from course.diff import diff
from course.errors import TutorialError
from tests.support.clones import Clone

EQUAL = "There is no difference between {} and {}.\n"
NEAREST = "The checkpoint that differs least from yours is {}.\n"
CP1, CP2 = find_checkpoint("cp1"), find_checkpoint("cp2")
GREEN = "\x1b[32m"


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A learner's project."""
    return Path(shutil.copytree(CP2.folder, tmp_path / "mine"))


def test_two_checkpoints_differ_by_the_chapter(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    diff(CP1, CP2)
    output = capsys.readouterr().out
    lines = output.splitlines()

    assert "--- cp1/chat/routing.py" in lines
    assert "+++ cp2/chat/routing.py" in lines
    before, after = (
        (it.folder / "chat" / "consumers.py").read_text().splitlines()
        for it in (CP1, CP2)
    )
    assert all(f"+{line}" in lines for line in after if line not in before)
    assert all(f"-{line}" in lines for line in before if line not in after)
    assert not any("manage.py" in line for line in lines)

    # Colors are for terminals.
    assert GREEN not in output
    for name, value in {"FORCE_COLOR": "1", "TERM": "xterm", "NO_COLOR": ""}.items():
        monkeypatch.setenv(name, value)
    diff(CP1, CP2)
    assert GREEN in capsys.readouterr().out


def test_mine_is_compared_with_the_nearest_checkpoint(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (mine / "chat" / "mine.py").write_text("MINE = True\n")
    (mine / "chat" / "tests" / "__init__.py").unlink()

    diff(None, mine)
    lines = capsys.readouterr().out.splitlines()
    diff(mine, CP2)
    reverse = capsys.readouterr().out.splitlines()

    assert lines[0] == NEAREST.format("cp2").strip()
    # An empty file may matter.
    assert "Only in cp2: chat/tests/__init__.py" in lines
    assert "Only in mine: chat/mine.py" in lines
    assert "+MINE = True" in lines
    assert "-MINE = True" in reverse
    assert not any("routing.py" in line for line in [*lines, *reverse])


def test_on_a_branch_the_finished_project_comes_from_git(ready: Clone) -> None:
    # Elsewhere, Git is needed for nothing.
    before = ready.run("diff", "cp4", "final", PATH="")
    assert ready.run("diff", cwd=ready.finished) == (
        NEAREST.format("final") + EQUAL.format("final", "mine")
    )
    ready.git("switch", "--quiet", "cp0")

    assert ready.run("diff", "cp4", "final") == before
    assert ready.run("diff", cwd=ready.finished) == (
        NEAREST.format("cp0") + EQUAL.format("cp0", "mine")
    )


def test_a_project_with_anything_in_it_can_be_compared(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (mine / "broken.py").write_text("def (:\n")
    (mine / "picture.png").write_bytes(b"\x89PNG\0\xff")
    (mine / "Ελλάδα.txt").write_text("Γεια\n", encoding="utf-8")
    (mine / "greek.txt").write_text("Γεια\n", encoding="iso-8859-7")
    (mine / "nowhere").symlink_to("nothing")

    diff(CP2, mine)

    output = capsys.readouterr().out
    assert "+def (:" in output
    assert "mine/Ελλάδα.txt" in output
    for name in "picture.png", "greek.txt":
        assert f"Binary files cp2/{name} and mine/{name} differ" in output

    os.mkfifo(mine / "pipe")
    with pytest.raises(TutorialError, match="pipe cannot be read: it is not a file"):
        diff(CP2, mine)
