"""Reports what is wrong with a page as a whole, each mistake as an error."""

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

from directives.chapter_checks import complaints_of_chapter
from directives.directive import CHAPTERS, chapter_of, course_of
from directives.errors import PageError
from directives.guide_checks import complaints_of_guide
from directives.nodes import line_of
from directives.order_checks import Complaint

GUIDE = "guide/"
# The pages beside the ones that guide/contents.toml names.
OTHER_PAGES = {"guide/index", "guide/coverage"}

logger = logging.getLogger(__name__)


def check_page(app: Sphinx, doctree: nodes.document) -> None:
    """Report what is wrong with the page that was just read."""
    docname = app.env.docname
    complaints: list[Complaint] = []
    try:
        if docname.startswith(CHAPTERS):
            chapter = chapter_of(app.env, docname)
            assert chapter
            complaints += complaints_of_chapter(doctree, course_of(app.env), chapter)
        elif docname.startswith(GUIDE) and docname not in OTHER_PAGES:
            complaints += complaints_of_guide(doctree, Path(app.env.doc2path(docname)))
    except PageError as error:
        complaints.append((doctree, str(error)))
    for node, sentence in complaints:
        logger.error(sentence, location=(docname, line_of(node)))
