"""Ports of this computer: which are free, and the ones for the course's pages."""

import contextlib
import errno
import socket
import sys

from course.errors import TutorialError

HOST = "127.0.0.1"
EVERYWHERE = "0.0.0.0"
PORT_OF_PAGES = 8800


def require_free(port: int, host: str) -> None:
    """Raise TutorialError if a server could not listen there."""
    try:
        with listener(port, host):
            pass
    except OSError as error:
        reason = (
            "is taken by another program"
            if error.errno == errno.EADDRINUSE
            else f"cannot be used ({error.strerror})"
        )
        raise TutorialError(
            f"Port {port} {reason}; choose another one with --port."
        ) from error


def listener(port: int, host: str = HOST) -> socket.socket:
    """Return a socket that has this port to itself. Raises OSError if it is taken."""
    probe = socket.socket()
    if sys.platform == "win32":
        # Otherwise Windows lets two programs have the same port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        # A port whose last connections are still closing counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind((host, port))
    except OSError:
        probe.close()
        raise
    return probe


def free_port_of_pages(port_of_project: int) -> int:
    """Return a free port for the course's pages: always the same, if it is free."""
    if port_of_project != PORT_OF_PAGES:
        with contextlib.suppress(OSError), listener(PORT_OF_PAGES):
            return PORT_OF_PAGES
    with listener(0) as any_port:
        return int(any_port.getsockname()[1])
