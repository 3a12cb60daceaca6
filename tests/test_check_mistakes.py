"""What `tutorial.py check` answers to the mistakes that learners make."""

import pytest

from tests.support.learner import Learner

SETDEFAULT = 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")'
# A checkpoint's file, what is right there and what a learner has instead; what comes of
# it; the section that teaches it; and a hint, where it is known.
MISTAKES = r"""
cp0 chat/consumers.py | await self.send( | self.send(
nothing, however long the test waited
echo.rst, section "Write a consumer"

cp1 chat/consumers.py | groups = ["chat"] | groups = "chat"
nothing, however long the test waited
groups.rst, section "Write the chat consumer"
The consumer joins four groups, c, h, a and t,

cp1 chat/consumers.py | await self.channel_layer | self.channel_layer
nothing, however long the test waited
groups.rst, section "Write the chat consumer"

cp1 chat/consumers.py | def chat_message( | def chat_mesage(
ValueError: No handler for message type chat.message
groups.rst, section "Write the chat consumer"

cp0 config/settings.py | ROOT_URLCONF = | ROOT_URLCONFIG =
AttributeError: 'Settings' object has no attribute 'ROOT_URLCONF'
echo.rst, section "Tell the settings"

cp2 chat/consumers.py | async def connect | groups = []\n\n    async def connect
bob heard something
rooms.rst, section "A room's name is not a group's name"

cp3 chat/consumers.py | .strip() |
'  alice '
usernames.rst, section "Read the query string"

cp2 chat/consumers.py | an accept.\n            await self.accept()\n | an accept.\n
it was refused
rooms.rst, section "Join, then accept"

cp2 chat/consumers.py | ROOM = 4004 | ROOM = 4044
a close with code 4044
rooms.rst, section "Refuse so that a browser learns why"

cp0 chat/routing.py | ws/echo/ | ws/echo
ValueError: No route found for path 'ws/echo/'.
echo.rst, section "Give it a path"

cp1 chat/consumers.py | async def chat_m |  async def chat_m
IndentationError: unindent does not match any outer indentation level
groups.rst, section "Write the chat consumer"

cp2 chat/consumers.py | CLOSE_BAD_ROOM, | CLOSE_BAD_ROM,
NameError: name 'CLOSE_BAD_ROM' is not defined
rooms.rst, section "Join, then accept"

cp0 config/settings.py |     "daphne",\n |
server rejected WebSocket connection: HTTP 404
echo.rst, section "Tell the settings"

cp0 config/settings.py | ASGI_APPLICATION = "config.asgi.application"\n |
CommandError: You have not set ASGI_APPLICATION
echo.rst, section "Tell the settings"

cp0 config/asgi.py |         "http": django_application,\n |
HTTPError: HTTP Error 500: Internal Server Error
echo.rst, section "Write the ASGI application"

cp0 config/asgi.py | SETDEFAULT\n |
returned non-zero exit status
echo.rst, section "Write the ASGI application"

cp0 manage.py |     SETDEFAULT\n |
settings are not configured
prerequisites.rst, section "A door: manage.py"
"""


@pytest.mark.parametrize("mistake", MISTAKES.strip().split("\n\n"))
def test_a_mistake_is_answered_with_its_line_and_section(
    learner: Learner, mistake: str
) -> None:
    made, came, section, *hint = mistake.replace("SETDEFAULT", SETDEFAULT).split("\n")
    where, right, wrong = made.replace("\\n", "\n").split(" |")
    checkpoint, path = where.split()
    learner.start(checkpoint)
    line = learner.replace(path, right[1:], wrong[1:])

    answer = learner.check(checkpoint).partition("\n✗ ")[2]

    place = answer.partition("Look at:  ")[2].split("\n")
    assert came in answer
    lines = (learner.project / path).read_text().split("\n")
    if "\n" in right:
        missing = next(it for it in right.split("\n") if it not in wrong).strip()
        assert f"({checkpoint} has a line before this one: {missing})" in answer
    else:
        assert place[0] == f"mychat/{path}, line {line}"
    assert lines[int(place[0].rpartition(" ")[2]) - 1].strip() == place[1].strip()
    assert f"    Read:     docs/tutorial/{section}\n" in answer
    assert f" behaviors of {checkpoint} are right" in answer
    assert not hint or f"    Hint:     {hint[0]}" in answer
