"""A reader on one page, and what somebody knows who has come this far."""

from dataclasses import dataclass, field

from tests.chapters.computer import Computer
from tests.chapters.failures import Failure
from tests.chapters.pages import Page, Step
from tests.chapters.terminal import Typed


@dataclass
class Reader:
    """With `writes`, pictures and recordings are made anew, not compared."""

    page: Page
    computer: Computer
    writes: bool = False
    # How long anything may take, on a machine that is busy or slow.
    seconds: float = 900
    # What is done: the page without the commands of the course's repository.
    steps: list[Step] = field(default_factory=list)
    position: int = 0
    command: Typed | None = None
    # What was started in which terminal.
    servers: dict[int, Step] = field(default_factory=dict)
    # Those that show the project which the reader has in the end.
    pictures: list[Step] = field(default_factory=list)
    # Steps that cannot run everywhere, with the reason and what ran instead.
    equivalents: list[str] = field(default_factory=list)

    def kind(self, distance: int) -> str:
        """What the step is so many steps from here."""
        steps = dict(enumerate(self.steps))
        return str(steps.get(self.position + distance, {"kind": ""})["kind"])

    def servers_are_alive(self) -> None:
        """Raises Failure if something has ended that should go on."""
        for number, server in self.computer.running.items():
            if not server.is_running:
                raise Failure(
                    f"what line {self.servers[number]['line']} started in terminal "
                    f"{number} has ended by itself, with exit status {server.status}; "
                    f"it printed:\n{server.output}"
                )
