from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import User
from chat.models import Room
from chat.names import MAX_USERNAME_LENGTH
from chat.rooms import MAX_ROOM_LENGTH

NOBODY = "Nobody has this name. Ask them to sign up first."
INSIDE = "They are in this room already."


class RoomForm(forms.Form):
    """What a new room is called."""

    title = forms.CharField(max_length=MAX_ROOM_LENGTH)


class InvitationForm(forms.Form):
    """Whom to invite."""

    username = forms.CharField(label="Name", max_length=MAX_USERNAME_LENGTH)

    def __init__(self, room: Room, *args: Any) -> None:
        super().__init__(*args)
        self.room = room

    def clean_username(self) -> User:
        """The account. Raises ValidationError if there is none, or it is a member."""
        name = self.cleaned_data["username"]
        user = User.objects.filter(username=name, is_active=True).first()
        if not user:
            raise ValidationError(NOBODY)
        if self.room.memberships.filter(user=user).exists():
            raise ValidationError(INSIDE)
        return user
