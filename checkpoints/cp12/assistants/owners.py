from typing import Any


def owner_of(scope: Any, connection: str) -> str:
    """Whose answers a connection is about: a user's, or a browser's.

    A program without cookies has only this one connection.
    """
    if scope["user"].is_authenticated:
        return f"user {scope['user'].pk}"
    return f"session {scope['session'].session_key or connection}"
