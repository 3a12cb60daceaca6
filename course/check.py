"""`tutorial.py check`: a checkpoint's tests against the learner's own project."""

from collections.abc import Callable
from pathlib import Path

from course.answers import HANGS, Answer, Frame, Problem, Standing, answer_to
from course.chapters import (
    FINAL,
    Chapter,
    Checkpoint,
    all_checkpoints,
    find_checkpoint,
    load_chapters,
)
from course.git import is_clone
from course.progress import code_of, differences, guess, read_mine
from course.projects import copy_checkpoint, may_be_finished, require_project
from course.source import FINISHED
from course.system_packages import require
from course.trial import Event, Trial, assemble

RIGHT, WRONG = "✓", "✗"
SECONDS_WITHOUT_A_SIGN = 15
# Programs that talk over Redis have to start first, and some tests wait for hundreds of
# clients.
SECONDS_WITHOUT_A_SIGN_WITH_REDIS = 90
INDENT = " " * 4
LINES_OF_OUTPUT = 10
WIDTH_OF_OUTPUT = 200
NOT_IMPORTED = "Your project cannot be imported."
NOT_TRIED = "Your project can be imported, but not all of its behaviors could be tried."


def check(name: str | None) -> int:
    """Try a checkpoint's behaviors on chanx_django/; return 0 if all are right.

    Without a name, it is the checkpoint that the files are on the way to.

    Raises TutorialError if there is no such checkpoint, no project, or no Redis for a
    checkpoint that needs it.
    """
    require_project()
    if name:
        find_checkpoint(name)
    with Trial() as trial:
        return 0 if check_once(name, trial, is_unwanted=lambda: False) else 1


def check_once(name: str | None, trial: Trial, is_unwanted: Callable[[], bool]) -> bool:
    """Do the same, but raise Interrupted once the result is unwanted."""
    say(
        f"Checking {FINISHED}/ against {name}."
        if name
        else f"Looking how far {FINISHED}/ is."
    )
    folder = trial.folder
    standing = compare(name or find_out(folder), folder)
    checkpoint = standing.checkpoint
    if "channels-redis" in checkpoint.packages:
        require("redis-server")
    assemble(folder / checkpoint.name, trial.project)
    lesson = Lesson(standing)
    for event in trial.run(seconds_for(checkpoint), is_unwanted):
        lesson.tell(event)
    lesson.sum_up(trial.output.replace(f"{folder}/", ""))
    return lesson.is_right


def say(text: str) -> None:
    print(text, flush=True)


def seconds_for(checkpoint: Checkpoint) -> float:
    if "channels-redis" in checkpoint.packages:
        return SECONDS_WITHOUT_A_SIGN_WITH_REDIS
    return SECONDS_WITHOUT_A_SIGN


def find_out(folder: Path) -> str:
    """Return the checkpoint that the learner is on the way to, and say why."""
    projects = []
    for checkpoint in all_checkpoints():
        if checkpoint.name == FINAL and not (is_clone() or may_be_finished()):
            continue
        copy_checkpoint(checkpoint.name, folder / checkpoint.name)
        projects.append((checkpoint, code_of(folder / checkpoint.name)))
    paths = {path for _, files in projects for path in files}
    guessed = guess(read_mine(paths), projects)
    say(f"{guessed.reason} Checking against {guessed.checkpoint}.")
    return guessed.checkpoint


def compare(name: str, folder: Path) -> Standing:
    """Return how the learner's files differ from a checkpoint's."""
    checkpoint = find_checkpoint(name)
    chapters = load_chapters()
    for needed in checkpoint.chapter.starts_at, name:
        if needed and not (folder / needed).exists():
            copy_checkpoint(needed, folder / needed)
    end = code_of(folder / name)
    before = checkpoint.chapter.starts_at
    start = code_of(folder / before) if before else {}
    mine = read_mine(set(start) | set(end))
    return Standing(
        checkpoint,
        list(chapters[: chapters.index(checkpoint.chapter) + 1]),
        mine,
        end,
        differences(mine, start, end),
        is_compared=name != FINAL or is_clone(),
    )


class Lesson:
    """What is told of a trial while it goes on, and at its end."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing
        self._open: dict[str, int] = {}
        self._results: dict[str, bool] = {}
        self._problems: dict[str, Problem] = {}
        self._first: tuple[str, Problem] | None = None
        self._running = "", ""
        self._is_loaded = False
        self._end: Event = {}

    @property
    def is_right(self) -> bool:
        return (
            self._end.get("event") == "exited"
            and self._end.get("status") == 0
            and bool(self._results)
            and all(self._results.values())
        )

    def tell(self, event: Event) -> None:
        """Print what an event means for the learner, if anything."""
        match event:
            case {"event": "loaded"}:
                self._is_loaded = True
            case {"event": "found", "behaviors": behaviors}:
                self._open = dict.fromkeys(behaviors, 1)
            case {"event": "broken", "problem": problem}:
                self._first = "", problem
            case {"event": "collected", "behaviors": behaviors}:
                self._open.update(behaviors)
            case {"event": "uncollected", "behaviors": behaviors, "problem": problem}:
                for behavior in behaviors:
                    self.conclude(behavior, problem)
            case {"event": "started", "behavior": behavior, "case": case}:
                self._running = behavior, case
            case {"event": "finished", "behavior": behavior, "problem": problem}:
                self._running = "", ""
                if problem:
                    self._problems.setdefault(behavior, problem)
                self._open[behavior] -= 1
                if not self._open[behavior]:
                    self.conclude(behavior, self._problems.get(behavior))
            case {"event": "hung", "seconds": seconds, "frames": frames}:
                self._end = event
                self.stop(f"nothing for {seconds:.0f} seconds", frames)
            case {"event": "exited"}:
                self._end = event
                # After a case that went wrong, the others may not have been tried.
                for behavior in [it for it in self._problems if it in self._open]:
                    self.conclude(behavior, self._problems[behavior])

    def conclude(self, behavior: str, problem: Problem | None) -> None:
        """Print whether a behavior is right."""
        self._open.pop(behavior, None)
        self._results[behavior] = problem is None
        if problem and not self._first:
            self._first = behavior, problem
        case = problem.get("case") if problem else ""
        sign = WRONG if problem else RIGHT
        say(f"  {sign} {sentence(behavior)}" + (f" ({case})" if case else ""))

    def stop(self, reason: str, frames: list[Frame]) -> None:
        """Give up in the middle of it."""
        behavior, case = self._running
        message = f"{reason}, so everything was stopped"
        problem = {"type": HANGS, "message": message, "frames": frames, "case": case}
        if behavior:
            self.conclude(behavior, problem)
        elif not self._first:
            self._first = "", problem

    def sum_up(self, output: str) -> None:
        """Print the answer to the first problem, and how much is right."""
        if not self._first and not self.is_right:
            self.stop("Python ended by itself", frames=[])
        if self._first:
            behavior, problem = self._first
            self.explain(behavior, answer_to(problem, self._standing))
        if output.strip() and not self.is_right:
            lines = output.strip().splitlines()[-LINES_OF_OUTPUT:]
            say("\nThe last that your project printed:")
            say("\n".join(f"{INDENT}{line[:WIDTH_OF_OUTPUT]}" for line in lines))
        right = sum(self._results.values())
        total = len(self._results) + len(self._open)
        untried = f", {len(self._open)} not tried" if self._open else ""
        name = self._standing.checkpoint.name
        say(f"\n{right} of {total} behaviors of {name} are right{untried}.")
        if self.is_right and (chapter := next_chapter(self._standing.checkpoint)):
            say(
                f"The next chapter is {chapter.title}: docs/tutorial/{chapter.page}.rst"
            )

    def explain(self, behavior: str, answer: Answer) -> None:
        heading = sentence(behavior) if behavior else NOT_IMPORTED
        if self._is_loaded and not behavior:
            heading = NOT_TRIED
        say(f"\n{WRONG} {heading}")
        rows = {
            "Expected": answer.expected if behavior else "",
            "Came" if behavior else "Problem": answer.came,
            "Look at": answer.place,
            "Read": str(answer.section),
            "": answer.section.address or "",
        }
        for title, text in rows.items():
            for number, line in enumerate(text.splitlines()):
                label = f"{title}:" if title and not number else ""
                say(f"{INDENT}{label:<10}{line}")


def next_chapter(checkpoint: Checkpoint) -> Chapter | None:
    """Return the chapter that begins where this one ends."""
    chapters = load_chapters()
    after = chapters[chapters.index(checkpoint.chapter) + 1 :]
    return after[0] if after else None


def sentence(behavior: str) -> str:
    """Return the name of a test as words."""
    return behavior.rpartition("::")[2].removeprefix("test_").replace("_", " ")
