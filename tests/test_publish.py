import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from course.chapters import ROOT, load_chapters
from course.command_line import command_line
from course.docs import PAGES
from tests.support.clones import Clone
from tests.support.commands import assert_valid

FILE = ROOT / ".github" / "workflows" / "publish.yml"


@pytest.fixture
def jobs() -> dict[str, Any]:
    jobs: dict[str, Any] = yaml.safe_load(FILE.read_text())["jobs"]
    return jobs


def commands_of(job: dict[str, Any]) -> list[list[str]]:
    return [shlex.split(step["run"]) for step in job["steps"] if "run" in step]


def test_it_is_a_valid_workflow() -> None:
    assert_valid(FILE, "vendor.github-workflows")


def test_it_runs_commands_that_the_launcher_has(jobs: dict[str, Any]) -> None:
    launched = [
        command[2:]
        for job in jobs.values()
        for command in commands_of(job)
        if command[:2] == ["python3", "tutorial.py"]
    ]

    assert launched == [["test", "--all"], ["branches"], ["docs"]]
    for arguments in launched:
        assert command_line().parse_args(arguments)


def test_nothing_is_published_unless_the_tests_pass(jobs: dict[str, Any]) -> None:
    assert jobs["branches"]["needs"] == "test"
    assert jobs["build"]["needs"] == "test"
    assert jobs["pages"]["needs"] == "build"


def test_what_it_uploads_is_where_the_pages_are_built(jobs: dict[str, Any]) -> None:
    (upload,) = [
        step for step in jobs["build"]["steps"] if "pages-artifact" in str(step)
    ]

    assert ROOT / upload["with"]["path"] == PAGES


def test_its_push_publishes_the_branches_and_then_their_changes(
    jobs: dict[str, Any], clone: Clone, tmp_path: Path
) -> None:
    (push,) = [
        command for command in commands_of(jobs["branches"]) if command[0] == "git"
    ]
    names = [chapter.ends_at for chapter in load_chapters()]
    hub = clone.clone(tmp_path / "hub", "--bare")
    runner = hub.clone(tmp_path / "runner")

    for news in "nothing", "something":
        (runner.folder / "README.md").write_text(news)
        main = runner.commit_all("News")
        runner.run("branches")
        runner.git(*push[1:])

        for name in names:
            assert hub.tip(f"refs/heads/{name}") == runner.tip(name)
        assert runner.tip("main") == main

    learner = hub.clone(tmp_path / "learner")
    learner.git("checkout", "--quiet", "cp2")
    assert learner.tip("HEAD") == runner.tip("cp2")
