"""The role `measured`: a figure from docs/measured/limits.json, by its name.

Tests measure them, and write them there: python -m pytest tests/limits --write-measured
"""

import json

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from directives.directive import course_of

FIGURES = "docs/measured/limits.json"

logger = logging.getLogger(__name__)


class Measured(SphinxRole):
    """`:measured:`return.seconds``: that figure."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        file = course_of(self.env).root / FIGURES
        self.env.note_dependency(str(file))
        figures = json.loads(file.read_text(encoding="utf-8"))
        if self.text in figures:
            return [nodes.Text(f"{figures[self.text]:,}")], []
        logger.error(
            f"{file.name} has no figure {self.text}: "
            f"name one of {', '.join(sorted(figures))}.",
            location=(self.env.docname, self.lineno),
        )
        return [], []
