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
import contextlib
import difflib
import itertools
import os
import queue
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from course.chapters import all_checkpoints, find_checkpoint
from course.errors import TutorialError
from course.projects import copy_project, environment

COPIES = 2
MIN_SECONDS = 120
WORDS = re.compile(r'\s*f?"[^"]* [^"]*"[,)\]]*\s*')
OF_TESTS = re.compile(r"(^|/)(tests/.*|conftest\.py|settings_for_tests\.py)$")
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]


@dataclass(frozen=True)
class Mutant:
    """A file of a project, which of its lines are gone, and what is left of it."""

    path: str
    lines: range
    gone: str
    text: str


def mutate(names: list[str]) -> int:
    """Print what the suites overlook, and return 0 if that is nothing.

    Raises TutorialError if a name is unknown or a suite fails when nothing is gone.
    """
    chosen = [find_checkpoint(name) for name in names]
    pairs = [
        (before.folder, after)
        for before, after in itertools.pairwise(all_checkpoints())
        if not names or after in chosen
    ]
    overlooked = [score(before, it.folder, it.name) for before, it in pairs]
    return 1 if any(overlooked) else 0


def score(before: Path, project: Path, name: str) -> int:
    """Print what a project's suite overlooks and its score; return how much it is."""
    mutants = list(mutants_of(before, project))
    overlooked = 0
    with (
        tempfile.TemporaryDirectory() as temporary,
        ThreadPoolExecutor(COPIES) as pool,
    ):
        copies: queue.SimpleQueue[Path] = queue.SimpleQueue()
        for number in range(COPIES):
            copies.put(Path(temporary, str(number)))
            copy_project(project, Path(temporary, str(number)))
        began = time.monotonic()
        tests = quickest_first(Path(temporary, "0"), Path(temporary, "report"), name)
        seconds = max(MIN_SECONDS, 3 * (time.monotonic() - began))

        def is_noticed(mutant: Mutant) -> bool:
            copy = copies.get()
            try:
                return is_missed(copy, mutant, tests, seconds)
            finally:
                copies.put(copy)

        for mutant, noticed in zip(mutants, pool.map(is_noticed, mutants), strict=True):
            if not noticed:
                overlooked += 1
                first, last = mutant.lines[0], mutant.lines[-1]
                lines = f"{first}" if first == last else f"{first}-{last}"
                print(f"{name} {mutant.path}:{lines} is not missed: {mutant.gone}")
    noticed_ones = len(mutants) - overlooked
    percent = 100 * noticed_ones // max(len(mutants), 1)
    print(f"{name}: {noticed_ones} of {len(mutants)} noticed, {percent} %", flush=True)
    return overlooked


def mutants_of(before: Path, project: Path) -> Iterator[Mutant]:
    for file in sorted(project.rglob("*.py")):
        path = file.relative_to(project).as_posix()
        if OF_TESTS.search(path):
            continue
        text = file.read_text(encoding="utf-8")
        old = (before / path).read_text("utf-8") if (before / path).exists() else ""
        added = added_lines(old.splitlines(), text.splitlines())
        for lines, is_statement in parts_of(text):
            if lines[0] in added:
                yield without(path, text, lines, is_statement)


def added_lines(before: list[str], after: list[str]) -> set[int]:
    """Return the numbers, from 1, of the lines that are not as they were before."""
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    same = {
        line + 1
        for block in matcher.get_matching_blocks()
        for line in range(block.b, block.b + block.size)
    }
    return set(range(1, len(after) + 1)) - same


def parts_of(text: str) -> list[tuple[range, bool]]:
    """Return which lines can be taken out, and whether they are a whole statement."""
    lines = text.encode().splitlines()
    parts = {range(number, number + 1): False for number in range(1, len(lines) + 1)}
    silent: set[int] = set()
    for first, last in nodes_of(ast.parse(text)):
        decorators = getattr(first, "decorator_list", [])
        start, end = min(it.lineno for it in [first, *decorators]), last.end_lineno
        part, is_statement = range(start, end + 1), isinstance(first, ast.stmt)
        rest = (
            lines[start - 1][: first.col_offset] + lines[end - 1][last.end_col_offset :]
        )
        if is_statement or rest.strip() in {b"", b","}:
            parts[part] = parts.get(part, False) or is_statement
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            silent.update(part)
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.strip().startswith("#") or WORDS.fullmatch(line):
            silent.add(number)
    return [it for it in parts.items() if not silent.issuperset(it[0])]


def nodes_of(tree: ast.Module) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Yield where each part of the code begins and ends; an entry is a key and more."""
    for node in ast.walk(tree):
        if hasattr(node, "lineno"):
            yield node, node
        if isinstance(node, ast.Dict):
            yield from (
                (k, v) for k, v in zip(node.keys, node.values, strict=True) if k
            )


def without(path: str, text: str, lines: range, is_statement: bool) -> Mutant:
    left = text.splitlines()
    gone = left[lines[0] - 1]
    indent = gone[: len(gone) - len(gone.lstrip())]
    # A block may not be empty. A branch must go as a whole.
    stays = is_statement and not gone.strip().startswith("elif ")
    left[lines[0] - 1 : lines[-1]] = [f"{indent}pass"] if stays else []
    return Mutant(path, lines, gone.strip(), "\n".join([*left, ""]))


def quickest_first(project: Path, report: Path, name: str) -> list[str]:
    """Run a suite, and return its files in the order of the time that they took."""
    if status := run(project, [f"--junitxml={report}"], seconds=1800):
        raise TutorialError(f"The suite of {name} fails as it is ({status}).")
    seconds: Counter[str] = Counter()
    for case in ElementTree.parse(report).iter("testcase"):
        file = f"{case.get('classname', '').replace('.', '/')}.py"
        seconds[file] += float(case.get("time", 0))  # type: ignore[assignment]
    return sorted(seconds, key=lambda file: seconds[file])


def is_missed(copy: Path, mutant: Mutant, tests: list[str], seconds: float) -> bool:
    """Return whether a suite fails with the mutant in place of the file."""
    try:
        compile(mutant.text, mutant.path, "exec", dont_inherit=True)
    except SyntaxError:
        return True
    file = copy / mutant.path
    original = file.read_bytes()
    file.write_text(mutant.text, encoding="utf-8")
    try:
        return run(copy, ["-x", *tests], seconds) != 0
    finally:
        file.write_bytes(original)


def run(project: Path, arguments: list[str], seconds: float) -> int:
    """Return pytest's exit status, 1 if it took longer than so many seconds."""
    with subprocess.Popen(
        [*PYTEST, *arguments],
        cwd=project,
        # What was compiled a moment ago, from a file of this age, may be of another.
        env=environment() | {"PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            return 1
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
