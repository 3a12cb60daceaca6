"""Directives about files: create, edit, remove, excerpt and example.

A page names a file. What it shows comes from the chapter's checkpoints, or from the
files of the course that its tests run.
"""

from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from directives.directive import CourseDirective
from directives.errors import PageError
from directives.listings import caption, hunks, language_of, listing, tabs
from directives.objects import lines_of
from directives.project import require_inside

EXAMPLES = "docs/examples/"


class Step(CourseDirective):
    """A step that the chapter asks for: one for every file that it changes."""

    required_arguments = 1

    def show(self) -> list[nodes.Node]:
        path = self.arguments[0]
        self.require_change(path)
        before = self.course.files(self.chapter.starts_at).get(path, "")
        after = self.course.files(self.chapter.ends_at).get(path, "")
        if isinstance(before, bytes) or isinstance(after, bytes):
            # Whatever it was, it is replaced as a whole.
            return self.block(*self.binary(path), path=path)
        return self.block(*self.step(path, before, after), path=path)

    def step(self, path: str, before: str, after: str) -> list[nodes.Node]:
        """Return what the step shows."""
        raise NotImplementedError

    def binary(self, path: str) -> list[nodes.Node]:
        """Return a sentence about a file that nobody can type."""
        folder = self.course.folder(self.chapter.ends_at)
        place = (folder / path).relative_to(self.course.root).as_posix()
        text = "This file is no text. Copy it from "
        sentence = nodes.paragraph("", text, classes=["empty-file"])
        sentence += nodes.literal(place, place, classes=["copy-from"])
        sentence += nodes.Text(" of the course’s repository.")
        return [caption(path), sentence]

    def require_change(self, path: str) -> None:
        """Raise PageError unless the chapter makes that change to that file."""
        require_inside(path)
        changes = self.course.changes(self.chapter)
        if changes.get(path) == self.name:
            return
        if path in changes:
            raise PageError(
                f"In this chapter, the step for {path} is '{changes[path]}', not "
                f"'{self.name}'."
            )
        raise PageError(
            f"The chapter does not change {path}: correct the path, which is relative "
            "to the project's folder, or use 'excerpt' to talk about the file."
        )


class Create(Step):
    """`create:: PATH`: the whole file, as it is at the chapter's end."""

    def step(self, path: str, before: str, after: str) -> list[nodes.Node]:
        return [caption(path), listing(after, language_of(path))]


class Edit(Step):
    """`edit:: PATH`: what changes in the file, and beside it the whole file."""

    def step(self, path: str, before: str, after: str) -> list[nodes.Node]:
        language = language_of(path)
        changes = hunks(before, after, language)
        whole = listing(after, language)
        return [caption(path), tabs({"Changes": changes, "Whole file": [whole]})]


class Remove(Step):
    """`remove:: PATH`: a sentence."""

    def step(self, path: str, before: str, after: str) -> list[nodes.Node]:
        sentence = nodes.paragraph("", "Delete the file ")
        sentence += nodes.literal(path, path)
        sentence += nodes.Text(".")
        return [sentence]

    def binary(self, path: str) -> list[nodes.Node]:
        return self.step(path, "", "")


class Excerpt(CourseDirective):
    """`excerpt:: PATH`: a function, class, method or constant, to talk about."""

    required_arguments = 1
    option_spec: ClassVar = {
        "object": directives.unchanged_required,
        "checkpoint": directives.unchanged_required,
    }

    def show(self) -> list[nodes.Node]:
        path = self.arguments[0]
        name = self.required_option("object", "An excerpt is of something in the file")
        checkpoint = self.options.get("checkpoint", self.chapter.ends_at)
        text = lines_of(self.course.text(checkpoint, path), path, name)
        return self.block(
            caption(f"{path}, {name}"),
            listing(text, language_of(path)),
            checkpoint=checkpoint,
        )


class Example(CourseDirective):
    """`example:: PATH`: a file of docs/examples, or its `:object:` of that name.

    With a slash before it, the path is that of any file of the course.
    """

    required_arguments = 1
    option_spec: ClassVar = {"object": directives.unchanged_required}

    def show(self) -> list[nodes.Node]:
        path = self.arguments[0]
        title = path[1:] if path.startswith("/") else EXAMPLES + path
        text = self.read(title)
        if name := self.options.get("object"):
            text, title = lines_of(text, path, name), f"{title}, {name}"
        return self.block(caption(title), listing(text, language_of(path)))
