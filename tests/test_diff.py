import os
import pty
import shutil
from pathlib import Path

import pytest

from tests.support.clones import Clone

GREEN = "\x1b[32m"
EQUAL = "There is no difference between {} and {}.\n"
NEAREST = "The checkpoint that differs least from yours is {}.\n"


def test_two_checkpoints_differ_by_the_chapter(clone: Clone) -> None:
    output = clone.run("diff", "cp1", "cp2")
    lines = output.splitlines()

    assert "--- cp1/chat/routing.py" in lines
    assert "+++ cp2/chat/routing.py" in lines
    before, after = (
        (clone.checkpoint(name) / "chat/consumers.py").read_text().splitlines()
        for name in ("cp1", "cp2")
    )
    assert all(f"+{line}" in lines for line in after if line not in before)
    assert all(f"-{line}" in lines for line in before if line not in after)
    assert not any("manage.py" in line for line in lines)
    # Colors are for terminals, and Git is needed for nothing.
    assert GREEN not in output
    assert GREEN in in_a_terminal(clone, "diff", "cp1", "cp2", PATH="")


def in_a_terminal(clone: Clone, *arguments: str, **environment: str) -> str:
    mine, other = pty.openpty()
    process = clone.start(
        *arguments, cwd=None, output=other, TERM="xterm", NO_COLOR="", **environment
    )
    os.close(other)
    output = b""
    try:
        while part := os.read(mine, 65536):
            output += part
    except OSError:
        pass  # Linux answers so when the other end is closed.
    os.close(mine)
    assert process.wait(60) == 0
    return output.decode()


@pytest.mark.parametrize("place", ["mychat", "mychat/chat/tests", ".", "docs", "own"])
def test_the_project_is_the_one_in_whose_folder_one_is(
    clone: Clone, tmp_path: Path, place: str
) -> None:
    project = tmp_path / "own" if place == "own" else clone.project
    shutil.copytree(clone.checkpoint("cp2"), project)
    (project / "chat" / "mine.py").write_text("MINE = True\n")
    (project / "chat" / "tests" / "__init__.py").unlink()
    cwd = project / "chat" if place == "own" else clone.folder / place

    lines = clone.run("diff", cwd=cwd).splitlines()
    reverse = clone.run("diff", "mine", "cp2", cwd=cwd).splitlines()

    assert lines[0] == NEAREST.format("cp2").strip()
    # An empty file may matter.
    assert "Only in cp2: chat/tests/__init__.py" in lines
    assert "Only in mine: chat/mine.py" in lines
    assert "+MINE = True" in lines
    assert "-MINE = True" in reverse
    assert not any("routing.py" in line for line in [*lines, *reverse])


def test_the_finished_project_is_one_like_all(clone: Clone) -> None:
    assert clone.run("diff", cwd=clone.finished) == (
        NEAREST.format("final") + EQUAL.format("final", "mine")
    )


def test_on_a_branch_the_finished_project_comes_from_git(ready: Clone) -> None:
    before = ready.run("diff", "cp4", "final")
    ready.git("switch", "--quiet", "cp0")

    assert ready.run("diff", "cp4", "final") == before
    assert ready.run("diff", cwd=ready.finished) == (
        NEAREST.format("cp0") + EQUAL.format("cp0", "mine")
    )


def test_line_ends_and_what_running_leaves_are_no_difference(clone: Clone) -> None:
    (clone.checkpoint("cp2") / "picture.png").write_bytes(b"\x89PNG\r\n\0\xff")
    shutil.copytree(clone.checkpoint("cp2"), clone.project)
    for file in clone.project.rglob("*.py"):
        content = file.read_bytes().replace(b"\n", b"\r\n")
        file.write_bytes(content.removesuffix(b"\r\n"))
    for folder in "__pycache__", "chat/__pycache__", ".pytest_cache", ".venv":
        (clone.project / folder).mkdir()
        (clone.project / folder / "something").write_bytes(b"\0")
    for name in "db.sqlite3", "db.sqlite3-journal", "loadtest.svg":
        (clone.project / name).write_bytes(b"\0")

    assert clone.run("diff", "cp2") == EQUAL.format("cp2", "mine")


@pytest.mark.parametrize("state", ["missing", "empty", "only caches"])
def test_without_a_project_a_sentence_says_what_to_do(clone: Clone, state: str) -> None:
    if state != "missing":
        clone.project.mkdir()
    if state == "only caches":
        (clone.project / "__pycache__").mkdir()

    sentence = clone.refusal("diff", *(["mine", "cp1"] if state == "missing" else []))

    assert sentence.startswith("The folder mychat/, in which you work, is ")
    assert sentence.endswith("python3 tutorial.py start start\n")


@pytest.mark.parametrize("names", [["cp9"], ["cp1", "cp9"], ["cp9", "cp1"], [""]])
def test_an_unknown_name_is_refused(clone: Clone, names: list[str]) -> None:
    assert clone.refusal("diff", *names).startswith("There is no checkpoint '")


def test_a_project_with_anything_in_it_can_be_compared(clone: Clone) -> None:
    shutil.copytree(clone.checkpoint("cp4"), clone.project)
    (clone.project / "broken.py").write_text("def (:\n")
    (clone.project / "picture.png").write_bytes(b"\x89PNG\0\xff")
    (clone.project / "Ελλάδα.txt").write_text("Γεια\n", encoding="utf-8")
    (clone.project / "greek.txt").write_text("Γεια\n", encoding="iso-8859-7")
    (clone.project / "nowhere").symlink_to("nothing")

    output = clone.run("diff", "cp4")

    assert "+def (:" in output
    assert "mine/Ελλάδα.txt" in output
    for name in "picture.png", "greek.txt":
        assert f"Binary files cp4/{name} and mine/{name} differ" in output

    os.mkfifo(clone.project / "pipe")
    assert "pipe cannot be read: it is not a file" in clone.refusal("diff", "cp4")


def test_whoever_reads_only_the_beginning_gets_no_traceback(clone: Clone) -> None:
    reader, writer = os.pipe()
    process = clone.start("diff", "start", "final", output=writer)
    os.close(writer)
    assert os.read(reader, 10)
    os.close(reader)

    assert process.wait(60) == 0
