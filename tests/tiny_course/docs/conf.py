"""Sphinx's settings for the small course."""

project = "A small course"
extensions = ["course", "sphinx_design"]
course_root = ".."
exclude_patterns = ["_build"]
