"""How much one connection may send."""

import math
import time
from collections.abc import Callable


class TokenBucket:
    """Each frame takes a token, and time puts tokens back.

    The bucket is full at first, with `size` tokens, and gets `per_second` more each
    second. A frame that finds none takes one on credit: so who goes on sending gets
    ever deeper into debt, and who waits gets out of it.
    """

    def __init__(
        self,
        size: float,
        per_second: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.size = size
        self.per_second = per_second
        self.clock = clock
        self.tokens = float(size)
        self.filled_at = clock()

    def take(self, tokens: float = 1) -> None:
        """Take a token or several, on credit if there is none."""
        now = self.clock()
        added = (now - self.filled_at) * self.per_second
        self.tokens = min(self.size, self.tokens + added) - tokens
        self.filled_at = now

    @property
    def is_in_debt(self) -> bool:
        """Whether the last frame found no token."""
        return self.tokens < 0

    @property
    def is_hopeless(self) -> bool:
        """Whether the debt is larger than the bucket."""
        return self.tokens < -self.size

    @property
    def wait(self) -> int:
        """Whole seconds from a frame in debt until one would find a token again."""
        return math.ceil((1 - self.tokens) / self.per_second)
