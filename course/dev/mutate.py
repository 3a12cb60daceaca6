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
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

from course.chapters import all_checkpoints, find_checkpoint
from course.errors import TutorialError
from course.projects import copy_project, environment

PYTEST = "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly"
OF_TESTS = re.compile(r"(^|/)(tests/.*|conftest\.py|settings_for_tests\.py)$")
WORDS = re.compile(r'\s*f?"[^"]* [^"]*"[,)\]]*')


@dataclass(frozen=True)
class Mutant:
    """A file of a project, which of its lines are gone, and what is left of it."""

    path: str
    first: int
    last: int
    gone: str
    left: str


def mutate(names: list[str]) -> int:
    """Print what the suites overlook, and return 0 if that is nothing.

    Raises TutorialError if a name is unknown or a suite fails when nothing is gone.
    """
    chosen = [find_checkpoint(name) for name in names]
    overlooked = [
        score(after.name, after.folder, before.folder)
        for before, after in itertools.pairwise(all_checkpoints())
        if not names or after in chosen
    ]
    return 1 if any(overlooked) else 0


def score(name: str, project: Path, before: Path) -> int:
    """Print what a project's suite overlooks, and its score; return how much it is."""
    mutants = list(mutants_of(before, project))
    tests = quickest_first(name, project)
    overlooked = 0
    with ThreadPoolExecutor(2) as pool:
        noticed = pool.map(partial(is_noticed, project, tests), mutants)
        for it, is_missed in zip(mutants, noticed, strict=True):
            if not is_missed:
                overlooked += 1
                lines = f"{it.first}-{it.last}" if it.last > it.first else it.first
                print(f"{name} {it.path}:{lines} is not missed: {it.gone}", flush=True)
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
        for (first, last), is_statement in parts_of(text):
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


def parts_of(text: str) -> list[tuple[tuple[int, int], bool]]:
    """Return from where to where something can be gone; if it is a statement."""
    lines = text.encode().splitlines()
    parts = {(number, number): False for number in range(1, len(lines) + 1)}
    silent = {
        number
        for number, line in enumerate(text.splitlines(), start=1)
        if not line.strip() or line.strip().startswith("#") or WORDS.fullmatch(line)
    }
    for node, end in nodes_of(ast.parse(text)):
        first = min(it.lineno for it in [node, *getattr(node, "decorator_list", [])])
        last, is_statement = end.end_lineno, isinstance(node, ast.stmt)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            silent.update(range(first, last + 1))
        around = (
            lines[first - 1][: node.col_offset],
            lines[last - 1][end.end_col_offset :],
        )
        if is_statement or b"".join(around).strip() in {b"", b","}:
            parts[first, last] = parts.get((first, last), False) or is_statement
    return [
        it
        for it in sorted(parts.items())
        if not silent.issuperset(range(it[0][0], it[0][1] + 1))
    ]


def nodes_of(tree: ast.Module) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Yield where each part of the code begins and where it ends."""
    for node in ast.walk(tree):
        if hasattr(node, "lineno"):
            yield node, node
        if isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            yield from ((key, value) for key, value in pairs if key)


def quickest_first(name: str, project: Path) -> list[str]:
    """Return the files of a suite in the order of the time they take.

    Raises TutorialError if it fails.
    """
    with tempfile.TemporaryDirectory() as temporary:
        report = Path(temporary, "report")
        if run(project, [f"--junitxml={report}"]):
            raise TutorialError(f"Mend {name} first: its suite fails as it is.")
        cases = list(ElementTree.parse(report).iter("testcase"))
    seconds: defaultdict[str, float] = defaultdict(float)
    for case in cases:
        file = f"{case.attrib['classname'].replace('.', '/')}.py"
        seconds[file] += float(case.attrib["time"])
    return sorted(seconds, key=lambda file: seconds[file])


def is_noticed(project: Path, tests: list[str], mutant: Mutant) -> bool:
    """Return whether a suite fails, or Python at once, when these lines are gone."""
    try:
        compile(mutant.left, mutant.path, "exec", dont_inherit=True)
    except SyntaxError:
        return True
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary, "project")
        copy_project(project, copy)
        (copy / mutant.path).write_text(mutant.left, encoding="utf-8")
        return run(copy, tests) != 0


def run(project: Path, arguments: list[str]) -> int:
    """Return pytest's exit status. What hangs is ended by the suite's time limit."""
    return subprocess.run(
        [sys.executable, *PYTEST, *arguments],
        cwd=project,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
    ).returncode
