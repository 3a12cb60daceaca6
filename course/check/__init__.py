"""`tutorial.py check`: how right a learner's project is by now."""

from course.check.run import check
from course.check.saves import watch

__all__ = ["check", "watch"]
