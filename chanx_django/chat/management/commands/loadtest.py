import argparse
import asyncio
import ipaddress
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import urlsplit

import psutil
import pygal
from django.core.management import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from chat.clients import ServerError
from chat.load import Plan, Result, enter_rooms, talk

# What this process needs besides the connections.
OTHER_FILES = 100


def positive(text: str) -> int:
    """The number in an option. Raises ArgumentTypeError if it is not 1 or more."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 up")
    return int(text)


def local_url(text: str) -> str:
    """The address without its path. Only this computer's: others have not asked."""
    url = urlsplit(text)
    try:
        host, _ = url.hostname or "", url.port
        is_local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_local = False
    if url.scheme != "ws" or not is_local:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not the address of a server on this computer,"
            " as ws://127.0.0.1:8000 is"
        )
    return f"ws://{url.netloc}"


class Command(BaseCommand):
    """`manage.py loadtest`: many clients, and a check of every delivery."""

    help = (
        "Send messages to a running server from many clients, and check that each"
        " arrives once, in order, at everybody in the room."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the server, the rooms, their members, the messages and the pace."""
        parser.add_argument(
            "--url",
            action="append",
            type=local_url,
            dest="urls",
            help="The server, ws://127.0.0.1:8000 if left out. Give several times for"
            " servers that share a Redis: the members spread over them.",
        )
        parser.add_argument("--rooms", type=positive, default=1)
        parser.add_argument(
            "--members", type=positive, default=100, help="In each room; 100."
        )
        parser.add_argument(
            "--messages", type=positive, default=100, help="To each room; 100."
        )
        pace = parser.add_mutually_exclusive_group()
        pace.add_argument(
            "--in-flight",
            type=positive,
            default=1,
            help="Messages of a room that are on their way at once; 1: the next is"
            " sent when everybody has the last.",
        )
        pace.add_argument(
            "--rate",
            type=positive,
            help="Messages a second instead, to all rooms together.",
        )
        parser.add_argument(
            "--plot",
            type=Path,
            help="Draw how long the deliveries took, and save it there as an SVG.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Put on the load and show the result.

        Raises CommandError if a server can't be loaded, or a delivery is missing,
        doubled or late.
        """
        plan = Plan(
            urls=options["urls"] or ["ws://127.0.0.1:8000"],
            rooms=options["rooms"],
            members=options["members"],
            messages=options["messages"],
            in_flight=options["messages"] if options["rate"] else options["in_flight"],
            rate=options["rate"],
        )
        allow_files(plan.rooms * plan.members + OTHER_FILES)
        try:
            result, memory = asyncio.run(run(plan))
        except ServerError as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            raise CommandError("Stopped.", returncode=130) from None

        Console().print(table_of(plan, result, memory))
        if options["plot"]:
            save_plot(result, options["plot"])
            self.stdout.write(f"Saved {options['plot']}.")
        if result.wrong:
            raise CommandError("Not every message arrived once and in order.")


def allow_files(needed: int) -> None:
    """Let this process open as many files, of which every connection is one."""
    with suppress(ImportError):  # Windows has no such limit.
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft >= needed:
            return
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
        except (OSError, ValueError):
            raise CommandError(
                f"This computer lets a program open {hard} files, and so many members"
                f" need {needed}. Take fewer, or raise the limit: ulimit -Hn {needed}"
            ) from None


async def run(plan: Plan) -> tuple[Result, int | None]:
    """The result, and the memory of a connection in bytes, None if unknown."""
    async with AsyncExitStack() as stack:
        progress = stack.enter_context(Progress(transient=True))
        connections = plan.rooms * plan.members
        entering = progress.add_task("Members", total=connections)
        sending = progress.add_task("Messages", total=plan.rooms * plan.messages)

        before = memory_of_servers(plan.urls)
        rooms = await enter_rooms(plan, lambda: progress.advance(entering), stack)
        after = memory_of_servers(plan.urls)
        result = await talk(rooms, lambda: progress.advance(sending))
    if before is None or after is None:
        return result, None
    return result, (after - before) // connections


def memory_of_servers(urls: list[str]) -> int | None:
    """The bytes of memory of the processes that listen there; None if not to be seen.

    Other users' processes can't be seen, and a container's are not on this computer.
    """
    ports = {urlsplit(url).port or 80 for url in urls}
    memory = 0
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if any(
                connection.status == psutil.CONN_LISTEN
                and connection.laddr.port in ports
                for connection in process.net_connections("tcp")
            ):
                memory += process.memory_info().rss
    return memory or None


def table_of(plan: Plan, result: Result, memory: int | None) -> Table:
    """The result as it is shown, with the memory of a connection in bytes."""
    arrived = result.expected - result.lost
    percentiles = percentiles_of(result)
    table = Table("", title=f"rooms: {plan.rooms}, members of each: {plan.members}")
    table.add_column("", justify="right")
    table.add_row("deliveries", f"{arrived:,} of {result.expected:,}")
    table.add_row("deliveries a second", f"{result.speed:,.0f}")
    table.add_row("p50", f"{percentiles[49]:,.1f} ms")
    table.add_row("p99", f"{percentiles[98]:,.1f} ms")
    table.add_row("lost", f"{result.lost:,}")
    table.add_row("duplicated", f"{result.surplus:,}")
    table.add_row("out of order", f"{result.late:,}")
    kib = "unknown" if memory is None else f"{memory / 1024:.0f} KiB"
    table.add_row("server's memory per connection", kib)
    busy = result.busy_seconds / result.seconds
    table.add_row("this command was busy", f"{busy:.0%}")
    return table


def percentiles_of(result: Result) -> list[float]:
    """Percentiles 1 to 99 of the latencies, in ms."""
    if len(result.latencies) < 2:
        return [1000 * sum(result.latencies)] * 99
    return [1000 * latency for latency in quantiles(result.latencies, n=100)]


def save_plot(result: Result, path: Path) -> None:
    """Draw the latencies, as an SVG. Raises CommandError if it can't be written."""
    # Without the script that Pygal would have the file load from its own site.
    chart = pygal.XY(js=[], show_dots=False, show_legend=False)
    chart.title = "How long it took to deliver"
    chart.x_title = "% of the deliveries"
    chart.y_title = "at most so many ms"
    chart.add("", list(enumerate(percentiles_of(result), start=1)))
    try:
        path.write_bytes(chart.render())
    except OSError as error:
        raise CommandError(f"{path} can't be written: {error.strerror}") from None
