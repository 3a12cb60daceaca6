"""`tutorial.py docs`: the sections of the pages, for the projects with an assistant."""

import gzip
import json
from pathlib import Path

from course.chapters import all_checkpoints

FILE = Path("assistants", "passages.json.gz")

Sections = list[dict[str, str]]


def sections_of(pages: Path) -> Sections:
    """Return the sections that the built pages' search knows: none without one."""
    file = pages / "sections.js"
    if not file.exists():
        return []
    script = file.read_text(encoding="utf-8")
    sections: Sections = json.loads(script[script.index(" = [") + 3 : -2])
    return sections


def files() -> list[Path]:
    """Return the file of each project that has one."""
    found = [checkpoint.folder / FILE for checkpoint in all_checkpoints()]
    return [file for file in found if file.exists()]


def read(file: Path) -> Sections:
    """Return the sections in a file."""
    sections: Sections = json.loads(gzip.decompress(file.read_bytes()))
    return sections


def write_passages(pages: Path) -> None:
    """Write the files anew that have other sections than the pages."""
    sections = sections_of(pages)
    text = json.dumps(sections, ensure_ascii=False).encode()
    for file in files():
        if sections and read(file) != sections:
            file.write_bytes(gzip.compress(text, mtime=0))
