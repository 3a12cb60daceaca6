"""Logins that end while the user is connected, in each of the ways there are."""

from contextlib import ExitStack

import pytest
from websockets.exceptions import ConnectionClosed

from tests.examples.conftest import RunExample, ServeExample
from tests.examples.server import Server

pytestmark = pytest.mark.covers("G5")

EXAMPLE = "scope/lasting.py"
SECONDS = 30
NAMES = ["expired", "changed", "deactivated", "staying"]

LOG_IN = """
from django.contrib.auth.models import User
from django.test import Client
for name in %r:
    client = Client()
    client.force_login(User.objects.create_user(name))
    print("SESSION", client.cookies["sessionid"].value)
""" % (NAMES,)  # noqa: UP031

END_LOGINS = """
from datetime import UTC, datetime
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
for session in Session.objects.all():
    user = User.objects.get(pk=session.get_decoded()["_auth_user_id"])
    if user.username == "expired":
        session.expire_date = datetime(2020, 1, 1, tzinfo=UTC)
        session.save()
    elif user.username == "changed":
        user.set_password("another")
        user.save()
    elif user.username == "deactivated":
        user.is_active = False
        user.save()
"""


def run_in_shell(run_example: RunExample, code: str) -> str:
    done = run_example(EXAMPLE, "shell", "--command", code)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def server(serve_example: ServeExample, run_example: RunExample) -> Server:
    assert run_example(EXAMPLE, "migrate", "--run-syncdb").returncode == 0
    return serve_example(EXAMPLE, CHECK_SECONDS="0.1")


def test_only_a_login_that_stays_keeps_its_connection(
    server: Server, run_example: RunExample
) -> None:
    printed = run_in_shell(run_example, LOG_IN)
    keys = [line.split()[1] for line in printed.splitlines() if "SESSION" in line]
    cookies = {
        name: {"Cookie": f"sessionid={key}"}
        for name, key in zip(NAMES, keys, strict=True)
    }
    with ExitStack() as stack:
        people = {
            (path, name): stack.enter_context(
                server.connect(f"/ws/{path}/", additional_headers=cookies[name])
            )
            for name in NAMES
            for path in ("lasting", "members")
        }
        for (_, name), socket in people.items():
            assert socket.recv(SECONDS) == f"Welcome, {name}."

        run_in_shell(run_example, END_LOGINS)

        for name in NAMES[:-1]:
            with pytest.raises(ConnectionClosed):
                people["lasting", name].recv(SECONDS)
            assert people["lasting", name].close_code == 4401
            people["members", name].send("hello")
            assert people["members", name].recv(SECONDS) == f"{name}: hello"
        people["lasting", "staying"].send("hello")
        assert people["lasting", "staying"].recv(SECONDS) == "staying: hello"


def test_a_stranger_is_refused(server: Server) -> None:
    assert server.ask("/ws/lasting/") == "code 4401"
