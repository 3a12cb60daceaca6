"""The pages for teachers: their schedules, their traps and their commands."""

import subprocess
import sys
from pathlib import Path

import pytest

from checkpoints.chapters import ROOT, load_chapters
from checkpoints.projects import copy_checkpoint, environment
from course.teaching import Trap, read_traps

CHAPTERS = {chapter.page: chapter for chapter in load_chapters()}
TRAPS = read_traps(ROOT / "docs")


@pytest.mark.parametrize(
    "trap", TRAPS, ids=lambda trap: f"{trap.chapter}-{trap.behavior}"
)
def test_a_trap_is_noticed_by_the_behavior_that_the_page_names(
    trap: Trap, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    copy_checkpoint(CHAPTERS[trap.chapter].ends_at, project)
    file = project / trap.file
    text = file.read_text()
    assert text.count(trap.right) == 1
    file.write_text(text.replace(trap.right, trap.wrong))
    tests = [
        f"{path.relative_to(project)}::{trap.behavior}"
        for path in project.glob("chat/tests/*.py")
        if f"def {trap.behavior}(" in path.read_text()
    ]
    assert tests

    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", *tests],
        cwd=project,
        env=environment(),
        capture_output=True,
        text=True,
    )

    assert finished.returncode == 1, finished.stdout
    assert finished.stdout.splitlines()[-1].startswith(("1 failed", "1 error"))
