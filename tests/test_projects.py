"""Which project a command acts on, and what makes two projects equal."""

from pathlib import Path

import pytest

from course import projects
from course.command_line import command_line
from course.lines import distance, lines_of
from course.projects import copy_project

pytestmark = pytest.mark.quick


@pytest.mark.parametrize(
    ("place", "project"),
    [
        (".", None),
        ("docs", None),
        # A learner's project may have lost anything, also its manage.py.
        ("mychat/chat/tests", "mychat"),
        ("chanx_django", "chanx_django"),
        ("checkpoints/cp1/config", "checkpoints/cp1"),
        ("../own/chat", "../own"),
    ],
)
def test_commands_act_on_the_project_in_whose_folder_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, project: str | None
) -> None:
    course = tmp_path / "course"
    monkeypatch.setattr(projects, "ROOT", course)
    monkeypatch.setattr(projects, "MYCHAT", course / "mychat")
    (course / place).mkdir(parents=True)
    if project and project != "mychat":
        (course / project / "manage.py").write_text("")
    monkeypatch.chdir(course / place)
    around = (course / project).resolve() if project else None
    mine = around or course / "mychat"

    for line, argument, expected in [
        ("serve", "wanted", around),
        ("check", "project", mine),
        ("check --watch", "project", mine),
        ("diff", "after", mine),
        ("diff mine cp1", "before", mine),
    ]:
        arguments = command_line().parse_args(line.split())
        assert getattr(arguments, argument) == expected, line


def test_line_ends_are_no_difference_except_in_what_is_no_text() -> None:
    assert lines_of(b"1\r\n\r2") == lines_of(b"1\n\n2\n") == ["1", "", "2"]
    assert lines_of(b"") == []
    picture = b"\x89PNG\r\n\x1a\n\0\xff"
    assert lines_of(picture) == lines_of(picture)
    assert lines_of(picture) != lines_of(picture.replace(b"\r\n", b"\n"))


def test_what_running_leaves_is_no_part_of_a_project(tmp_path: Path) -> None:
    caches = "__pycache__", "chat/__pycache__", ".pytest_cache"
    for name in *caches, ".venv", "db.sqlite3-journal", "loadtest.svg":
        (tmp_path / "mine" / name).mkdir(parents=True)
        (tmp_path / "mine" / name / "something").write_bytes(b"\0")
    assert projects.code_of(tmp_path / "mine") == {}

    copy_project(tmp_path / "mine", tmp_path / "copy")

    assert not any(it.is_file() for it in (tmp_path / "copy").rglob("*"))


def test_projects_are_as_far_apart_as_they_have_lines_and_files_of_their_own() -> None:
    these = {"same": ["1"], "a": ["1", "", "2", "2"], "gone": ["x", "y"]}
    those = {"same": ["1"], "a": ["2", "3"]}

    assert distance(these, those) == distance(those, these) == 6
