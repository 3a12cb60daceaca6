"""Tells by its exit status whether a channel layer works: 0 if it does, else 1."""

import asyncio
import time
from typing import Any

from channels.layers import BaseChannelLayer, channel_layers
from django.core.management import BaseCommand, CommandError, CommandParser

SECONDS = 2


async def send_to_itself(layer: BaseChannelLayer) -> float:
    """Send a message through the layer and back. The seconds that it took.

    Raises TimeoutError if it does not come back in time.
    """
    started = time.monotonic()
    async with asyncio.timeout(SECONDS):
        channel = await layer.new_channel()
        # With pub/sub, whoever joins a group listens from then on.
        await layer.group_add("check-layer", channel)
        await layer.send(channel, {"type": "check"})
        await layer.receive(channel)
        await layer.group_discard("check-layer", channel)
    return time.monotonic() - started


class Command(BaseCommand):
    help = "Send a message through a channel layer and back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("alias", nargs="?", default="default")

    def handle(self, *args: Any, **options: Any) -> None:
        alias = options["alias"]
        if alias not in channel_layers.configs:
            known = ", ".join(channel_layers.configs)
            raise CommandError(f"There is no layer {alias!r}. There is: {known}.")
        try:
            seconds = asyncio.run(send_to_itself(channel_layers[alias]))
        except TimeoutError:
            raise CommandError(f"{alias}: no answer within {SECONDS} s.") from None
        except OSError as error:
            raise CommandError(f"{alias}: {error}") from None
        except Exception as error:
            raise CommandError(f"{alias}: {type(error).__name__}: {error}") from None
        self.stdout.write(f"{alias}: works, {1000 * seconds:.0f} ms.")
