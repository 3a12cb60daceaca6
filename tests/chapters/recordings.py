"""The diagrams: who sends what to whom while a project plays a scenario."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from course.chapters import ROOT, folder_of
from tests.chapters.failures import Failure
from tests.chapters.pages import Page, Step
from tests.chapters.reader import Reader

SECONDS = 600


def sequence(reader: Reader, step: Step) -> None:
    folder = folder_of(step["checkpoint"], reader.page.root)
    messages = record(folder, step["scenario"])
    if reader.writes:
        write_recording(reader.page, step["name"], messages)
    elif step["messages"] != messages:
        raise Failure(
            "the project sends other messages now than the diagram shows",
            as_text(step["messages"]),
            as_text(messages),
        )


def as_text(messages: list[dict[str, str]]) -> str:
    return "\n".join(f"{m['from']} to {m['to']}: {m['label']}" for m in messages)


def record(project: Path, scenario: list[str]) -> list[dict[str, str]]:
    """Run a scenario in a project, in a process of its own. Returns its messages."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder, "db.sqlite3").as_posix()
        finished = subprocess.run(
            [sys.executable, "-m", "tests.chapters.scenario"],
            cwd=project,
            env=os.environ
            | {
                "DATABASE_URL": f"sqlite:///{database}",
                # Where a worker of jobs puts what it makes.
                "RESULTS": folder,
                "PYTHONPATH": str(ROOT),
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            input=json.dumps(scenario),
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
    if finished.returncode:
        raise Failure(f"the scenario could not be recorded:\n{finished.stderr}")
    messages: list[dict[str, str]] = json.loads(finished.stdout)
    return messages


def write_recording(page: Page, name: str, entries: Sequence[object]) -> None:
    """Keep what a drawing shows, an entry a line."""
    folder = page.root / "docs" / "recordings"
    folder.mkdir(exist_ok=True)
    lines = [json.dumps(entry, ensure_ascii=False) for entry in entries]
    text = "[\n  " + ",\n  ".join(lines) + "\n]\n"
    (folder / f"{name}.json").write_text(text, encoding="utf-8")
