import re

import pytest

from tests.examples.conftest import RunExample, ServeExample
from tests.examples.server import Server

SITE = "groups/site.py"
# Users of an office each, and the sessions of those who have logged in.
LOG_IN = """
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client
call_command("migrate", run_syncdb=True, verbosity=0)
for office in ["company", "company.sales", "company.sales.north", "no office"]:
    user = User.objects.create(username=office)
    if office != "no office":
        user.groups.add(Group.objects.create(name=office))
    client = Client()
    client.force_login(user)
    print("session of", office, "is", client.cookies["sessionid"].value)
client = Client()
client.force_login(user)
print("session of a leaver is", client.cookies["sessionid"].value)
"""


@pytest.fixture(scope="module")
def sessions(run_example: RunExample) -> dict[str, str]:
    """The session of a user of each office."""
    done = run_example(SITE, "shell", "--command", LOG_IN)
    assert done.returncode == 0, done.stderr
    return dict(re.findall(r"session of (.+) is (\w+)", done.stdout))


@pytest.fixture(scope="module")
def server(serve_example: ServeExample, sessions: dict[str, str]) -> Server:
    return serve_example(SITE, SECONDS_OF_CALL="3")
