"""`tutorial.py mutate`: does each project's suite notice every line of its chapter?

Each line that a chapter adds or changes is taken out of a copy of the project, one at a
time, and so is each part of the code that begins on one and goes over several: a
function, a block, an entry of a dictionary. Then the suite has to fail, or Python to
refuse the file. What is left out does nothing that a suite could notice: comments,
docstrings, and lines that hold nothing but the words of a message. So are the tests
themselves, style sheets, which are no behavior, and pages and scripts, which take a
browser to notice (tests/browser has one, the projects' suites have not).
"""

import ast
import difflib
import itertools
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from course.chapters import Checkpoint, all_checkpoints
from course.child import environment
from course.errors import TutorialError
from course.projects import copy_project

# What noticed the last one comes first, because it often notices the next one too.
PYTEST = "-m", "pytest", "-q", "-x", "--failed-first", "-p", "no:randomly"
OF_TESTS = re.compile(r"(^|/)(tests/.*|conftest\.py|settings_for_tests\.py)$")
WORDS = re.compile(r'\s*(#.*|f?"[^"]* [^"]*"[,)\]]*)?')
# The parts of a program that have a place in it.
Part = ast.stmt | ast.expr | ast.excepthandler | ast.arg | ast.keyword | ast.pattern


@dataclass(frozen=True)
class Mutant:
    """A file of a project, which of its lines are gone, and what is left of it."""

    path: str
    first: int
    last: int
    gone: str
    left: str

    def __str__(self) -> str:
        lines = f"{self.first}-{self.last}" if self.last > self.first else self.first
        return f"{self.path}:{lines} is not missed: {self.gone}"


def mutate(chosen: list[Checkpoint]) -> int:
    """Print what the suites overlook, all of them if none is chosen.

    Returns 0 if that is nothing. Raises TutorialError if one fails as it is.
    """
    pairs = itertools.pairwise(all_checkpoints())
    scores = [
        score(before.folder, after)
        for before, after in pairs
        if not chosen or after in chosen
    ]
    return 1 if any(scores) else 0


def score(before: Path, checkpoint: Checkpoint) -> int:
    """Print what a project's suite overlooks, and its score; return how much it is."""
    name, project = checkpoint.name, checkpoint.folder
    mutants = list(mutants_of(before, project))
    overlooked = 0
    with tempfile.TemporaryDirectory() as cache, ThreadPoolExecutor(2) as pool:
        if suite_fails(project, cache):
            raise TutorialError(f"Mend {name} first: its suite fails as it is.")
        noticed = pool.map(lambda mutant: is_noticed(project, mutant, cache), mutants)
        for mutant, is_missed in zip(mutants, noticed, strict=True):
            if not is_missed:
                overlooked += 1
                print(name, mutant, flush=True)
    percent = 100 * (len(mutants) - overlooked) // max(len(mutants), 1)
    print(f"{name}: {percent} %, {overlooked} of {len(mutants)} overlooked", flush=True)
    return overlooked


def mutants_of(before: Path, project: Path) -> Iterator[Mutant]:
    for file in sorted(project.rglob("*.py")):
        path = file.relative_to(project).as_posix()
        if OF_TESTS.search(path):
            continue
        text = file.read_text(encoding="utf-8")
        old = (before / path).read_text("utf-8") if (before / path).exists() else ""
        added = added_lines(old.splitlines(), text.splitlines())
        for (first, last), is_statement in sorted(parts_of(text).items()):
            if first in added:
                lines = text.splitlines()
                gone = lines[first - 1].strip()
                # No block may be empty; but nothing can take the place of a branch.
                indent = " " * (len(lines[first - 1]) - len(gone))
                is_branch = gone.startswith("elif ")
                stays = [f"{indent}pass"] if is_statement and not is_branch else []
                lines[first - 1 : last] = stays
                yield Mutant(path, first, last, gone, "\n".join([*lines, ""]))


def added_lines(before: list[str], after: list[str]) -> set[int]:
    """Return the numbers, from 1, of the lines that are not as they were before."""
    blocks = difflib.SequenceMatcher(None, before, after, False).get_matching_blocks()
    same = {line + 1 for it in blocks for line in range(it.b, it.b + it.size)}
    return set(range(1, len(after) + 1)) - same


def parts_of(text: str) -> dict[tuple[int, int], bool]:
    """Return from where to where something can be gone; if it is a statement."""
    lines = text.encode().splitlines()
    numbers = range(1, len(lines) + 1)
    parts = {(number, number): False for number in numbers}
    silent = {it for it in numbers if WORDS.fullmatch(lines[it - 1].decode())}
    for node, end in nodes_of(ast.parse(text)):
        decorators: list[ast.expr] = getattr(node, "decorator_list", [])
        first = min(it.lineno for it in [node, *decorators])
        last, is_statement = end.end_lineno or first, isinstance(node, ast.stmt)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            silent.update(range(first, last + 1))
        around = (
            lines[first - 1][: node.col_offset],
            lines[last - 1][end.end_col_offset :],
        )
        if is_statement or b"".join(around).strip() in {b"", b","}:
            parts[first, last] = parts.get((first, last), False) or is_statement
    return {
        (first, last): is_statement
        for (first, last), is_statement in parts.items()
        if not silent.issuperset(range(first, last + 1))
    }


def nodes_of(tree: ast.Module) -> Iterator[tuple[Part, Part]]:
    """Yield where each part of the code begins and where it ends."""
    for node in ast.walk(tree):
        if isinstance(node, Part):
            yield node, node
        if isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            yield from ((key, value) for key, value in pairs if key)


def is_noticed(project: Path, mutant: Mutant, cache: str) -> bool:
    """Return whether a suite fails, or Python at once, when these lines are gone."""
    try:
        compile(mutant.left, mutant.path, "exec", dont_inherit=True)
    except SyntaxError:
        return True
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary, "project")
        copy_project(project, copy)
        (copy / mutant.path).write_text(mutant.left, encoding="utf-8")
        return suite_fails(copy, cache)


def suite_fails(project: Path, cache: str) -> bool:
    """Run a project's tests. What hangs is ended by the suite's own time limit."""
    pytest = subprocess.run(
        [sys.executable, *PYTEST, "-o", f"cache_dir={cache}"],
        cwd=project,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )
    return pytest.returncode != 0
