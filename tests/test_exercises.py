"""What the exercises' data says is so: begun, solved, answered wrongly, and hinted."""

import ast
import functools
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from course.chapters import ROOT, Chapter, Checkpoint, all_checkpoints, load_chapters
from course.check.run import check_against, copy_of
from course.check.trial import Trial, is_of_tests
from course.exercise.answers import fault_in_place, fault_in_prediction
from course.exercise.data import Exercise, all_exercises, change, faults
from course.exercise.folder import prepare, texts, write
from course.exercise.run import goal_of
from course.projects import files_of

NAMED = re.compile(r"``([^`]+)``")
Capsys = pytest.CaptureFixture[str]


def of(kind: str) -> pytest.MarkDecorator:
    these = [it for it in all_exercises() if it.kind == kind]
    return pytest.mark.parametrize("exercise", these, ids=lambda it: it.name)


@pytest.fixture
def begun(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    prepare(request.node.callspec.params["exercise"], tmp_path / "begun")
    return tmp_path / "begun"


def outcome(exercise: Exercise, project: Path, capsys: Capsys) -> str:
    """Return what is said of a project by the exercise's check; "" if it is right."""
    with Trial() as trial:
        status = check_against(goal_of(exercise), project, trial, lambda: False)
    output = capsys.readouterr().out
    assert "cannot be imported" not in output
    return output if status else ""


def assert_advised(exercise: Exercise, behavior: str, said: str) -> None:
    """The behavior is the first that fails, and its docstring is the hint."""
    words = behavior.removeprefix("test_").replace("_", " ")
    assert f"\n✗ {words}" in said, said
    assert f"    Hint:     {goal_of(exercise).advice[behavior]}\n" in said


@pytest.mark.parametrize("chapter", load_chapters(), ids=lambda it: it.page)
def test_every_chapter_has_two_or_three(chapter: Chapter) -> None:
    these = [it for it in all_exercises() if it.chapter == chapter]

    assert 2 <= len(these) <= 3
    assert all(2 <= len(it.hints) <= 4 for it in these)
    assert all(len(it.wrong) >= 2 for it in these if it.kind == "build")


@of("predict")
def test_a_prediction_is_what_happens(
    exercise: Exercise, begun: Path, capsys: Capsys
) -> None:
    assert f'ANSWER = "{exercise.answer[0]}"\n' in exercise.test.read_text("utf-8")
    assert outcome(exercise, begun, capsys) == ""
    assert not any(fault_in_prediction(exercise, it) for it in exercise.answer)
    for wrong in exercise.wrong:
        assert fault_in_prediction(exercise, wrong["answer"]) == wrong["says"]


@of("fault")
def test_a_fault_is_noticed_and_mended_where_it_is(
    exercise: Exercise, begun: Path, capsys: Capsys
) -> None:
    code = texts(copy_of(exercise.chapter.ends_at), exercise.start)
    for place in faults(exercise, code):
        assert fault_in_place(exercise, place, begun, code) == ""
    assert "✗" in outcome(exercise, begun, capsys)

    write(begun, exercise.solution)

    assert outcome(exercise, begun, capsys) == ""


@of("build")
def test_an_exercise_begins_with_its_first_behavior_to_be_built(
    exercise: Exercise, begun: Path, capsys: Capsys
) -> None:
    first = next(iter(goal_of(exercise).advice))

    assert_advised(exercise, first, outcome(exercise, begun, capsys))


@of("build")
def test_the_solution_is_right(exercise: Exercise, begun: Path, capsys: Capsys) -> None:
    write(begun, exercise.solution)

    assert outcome(exercise, begun, capsys) == ""


@pytest.mark.parametrize(
    ("exercise", "wrong"),
    [(it, wrong) for it in all_exercises() for wrong in it.wrong if it.kind == "build"],
    ids=lambda it: it.name if isinstance(it, Exercise) else it["fails"],
)
def test_a_wrong_answer_gets_a_useful_sentence(
    exercise: Exercise, wrong: dict[str, str], begun: Path, capsys: Capsys
) -> None:
    write(begun, exercise.solution)
    file = begun / wrong["file"]
    text = file.read_text(encoding="utf-8")
    assert text.count(wrong["old"]) == 1
    file.write_text(text.replace(wrong["old"], wrong["new"]), encoding="utf-8")

    assert_advised(exercise, wrong["fails"], outcome(exercise, begun, capsys))


def states_of(exercise: Exercise) -> list[dict[str, str]]:
    """Return all files with which an exercise begins, and all of its solution."""
    begun = change(code_of(exercise.chapter.ends_at), exercise.start)
    return [begun, change(begun, exercise.solution)]


@pytest.mark.parametrize("exercise", all_exercises(), ids=lambda it: it.name)
def test_what_a_hint_names_is_there(exercise: Exercise) -> None:
    states = states_of(exercise)
    there = [it for state in states for pair in state.items() for it in pair]
    there.append(exercise.test.read_text(encoding="utf-8"))

    named = NAMED.findall(" ".join(exercise.hints))

    assert [name for name in named if not any(name in it for it in there)] == []


@pytest.mark.parametrize("exercise", all_exercises(), ids=lambda it: it.name)
def test_nothing_of_a_later_chapter_is_named(exercise: Exercise) -> None:
    begun, solved = states_of(exercise)
    told = NAMED.findall(f"{exercise.task} {exercise.hints} {exercise.because}")
    number = load_chapters().index(exercise.chapter) + 1
    so_far, to_come = all_checkpoints()[:number], all_checkpoints()[number:]
    later = names_of_all(to_come) - names_of_all(so_far)

    names = (names_in(solved) | set(told)) & later

    assert [it for it in names if not any(it in text for text in begun.values())] == []


def names_of_all(checkpoints: Iterable[Checkpoint]) -> set[str]:
    return {name for it in checkpoints for name in names_of(it.name)}


@functools.cache
def names_of(checkpoint: str) -> set[str]:
    return names_in(code_of(checkpoint))


def code_of(checkpoint: str) -> dict[str, str]:
    files = files_of(copy_of(checkpoint))
    return {path: it.decode(errors="replace") for path, it in files.items()}


def names_in(code: dict[str, str]) -> set[str]:
    """Return what a project defines, and the packages that it uses."""
    names: set[str] = set()
    for path in filter(is_code, code):
        for node in ast.walk(ast.parse(code[path])):
            match node:
                case ast.Import(names=aliases):
                    names |= {it.name.partition(".")[0] for it in aliases}
                case ast.ImportFrom(module=str(module)):
                    names.add(module.partition(".")[0])
                case (
                    ast.ClassDef(name=name)
                    | ast.FunctionDef(name=name)
                    | ast.AsyncFunctionDef(name=name)
                ):
                    names.add(name)
    return names - sys.stdlib_module_names


def is_code(path: str) -> bool:
    return path.endswith(".py") and not is_of_tests(path)


def test_the_linter_finds_nothing_in_the_solutions(tmp_path: Path) -> None:
    for exercise in all_exercises():
        if exercise.kind == "build":
            write_all(states_of(exercise)[1], tmp_path / exercise.name)
    config = ["--config", str(ROOT / "pyproject.toml")]
    for command in ["check"], ["format", "--check"]:
        ruff = [sys.executable, "-m", "ruff", *command, *config, "."]
        subprocess.run(ruff, cwd=tmp_path, check=True)


def write_all(code: dict[str, str], folder: Path) -> None:
    for path, text in code.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
