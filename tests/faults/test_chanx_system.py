"""The Chanx tutorial's own tests for `system`, against the finished project.

They are from https://chanx.readthedocs.io, "Integration tests": BSD License, Copyright
(c) 2025, Huy Nguyen. They come as they are. The first one passes. The other two have a
Celery worker pretend to translate a text, and want sentences in place of what is told
of a job. Here jobs are real work, and `translate` is none of them.
"""

import shutil
from pathlib import Path

from course.chapters import ROOT
from course.projects import copy_project
from tests.support.programs import Programs

TESTS = Path(__file__).parent / "chanx_tutorial"


def test_what_needs_no_translation_passes(tmp_path: Path) -> None:
    project = tmp_path / "project"
    copy_project(ROOT / "chanx_django", project)
    file = project / "system" / "tests" / "test_system_consumer_of_chanx.py"
    shutil.copy(TESTS / "test_system_consumer.txt", file)
    with Programs(tmp_path, project, PYTHONPATH=str(TESTS)) as programs:
        command = ("python", "-m", "pytest", "-q", "-p", "chanx_worker", str(file))
        run = programs.start(*command)

        assert run.exit_status() == 1, run.output
        assert "2 failed, 1 passed" in run.output
        faults = run.output.count("Input should be 'export' or 'statistics'")
        assert faults == 2, run.output
