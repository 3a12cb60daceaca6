import pytest
from playwright.sync_api import Page

from tests.examples.conftest import RunExample, ServeExample
from tests.examples.server import Server

pytestmark = pytest.mark.covers("G5")

CREATE_USERS = """
from django.contrib.auth.models import User
User.objects.create_user("alice", password="wonderland")
User.objects.create_user("bob", password="wonderland", is_staff=True)
"""

LOG_OUT = """
from django.contrib.sessions.models import Session
Session.objects.all().delete()
"""

# What the page hears first on that path: a message, or the code of the close.
FIRST = """
path => new Promise(resolve => {
  const socket = new WebSocket(`ws://${location.host}${path}`);
  socket.onmessage = ({ data }) => resolve(data);
  socket.onclose = ({ code }) => resolve(code);
})
"""


@pytest.fixture(scope="module")
def server(serve_example: ServeExample, run_example: RunExample) -> Server:
    for command in ["migrate", "--run-syncdb"], ["shell", "--command", CREATE_USERS]:
        done = run_example("scope/members.py", *command)
        assert done.returncode == 0, done.stderr
    return serve_example("scope/members.py")


def log_in(page: Page, server: Server, name: str) -> None:
    page.goto(server.origin)
    page.fill("[name=username]", name)
    page.fill("[name=password]", "wonderland")
    page.click("button")
    page.get_by_text(f"You are {name}.").wait_for()


@pytest.mark.parametrize(
    ("name", "members", "staff"),
    [
        (None, 4401, 4401),
        ("alice", "Welcome, alice.", 4403),
        ("bob", "Welcome, bob.", "Welcome, bob."),
    ],
)
def test_a_user_of_the_pages_is_a_user_of_the_sockets(
    page: Page, server: Server, name: str | None, members: str | int, staff: str | int
) -> None:
    if name:
        log_in(page, server, name)
    else:
        page.goto(server.origin)

    assert page.evaluate(FIRST, "/ws/members/") == members
    assert page.evaluate(FIRST, "/ws/staff/") == staff


def test_who_logs_out_stays_who_they_were_on_a_connection(
    page: Page, server: Server, run_example: RunExample
) -> None:
    log_in(page, server, "alice")
    cookie = next(
        f"sessionid={cookie['value']}"
        for cookie in page.context.cookies()
        if cookie["name"] == "sessionid"
    )

    headers = {"Cookie": cookie}
    with server.connect("/ws/members/", additional_headers=headers) as socket:
        assert socket.recv() == "Welcome, alice."
        done = run_example("scope/members.py", "shell", "--command", LOG_OUT)
        assert done.returncode == 0, done.stderr
        socket.send("hello")
        assert socket.recv() == "alice: hello"

    page.reload()
    page.get_by_text("You are nobody.").wait_for()
