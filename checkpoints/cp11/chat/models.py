from django.conf import settings
from django.db import models

from chat.messages import MAX_ID_LENGTH
from chat.names import MAX_USERNAME_LENGTH
from chat.rooms import MAX_ROOM_LENGTH


class Room(models.Model):
    """A room in which something was said. It counts its messages."""

    name = models.CharField(max_length=MAX_ROOM_LENGTH, unique=True)
    newest = models.PositiveIntegerField(default=0)
    # What people call a private room, whose name is chance. Others have none.
    title = models.CharField(max_length=MAX_ROOM_LENGTH, blank=True)

    def __str__(self) -> str:
        """Its name."""
        return self.name


class Message(models.Model):
    """Something that was said, as number `seq` in its room."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="messages")
    seq = models.PositiveIntegerField()
    name = models.CharField(max_length=MAX_USERNAME_LENGTH)
    # Guests have no account, and may have had the name before it was registered.
    by_account = models.BooleanField(default=False)
    # Nobody any more, if the account was deleted.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="messages"
    )
    # Made by the client. Empty for one that makes no ids.
    client_id = models.CharField(max_length=MAX_ID_LENGTH)
    message = models.TextField()
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "seq"], name="seq_in_room"),
            models.UniqueConstraint(
                fields=["room", "name", "client_id"],
                condition=models.Q(by_account=False) & ~models.Q(client_id=""),
                name="once_by_guest_and_id",
            ),
            models.UniqueConstraint(
                fields=["room", "author", "client_id"],
                condition=~models.Q(client_id=""),
                name="once_by_author_and_id",
            ),
        ]

    def __str__(self) -> str:
        """Who said what."""
        return f"{self.name}: {self.message}"
