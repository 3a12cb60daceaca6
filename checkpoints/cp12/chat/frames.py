"""What an application can't know of its connections: frames, and who reads slowly.

A message may come in many frames, of a byte or of none. And the protocol has pings of
its own. The server deals with both, and each costs it time.

What a client does not read, Daphne keeps, as much as it is. Uvicorn's send() waits.
"""

import asyncio
import logging
import sys
from contextvars import ContextVar
from importlib import import_module
from typing import Any

from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from django.conf import settings
from websockets.exceptions import ProtocolError
from websockets.server import ServerProtocol

from chat.rate_limit import TokenBucket

# So many frames for each message that the rate limit lets pass.
FRAMES = 10
# Daphne waits for a second. Who is closed for sending too fast may still be sending.
SECONDS_TO_READ_A_CLOSE = 10

logger = logging.getLogger(__name__)


# Set while there is room for more to the client of this connection.
always = asyncio.Event()
always.set()
room_for_more: ContextVar[asyncio.Event] = ContextVar("room_for_more", default=always)


class FrameBucket(TokenBucket):
    """A token for each frame of a connection."""

    def __init__(self) -> None:
        super().__init__(
            FRAMES * settings.RATE_LIMIT_BURST, FRAMES * settings.RATE_LIMIT_PER_SECOND
        )

    def is_overdrawn_by_one_more(self) -> bool:
        """Count a frame. Whether it is one too many, which is logged."""
        self.take()
        if self.is_in_debt:
            logger.warning("Frames come too fast, so a connection ends.")
        return self.is_in_debt


class DaphneProtocol(WebSocketProtocol):  # type: ignore[misc]
    """Daphne's side of a connection. It ends when frames come too fast.

    Twisted knows it as a producer, which has to pause while its buffer is full.
    """

    def onConnect(self, request: Any) -> Any:
        """Begin the handshake, as Daphne does."""
        self.frames = FrameBucket()
        self.closeHandshakeTimeout = SECONDS_TO_READ_A_CLOSE
        self.room = asyncio.Event()
        self.resumeProducing()
        self.unregisterProducer()
        self.registerProducer(self, True)
        # The consumer begins in what is the context now.
        room_for_more.set(self.room)
        return super().onConnect(request)

    def onFrameBegin(self) -> None:
        """Count a frame, and drop the connection if there are too many."""
        super().onFrameBegin()
        if self.frames.is_overdrawn_by_one_more():
            self.dropConnection(abort=True)

    def pauseProducing(self) -> None:
        """Let nobody send more."""
        self.room.clear()

    def resumeProducing(self) -> None:
        """Let them send again."""
        self.room.set()

    def stopProducing(self) -> None:
        """Let them find out that the client has gone."""
        self.room.set()


class UvicornProtocol(ServerProtocol):
    """The same for Uvicorn, which leaves the frames to the package websockets."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.frames = FrameBucket()

    def recv_frame(self, frame: Any) -> None:
        """Count a frame. Raises ProtocolError, which ends the connection."""
        if self.frames.is_overdrawn_by_one_more():
            raise ProtocolError("too many frames")
        super().recv_frame(frame)


def limit_frames() -> None:
    """Have the server that runs this count the frames of every connection."""
    WebSocketFactory.protocol = DaphneProtocol
    if sys.modules.get("uvicorn"):
        uvicorn = import_module("uvicorn.protocols.websockets.websockets_sansio_impl")
        vars(uvicorn)["ServerProtocol"] = UvicornProtocol
