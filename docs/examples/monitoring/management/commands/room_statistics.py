"""Adds up what several servers know of their rooms."""

import json
from collections import Counter
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from django.core.management import BaseCommand, CommandError, CommandParser

SECONDS = 2


class Command(BaseCommand):
    help = "Show the rooms of all servers and the number of their members."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("servers", nargs="+", help="http://127.0.0.1:8000 …")

    def handle(self, *args: Any, **options: Any) -> None:
        total: Counter[str] = Counter()
        for server in options["servers"]:
            try:
                with urlopen(f"{server}/statistics/", timeout=SECONDS) as answer:
                    total.update(json.load(answer)["rooms"])
            except (URLError, TimeoutError, ValueError, KeyError) as error:
                raise CommandError(f"{server} tells no numbers: {error}") from None
        self.stdout.write(f"{len(total)} rooms, {total.total()} members")
        for room, number in total.most_common():
            self.stdout.write(f"{number:6}  {room}")
