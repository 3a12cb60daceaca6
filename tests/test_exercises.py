"""What the exercises' data says is so: begun, solved, answered wrongly, and hinted."""

import ast
import itertools
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course.chapters import ROOT, all_checkpoints, load_chapters
from course.check.run import check_against, copy_of
from course.check.trial import Trial, is_of_tests
from course.exercise.answers import fault_in_place, fault_in_prediction
from course.exercise.data import Exercise, all_exercises, change, faults
from course.exercise.folder import prepare, texts, write
from course.exercise.run import goal_of
from course.projects import files_of

NAMED = re.compile(r"``([^`]+)``")
EXERCISES = {it.name: it for it in all_exercises()}
OF_KIND = {
    kind: [it for it in all_exercises() if it.kind == kind]
    for kind in ("predict", "fault", "build")
}


def outcome(
    exercise: Exercise, project: Path, capsys: pytest.CaptureFixture[str]
) -> str:
    """Return what is said of a project by the exercise's check; "" if it is right."""
    with Trial() as trial:
        status = check_against(goal_of(exercise), project, trial, lambda: False)
    output = capsys.readouterr().out
    assert "cannot be imported" not in output
    return output if status else ""


def assert_advised(exercise: Exercise, behavior: str, said: str) -> None:
    """The behavior is the first that fails, and its docstring is the hint."""
    words = behavior.removeprefix("test_").replace("_", " ")
    assert f"\n✗ {words}" in said
    assert f"    Hint:     {goal_of(exercise).advice[behavior]}\n" in said


@pytest.fixture
def begun(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    prepare(request.node.callspec.params["exercise"], tmp_path / "begun")
    return tmp_path / "begun"


def of(kind: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("exercise", OF_KIND[kind], ids=lambda it: it.name)


def test_every_chapter_has_two_or_three() -> None:
    for chapter in load_chapters():
        assert 2 <= len([it for it in all_exercises() if it.chapter == chapter]) <= 3


@of("predict")
def test_a_prediction_is_what_happens(
    exercise: Exercise, begun: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert f'ANSWER = "{exercise.answer[0]}"\n' in exercise.test.read_text("utf-8")
    assert outcome(exercise, begun, capsys) == ""
    assert not any(fault_in_prediction(exercise, it) for it in exercise.answer)
    for wrong in exercise.wrong:
        assert fault_in_prediction(exercise, wrong["answer"]) == wrong["says"]


@of("fault")
def test_a_fault_is_noticed_and_mended_where_it_is(
    exercise: Exercise, begun: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = texts(copy_of(exercise.chapter.ends_at), exercise.start)
    for place in faults(exercise, code):
        assert fault_in_place(exercise, place, begun, code) == ""
    assert "✗" in outcome(exercise, begun, capsys)

    write(begun, exercise.solution)

    assert outcome(exercise, begun, capsys) == ""


@of("build")
def test_an_exercise_begins_with_its_first_behavior_to_be_built(
    exercise: Exercise, begun: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = next(iter(goal_of(exercise).advice))

    assert_advised(exercise, first, outcome(exercise, begun, capsys))


@of("build")
def test_the_solution_is_right(
    exercise: Exercise, begun: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(begun, exercise.solution)

    assert outcome(exercise, begun, capsys) == ""


@pytest.mark.parametrize(
    ("exercise", "wrong"),
    [(it, wrong) for it in OF_KIND["build"] for wrong in it.wrong],
    ids=lambda it: it.name if isinstance(it, Exercise) else it["fails"],
)
def test_a_wrong_answer_gets_a_useful_sentence(
    exercise: Exercise,
    wrong: dict[str, str],
    begun: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write(begun, [*exercise.solution])
    file = begun / wrong["file"]
    text = file.read_text(encoding="utf-8")
    assert text.count(wrong["old"]) == 1
    file.write_text(text.replace(wrong["old"], wrong["new"]), encoding="utf-8")

    assert_advised(exercise, wrong["fails"], outcome(exercise, begun, capsys))
