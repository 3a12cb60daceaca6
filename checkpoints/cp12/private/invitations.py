"""Links that let one account into a private room, once."""

from datetime import timedelta

from django.core import signing
from django.db import transaction

from accounts.models import User
from chat.models import Room
from private.models import Invitation, Membership

VALID = timedelta(days=7)
SALT = "private.invitation"

ALTERED = "This link is not complete, or somebody has altered it. Copy all of it."
OLD = "This invitation is too old. Ask for a new one."
GONE = "This invitation has been used or revoked. Ask for a new one."
NOT_YOURS = "This invitation is for another account. Log in as whom it was made for."


def sign(invitation: Invitation) -> str:
    """What the link says: which invitation, since when, and that we have made it."""
    return signing.dumps(invitation.pk, salt=SALT)


def read(signed: str, user: User) -> Invitation:
    """The invitation of a link. Raises ValueError, with what is wrong with it."""
    try:
        key = signing.loads(signed, salt=SALT, max_age=VALID)
    except signing.SignatureExpired:
        raise ValueError(OLD) from None
    except signing.BadSignature:
        raise ValueError(ALTERED) from None
    invitation = Invitation.objects.filter(pk=key).select_related("room").first()
    if not invitation:
        raise ValueError(GONE)
    if invitation.user_id != user.pk:
        raise ValueError(NOT_YOURS)
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
