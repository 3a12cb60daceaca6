"""Whose a job is: a user's, or a browser's."""

import uuid
from typing import Any

from chat.rooms import PRIVATE
from private.models import Membership

SESSION_KEY = "jobs"


def owner_of(user: Any, session: Any) -> str:
    """The name of an owner, which is also the end of a group's; empty for nobody."""
    if user.is_authenticated:
        return f"user.{user.pk}"
    return str(session.get(SESSION_KEY, ""))


def ensure_owner(user: Any, session: Any) -> str:
    """The same, for a page: a browser that is new becomes an owner by its cookie."""
    session.setdefault(SESSION_KEY, f"guest.{uuid.uuid4().hex}")
    return owner_of(user, session)


def group_of(owner: str) -> str:
    """The group of the owner's windows."""
    return f"system.{owner}"


def members_of(room: str) -> list[str]:
    """Those of a private room, as owners of jobs. A public one has none."""
    users = Membership.objects.filter(room__name=room).values_list("user", flat=True)
    return [f"user.{user}" for user in users]


def may_read(owner: str, room: str) -> bool:
    """Whether what was said in a room is for that owner."""
    return not room.startswith(PRIVATE) or owner in members_of(room)
