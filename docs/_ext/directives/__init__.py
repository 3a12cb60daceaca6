"""The directives of the course's pages, and what makes them errors when they are wrong.

A page names files, and shows what the checkpoints contain; it names commands and their
output, and the replay in tests/ runs them. See nodes.py for what a page consists of.
"""

import hashlib
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError
from sphinx.util.typing import ExtensionMetadata

from course.errors import TutorialError
from directives.bench import Bench
from directives.boxes import ChapterList, EndHere, StartHere
from directives.browser import BrowserConsole, ConsoleLog, Screenshot
from directives.checks import check_page
from directives.commands import Install, Output, Run, Stop
from directives.errors import PageError
from directives.guide import Corrections, Coverage, Drawing, Example, GuideList
from directives.guide_checks import check_guide_page
from directives.html import add_nodes, give_captions_a_level
from directives.index import write_index
from directives.measured import Measured
from directives.pages import ChapterChange, CheckpointFile, write_pages
from directives.project import Course
from directives.sequence import Sequence
from directives.steps import Create, Edit, Excerpt, Remove
from directives.tasks import IWantTo, TaskIndex, link_tasks
from directives.teaching import AboutChapter, Question, Schedule, Traps, Weeks
from directives.terminals import Terminals
from directives.troubles import TroubleEntry, TroubleList
from directives.used_in import LauncherCommands, UsedIn, link_chapters

DIRECTIVES = {
    "about-chapter": AboutChapter,
    "bench": Bench,
    "browser-console": BrowserConsole,
    "chapter-change": ChapterChange,
    "chapter-list": ChapterList,
    "checkpoint-file": CheckpointFile,
    "console-log": ConsoleLog,
    "corrections": Corrections,
    "coverage": Coverage,
    "create": Create,
    "drawing": Drawing,
    "edit": Edit,
    "end-here": EndHere,
    "example": Example,
    "excerpt": Excerpt,
    "guide-list": GuideList,
    "i-want-to": IWantTo,
    "install": Install,
    "launcher-commands": LauncherCommands,
    "output": Output,
    "question": Question,
    "remove": Remove,
    "run": Run,
    "schedule": Schedule,
    "screenshot": Screenshot,
    "sequence": Sequence,
    "start-here": StartHere,
    "stop": Stop,
    "task-index": TaskIndex,
    "terminals": Terminals,
    "traps": Traps,
    "trouble": TroubleEntry,
    "trouble-list": TroubleList,
    "used-in": UsedIn,
    "weeks": Weeks,
}


def setup(app: Sphinx) -> ExtensionMetadata:
    """Add everything to Sphinx.

    `course_root` is the folder of the course. With `course_records`, pictures and
    recordings may be missing: the replay builds so while it makes them.
    """
    app.add_config_value("course_root", "", "env", str)
    app.add_config_value("course_records", False, "env", bool)
    app.add_config_value("course", None, "", Course)
    app.add_config_value("course_fingerprint", "", "env", str)
    add_nodes(app)
    for name, directive in DIRECTIVES.items():
        app.add_directive(name, directive)
    app.add_role("measured", Measured())
    app.connect("config-inited", load_course)
    app.connect("builder-inited", write_pages)
    app.connect("doctree-read", check_page)
    app.connect("doctree-read", check_guide_page)
    app.connect("doctree-resolved", link_chapters)
    app.connect("doctree-resolved", link_tasks)
    app.connect("build-finished", write_index)
    # After Furo, which makes the sidebar.
    app.connect("html-page-context", give_captions_a_level, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def load_course(app: Sphinx, config: Config) -> None:
    """Read the course, and have every page read again if anything in it has changed."""
    try:
        config.course = Course(Path(app.confdir, config.course_root).resolve())
        shown = config.course.fingerprint()
    except (OSError, TutorialError, PageError) as error:
        raise ConfigError(f"The course cannot be read: {error}") from error
    config.course_fingerprint = shown + fingerprint_of_this_package()


def fingerprint_of_this_package() -> str:
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()
