from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.signals import post_delete
from django.dispatch import receiver

from chat.models import Room


class Membership(models.Model):
    """Somebody in a private room. Whoever has been there longest is its owner."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["room", "user"], name="member_once"),
        ]

    def __str__(self) -> str:
        """Who is in which room."""
        return f"{self.user} in {self.room}"

    @property
    def is_owner(self) -> bool:
        """Whether nobody has been in the room longer."""
        return self.room.memberships.first() == self


@receiver(post_delete, sender=Membership)
def delete_empty_room(instance: Membership, **kwargs: Any) -> None:
    """Nobody could enter a room without members again, so it goes with the last one."""
    Room.objects.filter(pk=instance.room_id, memberships=None).delete()


class Invitation(models.Model):
    """Lets one account into a room, once. Its deletion revokes it."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="invitations")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="invitations"
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        """Who is invited to which room."""
        return f"{self.user} to {self.room}"
