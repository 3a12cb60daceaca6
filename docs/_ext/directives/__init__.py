"""The directives of the course's pages, and what makes them errors when they are wrong.

A page names files, and shows what the checkpoints contain; it names commands and their
output, and the replay in tests/ runs them. See index.py for what a page consists of.
"""

import hashlib
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError
from sphinx.util.typing import ExtensionMetadata

from course.errors import TutorialError
from directives.behaviors import NowPasses, Question
from directives.browser import BrowserConsole, ConsoleLog, Screenshot
from directives.checks import check_page
from directives.drawings import Drawing, Sequence
from directives.errors import PageError
from directives.exercises import Exercises
from directives.figures import Measured
from directives.files import Create, Edit, Example, Excerpt, Remove
from directives.index import write_index
from directives.links import IWantTo, Trouble, TroubleList
from directives.nodes import add_nodes, give_captions_a_level
from directives.pages import write_pages
from directives.project import Course
from directives.ready_made import ReadyMade, write_archives
from directives.search import add_search, replace_search, search_page
from directives.sittings import PauseHere, read_chapters_first, show_minutes
from directives.templates import Box, Folded, Measurement, Template
from directives.terminals import Install, Output, Run, Stop, Terminals

DIRECTIVES = {
    # What a reader does, and what a page shows of it.
    "create": Create,
    "edit": Edit,
    "remove": Remove,
    "ready-made": ReadyMade,
    "excerpt": Excerpt,
    "example": Example,
    "install": Install,
    "run": Run,
    "output": Output,
    "stop": Stop,
    "pause-here": PauseHere,
    "terminals": Terminals,
    "browser-console": BrowserConsole,
    "console-log": ConsoleLog,
    "screenshot": Screenshot,
    "now-passes": NowPasses,
    "sequence": Sequence,
    "drawing": Drawing,
    "measurement": Measurement,
    # Text that is filled in, folded away or linked.
    "start-here": Box,
    "end-here": Box,
    "exercises": Exercises,
    "template": Template,
    "folded": Folded,
    "question": Question,
    "i-want-to": IWantTo,
    "trouble": Trouble,
    "trouble-list": TroubleList,
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
    app.connect("config-inited", add_search)
    app.connect("builder-inited", write_pages)
    app.connect("builder-inited", replace_search)
    app.connect("env-before-read-docs", read_chapters_first)
    app.connect("doctree-read", show_minutes)
    app.connect("doctree-read", check_page)
    app.connect("html-collect-pages", search_page)
    app.connect("build-finished", write_index)
    app.connect("build-finished", write_archives)
    # After Furo, which makes the sidebar.
    app.connect("html-page-context", give_captions_a_level, priority=900)
    # Other pages say how long the chapters take.
    return {"parallel_read_safe": False, "parallel_write_safe": True}


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
    folder = Path(__file__).resolve().parent.parent
    for file in sorted([*folder.rglob("*.py"), *folder.rglob("*.jinja")]):
        digest.update(file.read_bytes())
    return digest.hexdigest()
