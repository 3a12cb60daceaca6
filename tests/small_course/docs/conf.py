extensions = ["directives", "sphinx_design"]
course_root = ".."
exclude_patterns = ["_build"]
nitpicky = True
