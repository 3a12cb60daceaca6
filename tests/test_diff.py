import os
import pty
import shutil
from pathlib import Path

import pytest

from course.diff import difference
from tests.support.clones import Clone, copy_course

GREEN = "\x1b[32m"


@pytest.fixture
def path_without_git(tmp_path: Path) -> str:
    folder = tmp_path / "nothing"
    folder.mkdir()
    return str(folder)


@pytest.fixture(params=["with Git", "without Git"])
def path(request: pytest.FixtureRequest, path_without_git: str) -> str:
    return os.environ["PATH"] if request.param == "with Git" else path_without_git


def test_two_checkpoints_differ_by_the_chapter(clone: Clone, path: str) -> None:
    lines = clone.run("diff", "cp1", "cp2", PATH=path).splitlines()

    assert "--- cp1/chat/routing.py" in lines
    assert "+++ cp2/chat/routing.py" in lines
    before, after = (
        (clone.folder / f"checkpoints/{name}/chat/consumers.py")
        .read_text()
        .splitlines()
        for name in ("cp1", "cp2")
    )
    assert all(f"+{line}" in lines for line in after if line not in before)
    assert all(f"-{line}" in lines for line in before if line not in after)
    assert not any("manage.py" in line for line in lines)


def test_mine_is_compared_with_a_checkpoint(clone: Clone, path: str) -> None:
    clone.run("reset", "cp2")
    (clone.project / "chat" / "mine.py").write_text("MINE = True\n")
    (clone.project / "manage.py").unlink()

    lines = clone.run("diff", "cp2", PATH=path).splitlines()
    reverse = clone.run("diff", "mine", "cp2", PATH=path).splitlines()

    assert "+MINE = True" in lines
    assert "-MINE = True" in reverse
    assert any(line.startswith("--- cp2/manage.py") for line in lines)
    assert not any("routing.py" in line for line in [*lines, *reverse])


@pytest.mark.parametrize("name", ["start", "cp1", "final"])
def test_without_a_name_the_nearest_checkpoint_is_found(
    clone: Clone, name: str
) -> None:
    clone.run("reset", name) if name != "final" else None
    (clone.project / "chat" / "mine.py").write_text("MINE = True\n")

    first, *lines = clone.run("diff").splitlines()

    assert first == f"The checkpoint that differs least from yours is {name}."
    assert "+MINE = True" in lines


def test_no_difference_is_a_sentence(clone: Clone) -> None:
    assert (
        clone.run("diff", "cp1", "cp1")
        == "There is no difference between cp1 and cp1.\n"
    )
    assert clone.run("diff") == (
        "The checkpoint that differs least from yours is final.\n"
        "There is no difference between final and mine.\n"
    )


def test_the_finished_project_is_known_while_another_one_is_in_its_folder(
    clone: Clone,
) -> None:
    before = clone.run("diff", "cp4", "final")
    clone.run("reset", "cp0")

    assert clone.run("diff", "cp4", "final") == before
    assert clone.run("diff", "cp0") == "There is no difference between cp0 and mine.\n"


def test_what_running_a_project_leaves_is_no_difference(clone: Clone) -> None:
    for folder in "__pycache__", "chat/__pycache__", ".pytest_cache", ".mypy_cache":
        (clone.project / folder).mkdir(parents=True, exist_ok=True)
        (clone.project / folder / "something").write_bytes(b"\0")
    (clone.project / "db.sqlite3").write_bytes(b"\0")
    (clone.project / ".venv").mkdir()
    (clone.project / ".venv" / "pyvenv.cfg").write_text("")

    assert clone.run("diff", "final") == (
        "There is no difference between final and mine.\n"
    )


def test_colors_are_for_terminals(clone: Clone, path: str) -> None:
    assert GREEN not in clone.run("diff", "cp1", "cp2", PATH=path)
    assert GREEN in in_a_terminal(clone, "diff", "cp1", "cp2", PATH=path)


def in_a_terminal(clone: Clone, *arguments: str, **environment: str) -> str:
    mine, other = pty.openpty()
    settings = {"TERM": "xterm", "GIT_PAGER": "cat", "NO_COLOR": ""} | environment
    process = clone.start(*arguments, output=other, **settings)
    os.close(other)
    output = b""
    try:
        while part := os.read(mine, 65536):
            output += part
    except OSError:
        pass  # Linux answers so when the other end is closed.
    os.close(mine)
    assert process.wait(30) == 0
    return output.decode()


@pytest.mark.parametrize("state", ["missing", "empty", "only caches"])
def test_without_a_project_a_sentence_says_what_to_do(clone: Clone, state: str) -> None:
    shutil.rmtree(clone.project)
    if state != "missing":
        clone.project.mkdir()
    if state == "only caches":
        (clone.project / "__pycache__").mkdir()

    sentence = clone.refusal("diff", *(["mine", "cp1"] if state == "missing" else []))

    assert sentence.startswith("The folder chanx_django/, in which you work, is ")
    assert sentence.endswith("python3 tutorial.py reset start\n")
    assert "+++ cp2/chat/routing.py" in clone.run("diff", "cp1", "cp2")


@pytest.mark.parametrize("names", [["cp9"], ["cp1", "cp9"], ["cp9", "cp1"], [""]])
def test_an_unknown_name_is_refused(clone: Clone, names: list[str]) -> None:
    assert clone.refusal("diff", *names).startswith("There is no checkpoint '")


def test_a_project_with_anything_in_it_can_be_compared(clone: Clone, path: str) -> None:
    (clone.project / "broken.py").write_text("def (:\n")
    (clone.project / "picture.png").write_bytes(b"\x89PNG\0\xff")
    (clone.project / "Ελλάδα.txt").write_text("Γεια\n", encoding="utf-8")
    (clone.project / "nowhere").symlink_to("nothing")

    output = clone.run("diff", "cp4", PATH=path)

    assert "+def (:" in output
    assert "Binary files " in output
    assert "picture.png differ" in output
    assert "mine/Ελλάδα.txt" in output


def test_a_file_that_cannot_be_read_is_named(clone: Clone) -> None:
    os.mkfifo(clone.project / "pipe")

    sentence = clone.refusal("diff", "cp1")

    assert "pipe cannot be copied: " in sentence


def test_outside_of_a_clone_the_folders_are_compared(tmp_path: Path) -> None:
    copy_course(tmp_path / "course")
    course = Clone(tmp_path / "course")

    assert "+++ final/" in course.run("diff", "cp4", "final")
    assert "differs least from yours is cp5." in course.run("diff")
    assert course.refusal("diff", "final").startswith(
        "Without a Git clone, the finished project is only in chanx_django/"
    )


def test_whoever_reads_only_the_beginning_gets_no_traceback(clone: Clone) -> None:
    reader, writer = os.pipe()
    process = clone.start("diff", "start", "final", output=writer)
    os.close(writer)
    assert os.read(reader, 10)
    os.close(reader)

    assert process.wait(30) == 0


def test_files_that_are_no_text_are_said_to_differ() -> None:
    assert difference(b"\xff", b"\xff", "a", "b") == []
    assert difference(b"\xff", b"a", "a", "b") == ["Binary files a and b differ"]
