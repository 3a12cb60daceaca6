"""Sphinx's settings for the small course."""

project = "A small course"
extensions = ["directives", "sphinx_design"]
course_root = ".."
exclude_patterns = ["_build"]
