"""The directive ready-made: files that a chapter needs and that nobody types.

They come in one archive beside the page, which the build writes.
"""

from fnmatch import fnmatchcase
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docutils import nodes
from sphinx.application import Sphinx

from course.chapters import Chapter
from directives.directive import CHAPTERS, CourseDirective, course_of
from directives.errors import PageError
from directives.listings import caption, hunks, language_of, listing, typed_lines
from directives.nodes import blocks_in, folded
from directives.project import Content, require_inside

# The earliest time that an archive can give a file, so that each build's is the same.
LONG_AGO = (1980, 1, 1, 0, 0, 0)


class ReadyMade(CourseDirective):
    """`ready-made::`: files of the chapter's end in one archive, and how to unpack it.

    Each line of the body is `PATH: WHAT IT IS FOR`. A path may be a pattern; a file
    belongs to the first line that names it.
    """

    has_content = True

    def show(self) -> list[nodes.Node]:
        named: dict[str, list[str]] = {}
        taken: set[str] = set()
        for line in self.body:
            named[line] = self.files_of(line, taken)
            taken.update(named[line])
        number = "one file" if len(taken) == 1 else f"{len(taken)} files"
        archive = archive_of(self.chapter)
        sentence = nodes.paragraph("", "Download ")
        sentence += nodes.reference("", archive, refuri=archive)
        sentence += nodes.Text(
            f" ({number}) into your project’s folder, and unpack it there:"
        )
        return self.block(
            sentence,
            caption("Terminal"),
            typed_lines("typed", [f"python -m zipfile -e {archive} ."]),
            *(self.listed(line, files) for line, files in named.items()),
            archive=archive,
            files=sorted(taken),
            terminal=1,
            background=False,
        )

    def files_of(self, line: str, taken: set[str]) -> list[str]:
        """Return what a line names. Raises PageError if there is no such file."""
        path, colon, what = line.partition(": ")
        if not colon or not what:
            raise PageError(
                f"'{line}' does not say what the file is for: write 'PATH: WHAT FOR'."
            )
        require_inside(path)
        changes = self.course.changes(self.chapter)
        found = [
            it
            for it, change in changes.items()
            if change != "remove" and it not in taken and fnmatchcase(it, path)
        ]
        if not found:
            raise PageError(
                f"The chapter neither creates nor changes {path}, or a line above has "
                "it already: correct the path, which is relative to the project's "
                "folder, or remove the line."
            )
        return found

    def listed(self, line: str, files: list[str]) -> nodes.Node:
        """Return the files of a line, to be read by those who want to."""
        shown: list[nodes.Node] = []
        before = self.course.files(self.chapter.starts_at)
        after = self.course.files(self.chapter.ends_at)
        for path in files:
            shown.append(caption(path))
            shown += content(path, before.get(path, ""), after[path])
        return folded("", *shown, summary=line)


def content(path: str, before: Content, after: Content) -> list[nodes.Node]:
    """Return what a file contains, or what changes in it."""
    if isinstance(before, bytes) or isinstance(after, bytes):
        return [nodes.paragraph("", "no text", classes=["empty-file"])]
    if before:
        return hunks(before, after, language_of(path))
    return [listing(after, language_of(path))]


def archive_of(chapter: Chapter) -> str:
    return f"{chapter.page}.zip"


def write_archives(app: Sphinx, exception: Exception | None) -> None:
    """Write the archives of all chapters, each beside its page."""
    if exception:
        return
    course = course_of(app.env)
    for chapter in course.chapters:
        page = CHAPTERS + chapter.page
        if page not in app.env.found_docs:
            continue
        for block in blocks_in(app.env.get_doctree(page), "ready-made"):
            archive = Path(app.outdir, CHAPTERS, block["facts"]["archive"])
            archive.parent.mkdir(exist_ok=True)
            files = course.files(chapter.ends_at)
            with ZipFile(archive, "w", ZIP_DEFLATED) as opened:
                for path in block["facts"]["files"]:
                    opened.writestr(ZipInfo(path, LONG_AGO), files[path], ZIP_DEFLATED)
