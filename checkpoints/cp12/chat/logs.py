import logging
from typing import Any

MAX_LENGTH = 500


class SafeFormatter(logging.Formatter):
    """Writes a message on one line, and of a long one the beginning.

    Much of it comes from clients. Nothing of that may pass for another line, do
    something to a terminal, or fill the disk.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line without the traceback."""
        return escape(super().formatMessage(record))

    def formatException(self, exc_info: Any) -> str:
        """The traceback, whose last line may quote a client."""
        lines = super().formatException(exc_info).splitlines()
        return "\n".join(escape(line) for line in lines)


def escape(line: str) -> str:
    """A line in which what can't be printed is written as Python writes it."""
    cut = line if len(line) <= MAX_LENGTH else f"{line[:MAX_LENGTH]} …"
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in cut)
