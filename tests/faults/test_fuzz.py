"""Frames that nobody has thought of.

Nothing may be lost but what is refused, and whoever sent that is told.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.sync.client import ClientConnection, connect

from tests.faults.people import message
from tests.support.clients import ORIGIN, SECONDS
from tests.support.programs import Programs
from tests.support.running import Server

KEYS = ["action", "payload", "topic", "ref", "version", "seq"]
ACTIONS = ["new_chat_message", "typing", "who_is_here", "ping"]
FIELDS = ["message", "name", "is_typing", "sent_at", "id"]
MAX_FRAME_LENGTH = 65_536


def json_object(items: list[tuple[str, Any]]) -> str:
    """An object in which a key may come twice."""
    pairs = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in items]
    return "{" + ", ".join(pairs) + "}"


def size(frame: str | bytes | list[str]) -> int:
    return len("".join(frame)) if isinstance(frame, list) else len(frame)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Programs(tmp_path_factory.mktemp("fuzz")) as programs:
        yield programs.daphne(RATE_LIMIT_BURST="1000000000")


class Fuzzer:
    """A client that sends anything, and a neighbor who hears what comes of it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.sockets = ExitStack()
        self.count = 0
        self.meet()

    def meet(self) -> None:
        self.neighbor = self.enter()
        self.socket = self.enter()

    def enter(self) -> ClientConnection:
        url = f"ws://{self.server.address}/ws/chat/fuzz/"
        opening = connect(url, origin=ORIGIN, ping_interval=None)
        socket = self.sockets.enter_context(opening)
        socket.send('{"action": "ping"}')
        socket.recv(SECONDS)
        return socket

    def send(self, frame: str | bytes | list[str]) -> list[str]:
        """The actions with which the server answers a frame, to both."""
        self.count += 1
        self.socket.send(frame)
        self.socket.send(json.dumps({"action": "ping", "ref": f"end {self.count}"}))
        self.socket.send(message(f"end {self.count}"))
        answers = self.receive(self.socket) + self.receive(self.neighbor)
        # Chanx answers about topics, which this chat has not, a little later.
        return answers or [json.loads(self.socket.recv(SECONDS))["action"]]

    def receive(self, socket: ClientConnection) -> list[str]:
        """The actions of what comes before the answer to what was sent last."""
        actions = []
        while f"end {self.count}" not in (text := socket.recv(SECONDS)):
            actions.append(json.loads(text)["action"])
        return actions

    def assert_answered(self, frame: str | bytes | list[str]) -> None:
        """The server answers or broadcasts, and goes on as if nothing had been."""
        try:
            answers = self.send(frame)
            assert answers
            assert set(answers) <= {"error", "pong", "members", "dice_rolled", *ACTIONS}
            assert "Traceback" not in self.server.output
        except BaseException:
            # Hypothesis looks for a simpler frame that fails as well.
            self.meet()
            raise


@pytest.fixture(scope="module")
def fuzzer(server: Server) -> Iterator[Fuzzer]:
    fuzzer = Fuzzer(server)
    with fuzzer.sockets:
        yield fuzzer


# JSON can name halves of a character that no UTF-8 can hold.
texts = st.text(st.characters(exclude_categories=())) | st.text()
numbers = st.integers(-(10**4000), 10**4000) | st.integers() | st.floats()
scalars = st.none() | st.booleans() | numbers | texts
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=8
)
payloads = st.fixed_dictionaries(
    {
        "message": texts.filter(bool)
        | st.builds(str.__mul__, st.characters(), st.integers(4000, 4200))
        | st.from_regex("/roll [0-9]{0,4}d[0-9]{0,5}", fullmatch=True),
        "name": st.text(min_size=1, max_size=50),
        "is_typing": st.booleans(),
    },
    optional={
        "id": st.text(max_size=80),
        "sent_at": st.none() | st.datetimes().map(str) | st.integers(),
    },
)
# What the chat page could send, then with a part that is something else.
messages = st.fixed_dictionaries(
    {"action": st.sampled_from(ACTIONS), "payload": payloads | st.none()},
    optional={"ref": st.none() | texts, "version": st.integers()},
)
broken_messages = st.builds(
    lambda message, payload, others: message | {"payload": payload} | others,
    messages,
    st.builds(dict.__or__, payloads, st.dictionaries(st.sampled_from(FIELDS), values)),
    st.dictionaries(st.sampled_from(KEYS), st.sampled_from(ACTIONS) | values),
)
items = st.tuples(st.sampled_from(KEYS), st.sampled_from(ACTIONS) | payloads | values)
nested = st.builds(
    lambda start, depth: f'{{"action": "ping", "ref": {start * depth}}}',
    st.sampled_from(["9", "[", '{"a":']),
    st.integers(1, 10_000),
)
frames = st.one_of(
    st.text(),
    st.binary(),
    # One message in several frames.
    st.lists(st.text(), min_size=1),
    values.map(json.dumps),
    messages.map(json.dumps),
    broken_messages.map(json.dumps),
    st.lists(items).map(json_object),
    nested,
).filter(lambda frame: size(frame) <= MAX_FRAME_LENGTH)


@settings(max_examples=600)
@given(frames)
def test_any_frame_is_answered(fuzzer: Fuzzer, frame: str | bytes | list[str]) -> None:
    fuzzer.assert_answered(frame)
