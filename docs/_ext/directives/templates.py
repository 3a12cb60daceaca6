"""Text that is filled in from data, by Jinja templates in docs/_ext/templates.

A template gives reStructuredText, so that Sphinx checks the links in it, and reads what
it needs with the functions of `Filled`.
"""

import functools
import json
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import jinja2
from docutils import nodes

from course.chapters import Chapter
from course.exercise.data import (
    KINDS,
    Exercise,
    change_shown,
    faults,
    read_exercises,
)
from directives.behaviors import questions_in
from directives.directive import CHAPTERS, CourseDirective
from directives.errors import PageError
from directives.launcher import commands_of_launcher, help_of
from directives.links import tasks_in
from directives.marks import read_marks
from directives.nodes import box, division, folded
from directives.sittings import in_words, minutes_of

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
TESTS = "tests"
GUIDE = "guide/"


def fail(sentence: str) -> NoReturn:
    """Make this an error of the build. Raises PageError."""
    raise PageError(sentence)


ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader(TEMPLATES),
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
ENVIRONMENT.globals.update(
    fail=fail,
    in_words=in_words,
    help_of=help_of,
    commands_of_launcher=commands_of_launcher,
)


def render(name: str, **values: object) -> str:
    """Return what a template gives. Raises PageError if it cannot be filled."""
    try:
        return ENVIRONMENT.get_template(f"{name}.jinja").render(values)
    except jinja2.TemplateNotFound as error:
        known = ", ".join(sorted(file.stem for file in TEMPLATES.glob("*.jinja")))
        raise PageError(f"There is no template {name}: name one of {known}.") from error
    except (jinja2.TemplateError, ValueError) as error:
        raise PageError(f"The template {name} cannot be filled: {error}") from error


class Filled(CourseDirective):
    """A directive that shows a template."""

    def filled(self, name: str, arguments: Sequence[str]) -> list[nodes.Node]:
        """Return what the template of that name gives for these arguments."""
        values = {
            "arguments": arguments,
            "lines": list(self.content),
            "chapters": self.course.chapters,
            "chapter_of": self.course.chapter,
            "read_json": lambda path: json.loads(self.read(path)),
            "read_toml": lambda path: tomllib.loads(self.read(path)),
            "text": self.course.text,
            "marks": lambda: read_marks(self.course.root / TESTS),
            "guide": self.guide,
            "tasks_on": self.tasks_on,
            "questions_on": self.questions_on,
            "types": self.types,
            "minutes_of": functools.partial(minutes_of, self.env),
            "kinds": KINDS,
            "exercises_on": self.exercises_on,
            "faults_of": lambda it: faults(it, self.code_of(it)),
            "solution_of": lambda it: change_shown(it, self.code_of(it)),
        }
        return self.parse(render(name, **values).splitlines())

    def guide(self) -> dict[str, Any]:
        """Return guide/contents.toml, with those rows only whose page is written."""
        # A page may be new, and tests as well.
        self.env.note_reread()
        contents = tomllib.loads(self.read(f"docs/{GUIDE}contents.toml"))
        written = self.env.found_docs
        rows = [row for row in contents["row"] if GUIDE + row["page"] in written]
        return {**contents, "row": rows}

    def tasks_on(self, page: str) -> list[str]:
        return tasks_in(self.read(f"docs/{GUIDE}{page}.rst"))

    def questions_on(self, page: str) -> list[str]:
        return questions_in(self.read(f"docs/{CHAPTERS}{page}.rst"))

    def exercises_on(self, page: str) -> list[Exercise]:
        return read_exercises(self.course.exercises, self.course.chapter(page))

    def code_of(self, exercise: Exercise) -> dict[str, str]:
        """Return those files of its checkpoint that an exercise changes."""
        files = self.course.files(exercise.chapter.ends_at)
        paths = {it.file for it in [*exercise.start, *exercise.solution]}
        return {path: str(files[path]) for path in paths if path in files}

    def types(self, chapter: Chapter, command: str) -> bool:
        """Return whether a chapter has a command line that begins so."""
        text = self.read(f"docs/{CHAPTERS}{chapter.page}.rst")
        text = text.replace(".. install::", "   python -m pip install ")
        return bool(re.search(rf"^   {re.escape(command)}( |$)", text, re.MULTILINE))


class Template(Filled):
    """`template:: NAME ARGUMENT …`: what that template gives."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def show(self) -> list[nodes.Node]:
        name, *arguments = self.arguments[0].split()
        return self.filled(name, arguments)


class Measurement(Filled):
    """`measurement::`: what `tutorial.py bench` has measured."""

    def show(self) -> list[nodes.Node]:
        return self.block(*self.filled(self.name, []))


class Box(Filled):
    """`start-here::` and `end-here::`: the boxes at a chapter's two ends."""

    def show(self) -> list[nodes.Node]:
        shown = division(box, self.name)
        shown += self.filled(self.name, [self.chapter.page])
        self.set_source_info(shown)
        return [shown]


class Folded(CourseDirective):
    """`folded:: SUMMARY`: the body, folded away."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def show(self) -> list[nodes.Node]:
        summary = " ".join(self.arguments[0].split())
        return [folded("", *self.parse(self.body), summary=summary)]
