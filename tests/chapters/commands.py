"""The steps in terminals: run, output, stop and terminals."""

import importlib.metadata
import re

from tests.chapters import printed
from tests.chapters.failures import Failure
from tests.chapters.pages import Step
from tests.chapters.ports import accepts, ports_of_server, wait_until
from tests.chapters.reader import Reader
from tests.chapters.recordings import write_recording
from tests.chapters.terminal import Background, Finished

PIN = re.compile(r'"([\w-]+)(?:\[[\w,-]+\])?==([^"]+)"')
TAKES_LONG = re.compile(r"\b(pip|pytest|tutorial\.py)\b")


def run(reader: Reader, step: Step) -> None:
    if step["install"] and not reader.computer.has_its_own_environment:
        compare_packages(step["typed"])
        return
    text = step["typed"]
    if step["cannot_run"]:
        reader.equivalents.append(
            f"{reader.page.source}:{step['line']}: {text.strip()!r} was not run but "
            f"{step['instead']!r}: {step['cannot_run']}"
        )
        text = step["instead"]
    text = reader.computer.ports.command(text)
    terminal = reader.computer.terminal(step["terminal"])
    if terminal.background:
        raise Failure("a server runs in this terminal: nothing can be typed there")
    if step["background"]:
        reader.servers[step["terminal"]] = step
        reader.finished = terminal.start(text)
        wait_for_server(reader, reader.finished, text)
        return
    bounds = reader.bounds
    seconds = bounds.long_command if TAKES_LONG.search(text) else bounds.command
    reader.finished = terminal.run(text, seconds)
    require_exit(reader.finished, step["exits"])


def compare_packages(typed: str) -> None:
    """Raises Failure unless these packages are those of the course's environment."""
    shown = dict(PIN.findall(typed))
    found = {name: version_of(name) for name in shown}
    if not shown or found != shown:
        raise Failure(
            "these packages are not the ones of the course's environment",
            "\n".join(map("==".join, shown.items())),
            "\n".join(map("==".join, found.items())),
        )


def version_of(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "(not installed)"


def require_exit(finished: Finished, status: int) -> None:
    if finished.status != status:
        raise Failure(
            f"the command ended with exit status {finished.status}, not {status}; it "
            f"printed:\n{finished.output}"
        )


def wait_for_server(reader: Reader, running: Background, text: str) -> None:
    ports = ports_of_server(text)
    if not ports and reader.kind(1) != "output":
        raise Failure("nothing shows when this is ready: add an output")
    is_ready = wait_until(
        lambda: not running.is_running or all(map(accepts, ports)), reader.bounds.ready
    )
    reader.servers_are_alive()
    if not is_ready:
        raise Failure(
            f"the server was not ready within {reader.bounds.ready:g} seconds; it "
            f"printed:\n{running.output}"
        )


def output(reader: Reader, step: Step) -> None:
    finished, to_page = reader.finished, reader.computer.ports.to_page
    if finished is None:
        raise Failure("there is no command before this output")
    if isinstance(finished, Finished):
        printed.compare(step["printed"], to_page(finished.output))
        return

    def missing() -> str | None:
        return printed.missing_line(step["printed"], to_page(finished.output))

    seconds = reader.bounds.ready
    wait_until(lambda: missing() is None or not finished.is_running, seconds)
    line = missing()
    if line is not None:
        raise Failure(
            f"the line {line!r} did not appear in {seconds:g} seconds",
            step["printed"],
            to_page(finished.output),
        )


def stop(reader: Reader, step: Step) -> None:
    terminal = reader.computer.terminal(step["terminal"])
    if not terminal.background:
        raise Failure(f"nothing runs in terminal {step['terminal']}")
    terminal.interrupt()


def terminals(reader: Reader, step: Step) -> None:
    reader.computer.wait_for_quiet()
    now = printed.steady([screen(reader, number) for number in step["numbers"]])
    if reader.writes:
        write_recording(reader.page, step["name"], now)
    elif step["screens"] != now:
        problem = "the terminals show something else now"
        raise Failure(problem, as_text(step["screens"]), as_text(now))


def screen(reader: Reader, number: int) -> printed.Screen:
    """What is to be seen in a terminal in which something runs."""
    running = reader.computer.terminal(number).background
    if running is None:
        raise Failure(f"nothing runs in terminal {number}")
    text = reader.computer.ports.to_page(running.output)
    typed = reader.servers[number]["typed"].splitlines()
    return {"typed": typed, "printed": text.splitlines()}


def as_text(screens: list[printed.Screen]) -> str:
    return "\n".join(
        line for screen in screens for line in [*screen["typed"], *screen["printed"]]
    )
