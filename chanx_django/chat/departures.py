from contextlib import suppress
from typing import Any

from autobahn.exception import Disconnected
from channels.middleware import BaseMiddleware


class DepartureMiddleware(BaseMiddleware):
    """Drops what is meant for a client that has gone, where Daphne raises an error.

    The error would end the consumer before it could leave its groups.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Run the application, without what it sends to a client that has gone."""

        async def send_unless_gone(message: Any) -> None:
            with suppress(Disconnected):
                await send(message)

        scope = scope | {"send_to_client": send_unless_gone}
        await super().__call__(scope, receive, send_unless_gone)
