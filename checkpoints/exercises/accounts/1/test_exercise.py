import pytest
from django.test import Client

from accounts.models import User
from accounts.rights import Right, ended

ANSWER = "2"


def right_of(browser: Client, user: User) -> Right:
    key = browser.session.session_key
    return Right(user.pk, user.get_session_auth_hash(), key)


@pytest.mark.django_db
def test_logging_out_closes_what_came_by_that_session() -> None:
    alice = User.objects.create_user("alice", password="correct horse")
    laptop, phone = Client(), Client()
    for browser in laptop, phone:
        browser.force_login(alice, "django.contrib.auth.backends.ModelBackend")
    rights = [right_of(browser, alice) for browser in (laptop, laptop, phone)]

    laptop.post("/accounts/logout/")

    gone = ended(rights)
    assert str(sum(right in gone for right in rights)) == ANSWER
