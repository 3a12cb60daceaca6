"""What the people who run the server have to say, or a job."""

import logging
from collections.abc import Collection

from redis.exceptions import RedisError

from accounts.models import User
from chat.outage import explain
from system.consumers.system_consumer import EVERYBODY, SystemConsumer
from system.messages import NotificationPayload, SystemNotification
from system.models import Job
from system.owners import group_of, members_of

logger = logging.getLogger(__name__)


def notify(message: str, groups: Collection[str] = (EVERYBODY,)) -> None:
    """Tell something to all windows of those groups, from outside of a coroutine.

    Raises ValidationError if it is empty or too long, RedisError if Redis fails.
    """
    payload = NotificationPayload(message=message)
    SystemConsumer.broadcast_event_sync(SystemNotification(payload=payload), groups)


def groups_for(username: str, room: str) -> list[str]:
    """The groups of a user, of a room's members, or of all. Raises ValueError."""
    if username:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise ValueError("Nobody has an account of that name.")
        return [group_of(f"user.{user.pk}")]
    if room:
        members = members_of(room)
        if not members:
            raise ValueError("Only a private room has members, and there is none such.")
        return [group_of(member) for member in members]
    return [EVERYBODY]


def tell_members(job: Job) -> None:
    """Tell a private room's members that one of them has its history."""
    if groups := [group_of(member) for member in members_of(job.content)]:
        try:
            notify(f"A member has made this of the room: {job}.", groups)
        except RedisError as error:
            logger.error(explain(error))
