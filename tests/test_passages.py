"""What the assistant of the projects knows of the pages."""

import importlib.util
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from course.chapters import ROOT
from course.passages import FILE, files, read, sections_of, write_passages
from tests.conftest import Note

QUESTIONS: dict[str, list[str]] = tomllib.loads(
    (ROOT / "tests" / "search" / "questions.toml").read_text(encoding="utf-8")
)
# It knows no typing errors, as the pages' search does.
SHARE_ANSWERED = 0.75


@pytest.mark.parametrize("file", files(), ids=lambda file: file.parts[-3])
def test_the_assistant_quotes_what_the_pages_say(file: Path, built: Path) -> None:
    assert read(file) == sections_of(built), "Run: python3 tutorial.py docs"


def load(name: str) -> ModuleType:
    """A module of the finished project that needs no Django."""
    path = ROOT / "chanx_django" / "assistants" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_three_of_four_questions_get_their_section(note: Note) -> None:
    passages = load("passages")

    misses = [
        question
        for question, answers in QUESTIONS.items()
        if not set(answers) & {it.address for it in passages.find(question)}
    ]

    answered = len(QUESTIONS) - len(misses)
    note("assistant", f"{answered} of {len(QUESTIONS)}")
    assert answered >= SHARE_ANSWERED * len(QUESTIONS), misses


def test_stale_passages_are_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / FILE.name
    copy.write_bytes(files()[0].read_bytes())
    (tmp_path / "sections.js").write_text('x;\nw = [\n{"text": "new"}\n];\n')
    monkeypatch.setattr("course.passages.files", lambda: [copy])

    write_passages(tmp_path)

    assert read(copy) == [{"text": "new"}]
