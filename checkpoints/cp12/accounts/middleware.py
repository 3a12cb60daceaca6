"""Who a connection belongs to, before any consumer is asked."""

import logging
from typing import Any

from channels.db import database_sync_to_async
from channels.middleware import BaseMiddleware
from chanx.messages.outgoing import ErrorMessage
from django.contrib.sessions.backends.db import SessionStore
from django.db import Error

from accounts import tickets
from chat.database import TRY_AGAIN, explain

PROTOCOL = "chat"
TICKET = "ticket."

BAD_TICKET = "This ticket has been used, or is too old. Get a new one."

CLOSE_BAD_TICKET = 4401
CLOSE_NO_DATABASE = 4014

logger = logging.getLogger(__name__)


async def turn_away(send: Any, code: int, error: str) -> None:
    """Say what to do, and close: before the accept, a client would see only 1006."""
    message = ErrorMessage(payload={"detail": error})
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": message.model_dump_json()})
    await send({"type": "websocket.close", "code": code, "reason": error})


class DatabaseMiddleware(BaseMiddleware):
    """Turns a client away while the database can't tell who it is."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Run the application."""
        try:
            await super().__call__(scope, receive, send)
        except Error as error:
            logger.error(explain(error))
            await turn_away(send, CLOSE_NO_DATABASE, TRY_AGAIN)


class TicketMiddleware(BaseMiddleware):
    """Lets in who offers the subprotocols `chat` and `ticket.…`, as that account.

    Other headers, no browser can set; and the address would be kept by many a log.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Run the application, as whose ticket it is."""
        offered = scope.get("subprotocols", [])
        ticket = next((name for name in offered if name.startswith(TICKET)), None)

        async def send_choice(message: Any) -> None:
            if message["type"] == "websocket.accept" and PROTOCOL in offered:
                message = message | {"subprotocol": PROTOCOL}
            await send(message)

        if ticket is not None:
            use = database_sync_to_async(tickets.use)
            user = await use(ticket.removeprefix(TICKET))
            if not user:
                await turn_away(send_choice, CLOSE_BAD_TICKET, BAD_TICKET)
                return
            scope = scope | {"user": user, "session": SessionStore()}
        await super().__call__(scope, receive, send_choice)
