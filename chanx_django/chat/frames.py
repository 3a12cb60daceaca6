"""A limit on frames of which an application knows nothing.

A message may come in many frames, of a byte or of none. And the protocol has pings of
its own. The server deals with both, and each costs it time.
"""

import logging
from typing import Any

from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from django.conf import settings

from chat.rate_limit import TokenBucket

# So many frames for each message that the rate limit lets pass.
FRAMES = 10

logger = logging.getLogger(__name__)


class LimitedProtocol(WebSocketProtocol):  # type: ignore[misc]
    """Daphne's side of a connection. It ends when frames come too fast."""

    def onConnect(self, request: Any) -> Any:
        """Begin the handshake, as Daphne does."""
        self.bucket = TokenBucket(
            FRAMES * settings.RATE_LIMIT_BURST, FRAMES * settings.RATE_LIMIT_PER_SECOND
        )
        return super().onConnect(request)

    def onFrameBegin(self) -> None:
        """Count a frame, and drop the connection if there are too many."""
        super().onFrameBegin()
        self.bucket.take()
        if self.bucket.is_in_debt:
            logger.warning("Frames come too fast, so this ends: %s", self.client_addr)
            self.dropConnection(abort=True)


def limit_frames() -> None:
    """Have Daphne, if this runs in it, count the frames of every connection."""
    WebSocketFactory.protocol = LimitedProtocol
