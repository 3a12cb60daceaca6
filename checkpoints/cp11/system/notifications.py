"""What the people who run the server have to say, or a job."""

from collections.abc import Collection

from system.consumers.system_consumer import EVERYBODY, SystemConsumer
from system.messages import NotificationPayload, SystemNotification


def notify(message: str, groups: Collection[str] = (EVERYBODY,)) -> None:
    """Tell something to all windows of those groups, from outside of a coroutine.

    Raises ValidationError if it is empty or too long, RedisError if Redis fails.
    """
    payload = NotificationPayload(message=message)
    SystemConsumer.broadcast_event_sync(SystemNotification(payload=payload), groups)
