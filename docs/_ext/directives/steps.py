"""Directives about files: create, edit, remove and excerpt.

A page names a file. What it shows comes from the chapter's checkpoints.
"""

import ast
from collections.abc import Iterator
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from course.chapters import Chapter
from directives.directive import CourseDirective
from directives.errors import PageError
from directives.listings import (
    caption,
    hunks,
    is_mostly_new,
    language_of,
    listing,
    tabs,
)
from directives.nodes import Block, create, edit, excerpt, remove
from directives.project import Change, Course, require_inside


class Step(CourseDirective):
    """A step that the chapter asks for: one for every file that it changes."""

    required_arguments = 1
    change: ClassVar[Change]

    def show(self) -> list[nodes.Node]:
        path = self.arguments[0]
        require_change(self.course, self.chapter, path, self.change)
        before = self.course.files(self.chapter.starts_at).get(path, "")
        after = self.course.files(self.chapter.ends_at).get(path, "")
        step = self.step(path, before, after)
        step["path"] = path
        self.set_source_info(step)
        return [step]

    def step(self, path: str, before: str, after: str) -> Block:
        """Return the step's node, with what it shows."""
        raise NotImplementedError


class Create(Step):
    """`create:: PATH`: the whole file, as it is at the chapter's end."""

    change = Change.CREATE

    def step(self, path: str, before: str, after: str) -> Block:
        return create("", caption(path), listing(after, language_of(path)))


class Edit(Step):
    """`edit:: PATH`: what changes in the file, and beside it the whole file."""

    change = Change.EDIT

    def step(self, path: str, before: str, after: str) -> Block:
        language = language_of(path)
        changes = {"Changes": hunks(before, after, language)}
        whole = {"Whole file": [listing(after, language)]}
        # What is mostly new is easier to type as a whole.
        first, second = whole, changes
        if not is_mostly_new(before, after):
            first, second = changes, whole
        return edit("", caption(path), tabs(first | second))


class Remove(Step):
    """`remove:: PATH`: a sentence."""

    change = Change.REMOVE

    def step(self, path: str, before: str, after: str) -> Block:
        sentence = nodes.paragraph()
        sentence += nodes.Text("Delete the file ")
        sentence += nodes.literal(path, path)
        sentence += nodes.Text(".")
        return remove("", sentence)


def require_change(course: Course, chapter: Chapter, path: str, change: Change) -> None:
    """Raise PageError unless the chapter makes that change to that file."""
    require_inside(path)
    changes = course.changes(chapter)
    if changes.get(path) == change:
        return
    start, end = chapter.starts_at, chapter.ends_at
    if path in changes:
        reason = {
            Change.CREATE: f"is new in {end}",
            Change.EDIT: f"is in {start} already, and differs in {end}",
            Change.REMOVE: f"is in {start} but no longer in {end}",
        }[changes[path]]
        raise PageError(f"{path} {reason}: use '{changes[path]}', not '{change}'.")
    if path in course.files(end):
        raise PageError(
            f"{path} is the same in {start} and {end}: remove this step, "
            "or use 'excerpt' to talk about the file."
        )
    places = f"{start} or {end}" if start else end
    raise PageError(
        f"There is no file {path} in {places}: correct the path, which is relative to "
        "the project's folder."
    )


class Excerpt(CourseDirective):
    """`excerpt:: PATH`: a function, class, method or constant, to talk about."""

    required_arguments = 1
    option_spec: ClassVar = {
        "object": directives.unchanged_required,
        "checkpoint": directives.unchanged_required,
    }

    def show(self) -> list[nodes.Node]:
        path, name = self.arguments[0], self.options.get("object")
        if name is None:
            raise PageError(
                "An excerpt has a name: add ':object:' with a function, a class, "
                "a method (Class.method) or a constant."
            )
        checkpoint = self.options.get("checkpoint", self.chapter.ends_at)
        text = lines_of(self.course.file(checkpoint, path), path, name)
        shown = excerpt(
            "",
            caption(f"{path}, {name}"),
            listing(text, language_of(path)),
            path=path,
            object=name,
            checkpoint=checkpoint,
        )
        self.set_source_info(shown)
        return [shown]


def lines_of(source: str, path: str, name: str) -> str:
    """Return the lines of an object of a Python file, decorators included.

    Raises PageError if the file has no such object.
    """
    if not path.endswith(".py"):
        raise PageError(f"{path} is not Python: an excerpt can only be of a .py file.")
    known = dict(objects_in(ast.parse(source).body))
    if name not in known:
        raise PageError(
            f"There is no {name} in {path}: name one of {', '.join(known)}."
        )
    first, last = known[name]
    return "".join(source.splitlines(keepends=True)[first - 1 : last])


def objects_in(
    body: list[ast.stmt], prefix: str = ""
) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield the names of objects, and their first and last lines."""
    for statement in body:
        last = statement.end_lineno or statement.lineno
        match statement:
            case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                decorators = [item.lineno for item in statement.decorator_list]
                first = min([statement.lineno, *decorators])
                yield f"{prefix}{statement.name}", (first, last)
                if isinstance(statement, ast.ClassDef):
                    yield from objects_in(statement.body, f"{prefix}{statement.name}.")
            case (
                ast.Assign(targets=[ast.Name(id=target)])
                | ast.AnnAssign(target=ast.Name(id=target))
            ):
                yield f"{prefix}{target}", (statement.lineno, last)
