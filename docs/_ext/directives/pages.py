"""A page for each chapter with all that it changes and all files it ends with.

They are written before Sphinx looks for pages, into a folder that Git ignores.
"""

import os
from pathlib import Path

from sphinx.application import Sphinx

from directives.directive import CHANGES
from directives.listings import language_of
from directives.project import Course
from directives.templates import render


def write_pages(app: Sphinx) -> None:
    """Write what is missing or differs, and delete what no chapter asks for."""
    course: Course = app.config.course
    folder = Path(app.srcdir, CHANGES)
    folder.mkdir(exist_ok=True)
    wanted = {folder / f"{it.page}.rst": it for it in course.chapters}
    for page, chapter in wanted.items():
        text = render(
            "changes",
            chapter=chapter,
            changes=course.changes(chapter),
            files=course.files(chapter.ends_at),
            folder=os.path.relpath(course.folder(chapter.ends_at), folder),
            language_of=language_of,
        )
        if not page.exists() or page.read_text(encoding="utf-8") != text:
            replace(page, text)
    for page in set(folder.glob("*.rst")) - set(wanted):
        page.unlink(missing_ok=True)


def replace(page: Path, text: str) -> None:
    # Another build may be reading the page: it gets the old text or the new one.
    new = page.with_suffix(f".{os.getpid()}")
    new.write_text(text, encoding="utf-8")
    new.replace(page)
