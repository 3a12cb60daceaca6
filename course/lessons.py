"""Where the chapters teach what: the section of a page about a file or a function."""

import ast
import functools
import itertools
import re
from dataclasses import dataclass

from course.chapters import ROOT, Chapter

PAGES = ROOT / "docs" / "tutorial"
BUILT_PAGES = ROOT / "docs" / "_build" / "html" / "tutorial"
UNDERLINE = re.compile(r"([=~.^'\"-])\1{2,}$")
STEP = re.compile(r"\.\. (?P<what>create|edit|remove|excerpt):: (?P<path>\S+)$")
OBJECT = re.compile(r"\s+:object: (?P<name>\S+)$")
CONSTANT = re.compile(r"``([A-Z][A-Z_]+)``")
STEPS = "Steps"
DECORATED = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


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


@dataclass(frozen=True)
class Mention:
    """What a section shows, a file or an object in it; or a constant that it names."""

    section: str
    path: str
    name: str
    is_step: bool

    @property
    def is_of_constant(self) -> bool:
        return not self.path


def find_section(
    chapters: list[Chapter], path: str, source: str = "", line: int = 0
) -> Section:
    """Return the section that teaches a line of a file.

    `chapters` are those that the learner has reached, the newest last. For a constant
    it is the section that explains it by name. Otherwise, it is in the newest chapter
    that shows the file: the section about the function around the line, or about the
    one that uses the constant; else the section with the step that creates, edits or
    removes the file. If no page has such a step, it is the newest chapter's "Steps".
    """
    names = names_around(source, line)
    for chapter in reversed(chapters):
        for mention in mentions_on(chapter.page):
            if mention.is_of_constant and mention.name in names:
                return Section(chapter, mention.section)
    names += users_of(names, source)
    for chapter in reversed(chapters):
        mentions = [it for it in mentions_on(chapter.page) if it.path == path]
        for name in names:
            for mention in mentions:
                if mention.name == name:
                    return Section(chapter, mention.section)
        for mention in mentions:
            if mention.is_step:
                return Section(chapter, mention.section)
    return Section(chapters[-1], STEPS)


@functools.cache
def mentions_on(page: str) -> list[Mention]:
    """Return what a chapter's page says of what, in the order of the page."""
    file = PAGES / f"{page}.rst"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    section, mentions = STEPS, []
    for line, following in itertools.pairwise([*lines, ""]):
        if line.strip() and not line.startswith(" ") and UNDERLINE.match(following):
            section = line.strip()
        elif step := STEP.match(line):
            shown = OBJECT.match(following)
            name = shown["name"] if shown else ""
            is_step = step["what"] != "excerpt"
            mentions.append(Mention(section, step["path"], name, is_step))
        for constant in CONSTANT.findall(line):
            mentions.append(Mention(section, "", constant, is_step=False))
    return mentions


def names_around(source: str, line: int) -> list[str]:
    """Return the names of what a line is part of, innermost first."""
    nodes, names = statements_of(source), list[str]()
    while True:
        around = next((node for node in nodes if encloses(node, line)), None)
        name = name_of(around)
        if name is None:
            return names
        names.insert(0, f"{names[0]}.{name}" if names else name)
        nodes = around.body if isinstance(around, ast.ClassDef) else []


def users_of(names: list[str], source: str) -> list[str]:
    """Return the functions and methods in which one of these names is used."""
    users = []
    for node in statements_of(source):
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
        for function in inner:
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                used = {it.id for it in ast.walk(function) if isinstance(it, ast.Name)}
                if used & set(names):
                    users.append(prefix + function.name)
    return users


def statements_of(source: str) -> list[ast.stmt]:
    """Return the statements of a file, or none if it is no valid Python."""
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError):
        return []


def encloses(node: ast.stmt, line: int) -> bool:
    last = node.end_lineno or node.lineno
    decorators = node.decorator_list if isinstance(node, DECORATED) else []
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    return first <= line <= last


def name_of(node: ast.stmt | None) -> str | None:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return node.name
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name
    return None
