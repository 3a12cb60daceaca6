"""The suites of tests: that of every checkpoint, and those of the course itself."""

import os
from dataclasses import dataclass
from pathlib import Path

from course.chapters import ROOT, all_checkpoints, find_checkpoint
from course.errors import TutorialError
from course.source import has_finished_project

# The tests in tests/, and some of its folders, each a suite of its own. What measures
# time, in limits/ too, comes last, one test after the other.
COURSE_SUITES = ["tests", "examples", "browser", "faults", "limits", "timed"]
QUICK_SUITES = ["start", "cp0", "cp1", "cp2", "cp3", "final", "tests"]
# More than there are cores, because most tests wait for what they have started.
WORKERS = 2 * (os.cpu_count() or 1)


@dataclass(frozen=True)
class Suite:
    """Tests that run together: those in `part` of the folder they run in.

    `marks` is pytest's expression for the marks of the tests that are chosen, `needs`
    has the system's packages that they need.
    """

    name: str
    folder: Path
    part: str = "."
    marks: str = ""
    needs: tuple[str, ...] = ()
    workers: int = WORKERS


def choose_suites(
    names: list[str], is_quick: bool = False, is_all: bool = False
) -> list[Suite]:
    """Return the suites of these names, or all that a run is for.

    Raises TutorialError if a name is unknown.
    """
    if not names:
        # What follows the chapters runs each checkpoint's suite, as its page says.
        names = QUICK_SUITES if is_quick else COURSE_SUITES
        # There, HEAD has another project in the finished project's folder.
        if not has_finished_project():
            names = [checkpoint.name for checkpoint in all_checkpoints()]
            print(
                "The commit you are on does not have the finished project, so the "
                "tests of the course itself are left out; they are for main."
            )
    return [find_suite(name, is_quick, is_all) for name in names]


def names_of_suites() -> list[str]:
    return [*(checkpoint.name for checkpoint in all_checkpoints()), *COURSE_SUITES]


# Besides what all tests of the course need.
NEEDED_BY = {
    "limits": ("nginx",),
    "timed": ("nginx",),
    "examples": ("nginx", "postgresql", "apache2-bin", "caddy"),
}


def find_suite(name: str, is_quick: bool = False, is_all: bool = False) -> Suite:
    """Return the suite of that name. Raises TutorialError if there is none."""
    if name not in names_of_suites():
        raise TutorialError(
            f"There is no suite {name!r}; choose one or more of "
            f"{', '.join(names_of_suites())}."
        )
    marks = "" if is_all else "not slow"
    if name not in COURSE_SUITES:
        checkpoint = find_checkpoint(name)
        needs_redis = "channels-redis" in checkpoint.packages
        needs = ("redis-server",) if needs_redis else ()
        # The others are over before several processes would have started.
        workers = WORKERS if needs_redis else 0
        return Suite(name, checkpoint.folder, ".", marks, needs, workers)
    if name in {"limits", "timed"}:
        chosen = "timed" if name == "timed" else "not timed"
        marks = f"{chosen} and {marks}" if marks else chosen
    return Suite(
        name,
        ROOT / "tests",
        {"tests": ".", "timed": "limits"}.get(name, name),
        "quick and not slow" if is_quick else marks,
        (
            *("redis-server", "chromium"),
            *NEEDED_BY.get(name, ()),
            *(["npm"] if name in {"browser", "examples"} and is_all else []),
        ),
        0 if name == "timed" else WORKERS,
    )
