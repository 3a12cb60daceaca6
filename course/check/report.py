"""What is told of a trial while it goes on, and at its end."""

from collections.abc import Callable

from course.check.behaviors import behaviors_in, sentence
from course.check.contrast import HANGS, contrast
from course.check.hints import Goal, Standing
from course.check.problems import Frame, Problem
from course.check.trial import Event
from course.projects import files_of

NO_TEST_WAS_LEFT = 5
INDENT = " " * 4
LINES_OF_OUTPUT = 10
WIDTH_OF_OUTPUT = 200
NOT_IMPORTED = "Your project cannot be imported."
NOT_TRIED = "Your project can be imported, but not all of its behaviors could be tried."


class Report:
    """Tells a learner what events mean, with `say`."""

    def __init__(
        self, goal: Goal, standing: Standing, say: Callable[[str], None]
    ) -> None:
        self._goal = goal
        self._standing = standing
        self._say = say
        self._behaviors = behaviors_in(files_of(goal.folder))
        self._open = list(self._behaviors)
        self._right = 0
        self._first: tuple[str, Problem] | None = None
        self._running = "", ""
        self._is_loaded = self._is_over = self._lacks_redis = False

    @property
    def status(self) -> int:
        """0 if everything is right, 1 if not, 2 if it is as far as it was tried."""
        was_anything_tried = self._right or self._lacks_redis
        if self._first or not self._is_over or not was_anything_tried:
            return 1
        return 2 if self._open else 0

    def tell(self, event: Event) -> None:
        """Print what an event means for the learner, if anything."""
        match event:
            case {"event": "loaded"}:
                self._is_loaded = True
            case {"event": "broken", "problem": problem}:
                self._first = self._first or ("", problem)
            case {"event": "started", "behavior": behavior, "case": case}:
                self._running = behavior, case
            case {"event": "concluded", "behavior": behavior, "problem": problem}:
                self._running = "", ""
                self._conclude(behavior, problem)
            case {"event": "untried", "behavior": behavior}:
                self._lacks_redis = True
                self._say(f"  – {sentence(behavior)} (not tried: needs a Redis)")
            case {"event": "hangs", "frames": frames}:
                self._stop("Nothing happened for many seconds", frames)
            case {"event": "exited", "status": status}:
                self._is_over = status in {0, NO_TEST_WAS_LEFT}

    def _conclude(self, behavior: str, problem: Problem | None) -> None:
        """Print whether a behavior is right, once. A project may have forked."""
        if behavior not in self._open:
            return
        self._open.remove(behavior)
        if not problem:
            self._right += 1
            self._say(f"  ✓ {sentence(behavior)}")
            return
        self._first = self._first or (behavior, problem)
        case = f" ({problem['case']})" if problem["case"] else ""
        self._say(f"  ✗ {sentence(behavior)}{case}")

    def _stop(self, reason: str, frames: list[Frame]) -> None:
        """Give up in the middle of it."""
        behavior, case = self._running
        message = f"{reason}, so everything was stopped"
        problem = {"type": HANGS, "message": message, "frames": frames, "case": case}
        self._conclude(behavior, problem)
        self._first = self._first or ("", problem)

    def sum_up(self, output: str) -> None:
        """Print the answer to the first problem, and how much is right."""
        if not self._first and self.status == 1:
            self._stop("Python ended by itself", frames=[])
        if self._first:
            self._explain(*self._first)
        if output.strip() and self.status == 1:
            self._say("\nThe last that your project printed:")
            for line in output.strip().splitlines()[-LINES_OF_OUTPUT:]:
                self._say(f"{INDENT}{line[:WIDTH_OF_OUTPUT]}")
        if self._lacks_redis:
            self._say(f"\n{HOW_TO_GET_REDIS}")
        total = len(self._behaviors)
        left = f", {len(self._open)} not tried" if self._open else ""
        name = self._goal.name
        self._say(f"\n{self._right} of {total} behaviors of {name} are right{left}.")

    def _explain(self, behavior: str, problem: Problem) -> None:
        heading = NOT_TRIED if self._is_loaded else NOT_IMPORTED
        self._say(f"\n✗ {sentence(behavior) or heading}")
        expected, came = contrast(problem)
        place = self._standing.place_of(behavior, problem, f"{expected} {came}")
        rows = {
            "Expected": expected if behavior else "",
            "Came" if behavior else "Problem": came,
            "Look at": place.text,
            "Hint": place.hint,
            "Read": str(place.section),
            "": place.section.address or "",
        }
        for title, text in rows.items():
            for number, line in enumerate(text.splitlines()):
                label = f"{title}:" if title and not number else ""
                self._say(f"{INDENT}{label:<10}{line}")


HOW_TO_GET_REDIS = """\
Some behaviors need a Redis. There is no program redis-server, and REDIS_URL leads to
none. Get one:
    Debian, Ubuntu   sudo apt-get install redis-server
    macOS            brew install redis
    Windows          in WSL, https://learn.microsoft.com/windows/wsl/install
    Docker           docker run --rm --publish 6379:6379 redis
                     and set REDIS_URL to redis://localhost:6379"""
