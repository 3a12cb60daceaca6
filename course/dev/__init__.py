"""Commands for those who maintain the course: carry, bench, wheelhouse."""
