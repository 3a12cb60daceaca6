"""Tickets: how somebody gets in who can't send a cookie.

A ticket works once, for a short time, and travels in a header that no log keeps.
"""

import hashlib
import secrets
from datetime import timedelta

from django.utils import timezone

from accounts.models import Ticket, User

SECONDS = 30


def digest_of(ticket: str) -> str:
    """What is stored of a ticket: who reads the database can't use it."""
    return hashlib.sha256(ticket.encode()).hexdigest()


def issue(user: User) -> str:
    """A new ticket. Those that were never used are deleted when they are too old."""
    now = timezone.now()
    Ticket.objects.filter(expires_at__lte=now).delete()
    ticket = secrets.token_urlsafe()
    Ticket.objects.create(
        user=user,
        user_hash=user.get_session_auth_hash(),
        digest=digest_of(ticket),
        expires_at=now + timedelta(seconds=SECONDS),
    )
    return ticket


def use(ticket: str) -> User | None:
    """Whose ticket it is; None if it is used, too old, or none.

    A new password, or logging out everywhere, makes it worth nothing.
    """
    found = Ticket.objects.filter(
        digest=digest_of(ticket), expires_at__gt=timezone.now(), user__is_active=True
    )
    for row in found.select_related("user"):
        if row.user_hash != row.user.get_session_auth_hash():
            return None
        # Of two who use it at once, one deletes it.
        if Ticket.objects.filter(pk=row.pk).delete()[0]:
            return row.user
    return None
