"""Sphinx's settings for the course's pages. Build them: python3 tutorial.py docs"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "docs" / "_ext")]

project = "Real-time Django"
html_title = "Real-time Django, one checkpoint at a time"
language = "en"

extensions = ["directives", "sphinx_design", "sphinx_copybutton"]
course_root = str(ROOT)
exclude_patterns = ["_build", "_ext", "examples", "recordings"]
# A link to something that is not there is an error.
nitpicky = True

html_show_copyright = False
html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["course.css"]
html_copy_source = False
html_show_sphinx = False
# A listing's copy button copies what is to be there, and not what goes away; what a
# program prints is not for copying, and neither is a picture of a terminal.
copybutton_selector = "div.highlight:not(.printed, .screen, .printed *) > pre"
copybutton_exclude = ".del"
pygments_dark_style = "github-dark"
