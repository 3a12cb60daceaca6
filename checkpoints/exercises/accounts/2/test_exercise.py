import pytest

from accounts.models import User
from accounts.rights import Right, ended


@pytest.mark.django_db
def test_who_is_deactivated_has_no_right_any_more() -> None:
    user = User.objects.create_user("mallory", password="correct horse")
    right = Right(user.pk, user.get_session_auth_hash(), None)
    assert not ended([right])

    User.objects.update(is_active=False)

    assert right in ended([right])
