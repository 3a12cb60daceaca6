from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from accounts.rights import Right, ended

pytestmark = pytest.mark.django_db


def right_of(name: str) -> Right:
    user = User.objects.create_user(name, password="correct horse")
    return Right(user.pk, user.get_session_auth_hash(), None)


def test_the_right_ends() -> None:
    """Add one to the account's farewells, as the view logout_everywhere does."""
    alice, said = right_of("alice"), StringIO()

    call_command("logout", "alice", stdout=said)

    assert alice in ended([alice])
    assert said.getvalue() == "alice is logged out.\n"


def test_nobody_else_is_logged_out() -> None:
    """Change only the account with this name."""
    right_of("alice")
    bob = right_of("bob")

    call_command("logout", "alice", stdout=StringIO())

    assert not ended([bob])


def test_a_name_that_nobody_has_is_named() -> None:
    """Raise CommandError with the name, if update has changed no row."""
    right_of("alice")

    with pytest.raises(CommandError, match="alicia"):
        call_command("logout", "alicia", stdout=StringIO())
