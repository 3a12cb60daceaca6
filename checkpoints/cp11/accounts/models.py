from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models, transaction

from chat.looks import looks_of
from chat.names import MAX_USERNAME_LENGTH, fault_in


def validate_name(name: str) -> None:
    """Raise ValidationError for what can't be a name in the chat."""
    if fault := fault_in(name):
        raise ValidationError(fault)


class User(AbstractUser):
    """Somebody with an account."""

    username = models.CharField(
        "name",
        max_length=MAX_USERNAME_LENGTH,
        unique=True,
        validators=[validate_name],
        error_messages={"unique": "Somebody has this name."},
    )
    # How often they have logged out everywhere.
    farewells = models.PositiveIntegerField(default=0, editable=False)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save it with its looks. Raises IntegrityError if somebody has one of them."""
        with transaction.atomic():
            super().save(*args, **kwargs)
            looks = looks_of(self.username)
            self.looks.exclude(look__in=looks).delete()
            # In one order: two who sign up at once would wait for each other.
            for look in sorted(looks):
                Look.objects.get_or_create(user=self, look=look)

    def get_session_auth_hash(self) -> str:
        """What a session has to hold: another one after a new password or farewell."""
        return f"{super().get_session_auth_hash()}.{self.farewells}"

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same, made with the older keys in SECRET_KEY_FALLBACKS."""
        for older in super().get_session_auth_fallback_hash():
            yield f"{older}.{self.farewells}"


class Look(models.Model):
    """One way in which a name looks. Nobody else can have it."""

    look = models.CharField(max_length=1000, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="looks"
    )

    def __str__(self) -> str:
        """The look."""
        return self.look


class Ticket(models.Model):
    """Lets somebody in once, without a cookie. Only its hash is kept."""

    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    # After a new password, another one: then the ticket is worth nothing.
    user_hash = models.CharField(max_length=100)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        """Whose it is."""
        return f"A ticket of {self.user}"


def is_taken(name: str) -> bool:
    """Whether a name looks like that of somebody with an account."""
    return Look.objects.filter(look__in=looks_of(name)).exists()
