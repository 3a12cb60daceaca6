"""Where the chapters teach what: the section of a page about a file or an object."""

import ast
import functools
import itertools
import re
from dataclasses import dataclass

from course.chapters import ROOT, Chapter

PAGES = ROOT / "docs" / "tutorial"
BUILT_PAGES = ROOT / "docs" / "_build" / "html" / "tutorial"
UNDERLINE = re.compile(r"([=~.^'\"-])\1{2,}$")
STEP = re.compile(r"\.\. (create|edit|remove|excerpt):: (\S+)$")
OBJECT = re.compile(r"\s+:object: (\S+)$")
CONSTANT = re.compile(r"``([A-Z][A-Z_]+)``")
STEPS = "Steps"


@dataclass(frozen=True)
class Section:
    """A section of a chapter's page."""

    chapter: Chapter
    title: str

    def __str__(self) -> str:
        return f'docs/tutorial/{self.chapter.page}.rst, section "{self.title}"'

    @property
    def address(self) -> str | None:
        """The address of the section, if the pages are built and have it."""
        from docutils.nodes import make_id

        page = BUILT_PAGES / f"{self.chapter.page}.html"
        anchor = make_id(self.title)
        if not page.exists() or f'id="{anchor}"' not in page.read_text("utf-8"):
            return None
        return f"{page.as_uri()}#{anchor}"


def find_section(
    chapters: list[Chapter], path: str, source: str = "", line: int = 0
) -> Section:
    """Return the section that teaches a line of a file.

    `chapters` are those that the learner has reached, the newest last. For a constant
    it is the section that explains it by name. Otherwise, it is in the newest chapter
    that shows the file: the section about the function around the line, else the one
    with the step that creates, edits or removes the file. If no page has such a step,
    it is the newest chapter's "Steps".
    """
    names = names_around(source, line)
    constants = [("", name) for name in names]
    objects = [*((path, name) for name in names), (path, "")]
    for wanted in constants, objects:
        for chapter in reversed(chapters):
            sections = sections_on(chapter.page)
            for it in wanted:
                if it in sections:
                    return Section(chapter, sections[it])
    return Section(chapters[-1], STEPS)


@functools.cache
def sections_on(page: str) -> dict[tuple[str, str], str]:
    """Return the first section of a page that has a step with a file, shows an object
    in it, or names a constant; by path and name, of which one may be empty.
    """
    file = PAGES / f"{page}.rst"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    section, found = STEPS, dict[tuple[str, str], str]()
    for line, following in itertools.pairwise([*lines, ""]):
        if line.strip() and not line.startswith(" ") and UNDERLINE.match(following):
            section = line.strip()
        elif step := STEP.match(line):
            if shown := OBJECT.match(following):
                found.setdefault((step[2], shown[1]), section)
            if step[1] != "excerpt":
                found.setdefault((step[2], ""), section)
        for name in CONSTANT.findall(line):
            found.setdefault(("", name), section)
    return found


def names_around(source: str, line: int) -> list[str]:
    """Return the names of what a line is part of, innermost first."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return []
    names: list[str] = []
    while around := [it for it in body if encloses(it, line)]:
        match around[0]:
            case ast.ClassDef(name=name, body=body):
                pass
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                body = []
            case ast.Assign(targets=[ast.Name(id=name)]):
                body = []
            case _:
                break
        names.insert(0, f"{names[0]}.{name}" if names else name)
    return names


def encloses(node: ast.stmt, line: int) -> bool:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(it.lineno for it in decorators)])
    return first <= line <= (node.end_lineno or node.lineno)
