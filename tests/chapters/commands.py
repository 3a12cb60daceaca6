"""The steps in terminals: run, output, stop and terminals."""

import importlib.metadata
import re

from tests.chapters import printed
from tests.chapters.failures import Failure
from tests.chapters.pages import Step
from tests.chapters.ports import accepts, ports_of_server, wait_until
from tests.chapters.reader import Reader
from tests.chapters.recordings import write_recording
from tests.chapters.terminal import Typed

PIN = re.compile(r'"([\w-]+)(?:\[[\w,-]+\])?==([^"]+)"')


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
        reader.command = terminal.start(text)
        wait_for_server(reader, reader.command, text)
        return
    reader.command = terminal.run(text, reader.seconds)
    require_exit(reader.command, step["exits"])


def compare_packages(typed: str) -> None:
    """Raises Failure unless these packages are those of the course's environment."""
    for name, version in PIN.findall(typed):
        try:
            installed = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            installed = "none"
        if installed != version:
            raise Failure(
                f"the course's environment has {name} {installed}, not {version}"
            )


def require_exit(command: Typed, status: int) -> None:
    if command.status != status:
        raise Failure(
            f"the command ended with exit status {command.status}, not {status}; it "
            f"printed:\n{command.output}"
        )


def wait_for_server(reader: Reader, server: Typed, text: str) -> None:
    ports = ports_of_server(text)
    if not ports and reader.kind(1) != "output":
        raise Failure("nothing shows when this is ready: add an output")
    is_ready = wait_until(
        lambda: not server.is_running or all(map(accepts, ports)), reader.seconds
    )
    reader.servers_are_alive()
    if not is_ready:
        raise Failure(
            f"the server was not ready within {reader.seconds:g} seconds; it "
            f"printed:\n{server.output}"
        )


def output(reader: Reader, step: Step) -> None:
    command, to_page = reader.command, reader.computer.ports.to_page
    if command is None:
        raise Failure("there is no command before this output")
    if not any(command is server for server in reader.computer.running.values()):
        printed.compare(step["printed"], to_page(command.output))
        return

    def missing() -> str | None:
        return printed.missing_line(step["printed"], to_page(command.output))

    wait_until(lambda: not missing() or not command.is_running, reader.seconds)
    if line := missing():
        raise Failure(
            f"the line {line!r} did not appear in {reader.seconds:g} seconds",
            step["printed"],
            to_page(command.output),
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
    server = reader.computer.running.get(number)
    if server is None:
        raise Failure(f"nothing runs in terminal {number}")
    text = reader.computer.ports.to_page(server.output)
    typed = reader.servers[number]["typed"].splitlines()
    return {"typed": typed, "printed": text.splitlines()}


def as_text(screens: list[printed.Screen]) -> str:
    return "\n".join(
        line for screen in screens for line in [*screen["typed"], *screen["printed"]]
    )
