"""By which right somebody is connected, and whether it still holds."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

from channels.db import database_sync_to_async
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import User, is_taken
from chat.rooms import PRIVATE
from private.models import Membership

# A thread for what is read here. That of the history may have to wait for others.
in_thread = partial(
    database_sync_to_async, thread_sensitive=False, executor=ThreadPoolExecutor(1)
)


class Refusal(NamedTuple):
    """A close code, and what to do."""

    code: int
    error: str


LOG_IN = Refusal(4401, "You are not logged in, or no longer. Log in, then come back.")
NO_MEMBER = Refusal(4403, "There is no such room, or you are not in it.")
TAKEN = Refusal(
    4001,
    "This name, or one that looks the same, is an account's. Log in, or take another.",
)


class Refused(Exception):
    """Somebody has no right to what they want. It holds the Refusal."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


@dataclass(frozen=True)
class Right:
    """An account, as it was when the connection began; and a private room."""

    user_id: int
    # Another one after a new password.
    user_hash: str
    # Who came with a ticket has none.
    session_key: str | None
    room_id: int | None = None


# The connections to this server by which people with an account are in a room.
held: dict[Any, Right] = {}


async def enter(scope: Any, room: str, guest: str | None) -> Right | None:
    """The right by which somebody enters a room; a guest has none. Raises Refused."""
    if scope["user"].is_authenticated:
        return await in_thread(find_right)(scope, room)
    if room.startswith(PRIVATE):
        raise Refused(LOG_IN)
    if guest is not None:
        await in_thread(require_free)(guest)
    return None


def find_right(scope: Any, room: str) -> Right:
    """The right of an account to enter a room. Raises Refused if it has none."""
    user = scope["user"]
    right = Right(user.pk, user.get_session_auth_hash(), scope["session"].session_key)
    if not room.startswith(PRIVATE):
        return right
    for member in user.memberships.filter(room__name=room):
        return replace(right, room_id=member.room_id)
    raise Refused(NO_MEMBER)


def require_free(name: str) -> None:
    """Raise Refused if a guest's name looks like that of an account."""
    if is_taken(name):
        raise Refused(TAKEN)


def require(right: Right) -> None:
    """Raise Refused if a right no longer holds."""
    for refusal in ended({right}).values():
        raise Refused(refusal)


def require_still(right: Right | None, name: str) -> None:
    """Raise Refused if somebody may no longer speak under a name: a right has ended.

    A guest has none, and may do so until the name is an account's.
    """
    if right:
        require(right)
    else:
        require_free(name)


def ended(rights: Iterable[Right]) -> dict[Right, Refusal]:
    """Which of the rights no longer hold, and why."""
    rights = set(rights)
    users = User.objects.filter(
        pk__in={right.user_id for right in rights}, is_active=True
    )
    hashes = {user.pk: user.get_session_auth_hash() for user in users}
    sessions = Session.objects.filter(
        session_key__in={right.session_key for right in rights} - {None},
        expire_date__gt=timezone.now(),
    )
    keys = {None, *sessions.values_list("session_key", flat=True)}
    members = set(
        Membership.objects.filter(
            room__in={right.room_id for right in rights} - {None}
        ).values_list("room_id", "user_id")
    )
    refusals = {}
    for right in rights:
        if (
            hashes.get(right.user_id) != right.user_hash
            or right.session_key not in keys
        ):
            refusals[right] = LOG_IN
        elif right.room_id and (right.room_id, right.user_id) not in members:
            refusals[right] = NO_MEMBER
    return refusals
