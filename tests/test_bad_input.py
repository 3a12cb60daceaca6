"""What every command says to what it cannot use: one sentence, and no traceback."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from course import projects, start
from course.__main__ import main
from course.chapters import all_checkpoints
from tests.support.clones import Clone
from tutorial import RUN_COURSE

Typed = Callable[..., str]
NAMES = ", ".join(checkpoint.name for checkpoint in all_checkpoints())


@pytest.fixture
def mychat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the learner works, if there is anything."""
    monkeypatch.setattr(projects, "MYCHAT", tmp_path / "mychat")
    return tmp_path / "mychat"


@pytest.fixture
def typed(
    mychat: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Typed:
    """Types a command, which must be refused, and returns what is said."""
    monkeypatch.setattr(start, "SAVED", mychat.with_name("saved"))
    monkeypatch.setattr(signal, "signal", lambda *_: None)

    def refusal(*command: str, cwd: Path = mychat.parent, status: int = 1) -> str:
        monkeypatch.chdir(cwd)
        monkeypatch.setattr(sys, "argv", ["tutorial.py", *command])
        try:
            found: object = main()
        except SystemExit as usage:
            found = usage.code
        output = capsys.readouterr()
        assert (found, output.out) == (status, "")
        return output.err

    return refusal


@pytest.mark.parametrize("name", ["cp99", "", "..", "/", "../checkpoints/cp1"])
@pytest.mark.parametrize(
    "command",
    ["serve {}", "start {}", "check {}", "diff {}", "diff cp1 {}", "carry {}"],
)
def test_an_unknown_checkpoint_is_refused(
    typed: Typed, command: str, name: str
) -> None:
    line = [part.format(name) for part in command.split()]

    assert typed(*line).startswith(
        f"There is no checkpoint {name!r}; choose one of {NAMES}"
    )


def test_what_was_not_saved_whole_cannot_be_had_back(
    typed: Typed, tmp_path: Path
) -> None:
    (tmp_path / "saved" / ".unfinished-1").mkdir(parents=True)
    (tmp_path / "saved" / "whole").mkdir()

    assert ", or a folder of saved/, where this" in typed("start", ".unfinished-1")
    assert start.checkpoint_or_saved("whole") == tmp_path / "saved" / "whole"


def test_an_unknown_suite_is_refused(typed: Typed) -> None:
    assert typed("test", "cp0", "cp99") == (
        f"There is no suite 'cp99'; choose one or more of {NAMES}, "
        "tests, examples, browser, faults, limits, timed.\n"
    )


def test_an_unknown_command_is_refused(typed: Typed) -> None:
    sentence = typed("sevre", status=2)

    # Python 3.15 says between them which one may be meant.
    assert "invalid choice: 'sevre'" in sentence
    assert "choose from" in sentence


@pytest.mark.parametrize("port", ["0", "65536", "-1", "eight", "80.5", "²", ""])
def test_what_is_no_port_is_refused(typed: Typed, port: str) -> None:
    sentence = typed("serve", f"--port={port}", status=2)

    assert f"{port!r} is not a port, which is a number from 1 to 65535" in sentence


@pytest.mark.parametrize("state", ["missing", "empty", "only caches"])
def test_without_a_project_a_sentence_says_what_to_do(
    typed: Typed, mychat: Path, state: str
) -> None:
    commands = ["check", "diff", "diff mine cp1"]
    folder = mychat.parent
    if state != "missing":
        folder = mychat
        (folder / "__pycache__" if "caches" in state else folder).mkdir(parents=True)
        # Where there is no folder to stand in, it serves the finished project.
        commands.append("serve")

    for command in commands:
        sentence = typed(*command.split(), cwd=folder)
        assert sentence.startswith(f"The folder {mychat}/, in which you work, is ")
        assert sentence.endswith(
            " for example the first: python3 tutorial.py start start\n"
        )


@pytest.mark.parametrize("command", ["branches", "diff cp1 final", "check start"])
def test_whoever_reads_only_the_beginning_gets_no_traceback(
    ready: Clone, command: str
) -> None:
    shutil.copytree(ready.checkpoint("start"), ready.project)
    reader, writer = os.pipe()
    os.close(reader)

    finished = ready.try_to_run(*command.split(), stdout=writer)
    os.close(writer)

    assert (finished.returncode, finished.stderr) == (0, "")


def test_any_character_is_printed_whatever_the_terminal_s_encoding(
    ready: Clone,
) -> None:
    shutil.copytree(ready.checkpoint("start"), ready.project)
    with (ready.project / "config" / "urls.py").open("a") as urls:
        urls.write("print('\\N{CHECK MARK}')\n")

    output = ready.run("check", "start", PYTHONIOENCODING="cp1252")

    assert "  ✓ the console page answers\n" in output


def test_a_command_runs_where_the_folder_is_gone(clone: Clone, tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    code = (
        "import os, sys; os.rmdir(os.getcwd()); "
        "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    )
    finished = subprocess.run(
        [
            *[sys.executable, "-P", "-c", code, "-P", "-c", RUN_COURSE],
            *[str(clone.folder), "diff", "cp1", "cp1"],
        ],
        cwd=tmp_path / "gone",
        capture_output=True,
        text=True,
    )

    assert finished.stdout == "There is no difference between cp1 and cp1.\n"
    assert finished.stderr == ""


def test_what_the_computer_does_not_allow_is_named(clone: Clone) -> None:
    in_the_way = clone.folder / "docs" / "_build"
    in_the_way.write_text("")

    sentence = clone.refusal("docs")

    assert sentence.startswith("This computer does not allow it: ")
    assert str(in_the_way) in sentence
