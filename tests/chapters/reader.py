"""A reader on one page, and what somebody knows who has come this far."""

from dataclasses import dataclass, field

from tests.chapters.computer import Computer
from tests.chapters.failures import Failure
from tests.chapters.pages import Page, Step
from tests.chapters.terminal import Background, Finished


@dataclass(frozen=True)
class Bounds:
    """How many seconds things may take, on a machine that is busy or slow."""

    command: float = 600
    # Installing packages, and tests that start servers, take longer.
    long_command: float = 1200
    ready: float = 120
    # A quiet connection can win its race with Redis's time-out a few times.
    snippet: float = 120
    picture: float = 120


@dataclass
class Reader:
    """With `writes`, pictures and recordings are made anew, not compared."""

    page: Page
    computer: Computer
    bounds: Bounds = field(default_factory=Bounds)
    writes: bool = False
    # What is done: the page without the commands of the course's repository.
    steps: list[Step] = field(default_factory=list)
    position: int = 0
    finished: Finished | Background | None = None
    # What was started in which terminal.
    servers: dict[int, Step] = field(default_factory=dict)
    # Those that show the project which the reader has in the end.
    pictures: list[Step] = field(default_factory=list)
    # Steps that cannot run everywhere, with the reason and what ran instead.
    equivalents: list[str] = field(default_factory=list)

    def kind(self, distance: int) -> str:
        """What the step is so many steps from here."""
        position = self.position + distance
        if 0 <= position < len(self.steps):
            return str(self.steps[position]["kind"])
        return ""

    def servers_are_alive(self) -> None:
        """Raises Failure if something has ended that should go on."""
        for number, terminal in self.computer.busy_terminals.items():
            running = terminal.background
            if running and not running.is_running:
                raise Failure(
                    f"what line {self.servers[number]['line']} started in terminal "
                    f"{number} has ended by itself, with exit status "
                    f"{running.process.returncode}; it printed:\n{running.output}"
                )
