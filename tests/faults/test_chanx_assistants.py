"""The Chanx tutorial's own tests for `assistants`, against the finished project.

They are from https://chanx.readthedocs.io, "Integration tests": BSD License, Copyright
(c) 2025, Huy Nguyen. They come as they are. A plugin gives them the class that they
replace by a mock.
"""

import shutil
from pathlib import Path

from course.chapters import ROOT
from course.projects import copy_project
from tests.support.programs import Programs

TESTS = Path(__file__).parent / "chanx_tutorial"


def test_they_pass(tmp_path: Path) -> None:
    project = tmp_path / "project"
    copy_project(ROOT / "chanx_django", project)
    file = project / "assistants" / "tests" / "test_assistant_consumer.py"
    shutil.copy(TESTS / "test_assistant_consumer.txt", file)
    with Programs(tmp_path, project, PYTHONPATH=str(TESTS)) as programs:
        command = ("python", "-m", "pytest", "-q", "-p", "chanx_service", str(file))
        run = programs.start(*command)

        assert run.exit_status() == 0, run.output
        assert "3 passed" in run.output
