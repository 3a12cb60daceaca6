"""Links that let one account into a private room, once."""

from datetime import datetime, timedelta

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from chat.models import Room
from private.models import Invitation, Membership

VALID = timedelta(days=7)
SALT = "private.invitation"

ALTERED = "This link is not complete, or somebody has altered it. Copy all of it."
OLD = "This invitation is too old. Ask for a new one."
GONE = "This invitation has been used or revoked. Ask for a new one."
NOT_YOURS = "This invitation is for another account. Log in as whom it was made for."


def end_of(invitation: Invitation) -> datetime:
    """When it gets too old."""
    return invitation.made_at + VALID


def sign(invitation: Invitation) -> str:
    """What the link says: which invitation, and that we have made it."""
    return Signer(salt=SALT).sign_object(invitation.pk)


def read(signed: str, user: User) -> Invitation:
    """The invitation of a link. Raises ValueError, with what is wrong with it."""
    try:
        key = Signer(salt=SALT).unsign_object(signed)
    except BadSignature:
        raise ValueError(ALTERED) from None
    invitation = Invitation.objects.filter(pk=key).select_related("room").first()
    if not invitation:
        raise ValueError(GONE)
    if invitation.user_id != user.pk:
        raise ValueError(NOT_YOURS)
    if end_of(invitation) <= timezone.now():
        raise ValueError(OLD)
    return invitation


def accept(signed: str, user: User) -> Room:
    """Make somebody a member. Raises ValueError, with what is wrong with the link."""
    with transaction.atomic():
        invitation = read(signed, user)
        # Of two who use it at once, one deletes it.
        if not Invitation.objects.filter(pk=invitation.pk).delete()[0]:
            raise ValueError(GONE)
        Membership.objects.get_or_create(room=invitation.room, user=user)
    return invitation.room
