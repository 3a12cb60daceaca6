"""By which right somebody is connected, and whether it still holds."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import Look, User
from chat.looks import looks_of
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
    """What somebody's connection hangs on, as it was when it began."""

    # An account. A guest has none.
    user_id: int | None = None
    # Another one after a new password.
    user_hash: str = ""
    # Who came with a ticket has none.
    session_key: str | None = None
    # A private room.
    room_id: int | None = None
    # How the name of a guest looks.
    looks: frozenset[str] = frozenset()


# The connections to this server, without those that have ended in whatever way.
held: WeakKeyDictionary[Any, Right] = WeakKeyDictionary()


async def enter(scope: Any, room: str, guest: str | None) -> Right | None:
    """The right by which somebody enters a room. Raises Refused.

    A guest's is to a name that no account has; who brings no name has no right.
    """
    if scope["user"].is_authenticated:
        return await in_thread(find_right)(scope, room)
    if room.startswith(PRIVATE):
        raise Refused(LOG_IN)
    if guest is None:
        return None
    right = right_to(guest)
    await in_thread(require)(right)
    return right


def find_right(scope: Any, room: str) -> Right:
    """The right of an account to enter a room. Raises Refused if it has none."""
    user = scope["user"]
    right = Right(user.pk, user.get_session_auth_hash(), scope["session"].session_key)
    if not room.startswith(PRIVATE):
        return right
    for member in user.memberships.filter(room__name=room):
        return replace(right, room_id=member.room_id)
    raise Refused(NO_MEMBER)


def right_to(name: str) -> Right:
    """The right of a guest to a name."""
    return Right(looks=frozenset(looks_of(name)))


def require(right: Right) -> None:
    """Raise Refused if a right no longer holds."""
    for refusal in ended({right}).values():
        raise Refused(refusal)


def require_still(right: Right | None, name: str) -> None:
    """Raise Refused if somebody may not, or no longer, speak under a name."""
    require(right or right_to(name))


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
    looks = Look.objects.filter(
        look__in={look for right in rights for look in right.looks}
    )
    taken = set(looks.values_list("look", flat=True))
    refusals = {}
    for right in rights:
        if right.looks & taken:
            refusals[right] = TAKEN
        elif right.user_id and (
            hashes.get(right.user_id) != right.user_hash
            or right.session_key not in keys
        ):
            refusals[right] = LOG_IN
        elif right.room_id and (right.room_id, right.user_id) not in members:
            refusals[right] = NO_MEMBER
    return refusals
