"""Clients for the servers of all chapters, from the first with a chat on."""

import asyncio
import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.typing import Origin

PING = json.dumps({"action": "ping"})
SECONDS_TO_ANSWER = 30


class ServerError(Exception):
    """What the server did instead of its work, in a sentence."""


@dataclass(frozen=True)
class Dialect:
    """Where a server has its rooms, and whether its messages are typed."""

    path: str
    is_typed: bool

    @property
    def has_rooms(self) -> bool:
        """Whether a client can choose its room."""
        return "{room}" in self.path

    def encode(self, text: str) -> str:
        """The frame that says a text."""
        if not self.is_typed:
            return text
        payload = {"message": text, "name": "loadtest"}
        return json.dumps({"action": "new_chat_message", "payload": payload})


async def dialect_of(url: str) -> Dialect:
    """Find out how to talk to a server: a typed one answers a ping with a pong.

    Raises ServerError if there is none, or it has no chat.
    """
    for path in "/ws/chat/{room}/?username=loadtest", "/ws/chat/":
        try:
            socket = await open_socket(url + path.format(room="loadtest"))
        except InvalidStatus:
            continue  # One of an earlier chapter, or none of the course.
        async with socket:
            is_typed = '"pong"' in await ask(socket, PING)
        # A typed server tells the room of everybody who comes with a username.
        return Dialect(path.partition("?")[0] if is_typed else path, is_typed)
    raise ServerError(f"The server at {url} has no chat at /ws/chat/.")


async def enter(url: str, dialect: Dialect, room: str) -> ClientConnection:
    """A client, in the room once this returns. Raises ServerError if it is refused."""
    try:
        socket = await open_socket(url + dialect.path.format(room=room))
    except InvalidStatus as error:
        raise ServerError(f"The server refused a client: {error}.") from None
    if dialect.is_typed:
        # It accepts first, and answers only after it has put the client into the room.
        await ask(socket, PING)
    return socket


async def open_socket(url: str) -> ClientConnection:
    """Connect. Raises InvalidStatus if the handshake is refused, else ServerError."""
    address = urlsplit(url).netloc
    try:
        return await connect(
            url,
            origin=Origin(f"http://{address}"),
            # To compress would cost more than all the rest.
            compression=None,
            # A busy server may be slow to answer; that is no reason to hang up.
            ping_interval=None,
            open_timeout=SECONDS_TO_ANSWER,
            close_timeout=2,
        )
    except InvalidStatus:
        raise
    except ConnectionRefusedError:
        raise ServerError(
            f"No server listens at {address}. Start one: python manage.py runserver"
        ) from None
    except (OSError, InvalidHandshake) as error:
        raise ServerError(f"The server at {address} is out of reach: {error}") from None


async def ask(socket: ClientConnection, frame: str) -> str:
    """Send a frame and return the next one. Raises ServerError if none comes."""
    try:
        async with asyncio.timeout(SECONDS_TO_ANSWER):
            await socket.send(frame)
            return str(await socket.recv())
    except ConnectionClosed as closed:
        raise ServerError(reason_for(closed)) from None
    except TimeoutError:
        raise ServerError("The server does not answer.") from None


def reason_for(closed: ConnectionClosed) -> str:
    """Why a connection was closed, in a sentence."""
    code = closed.rcvd.code if closed.rcvd else 1006
    return f"The server closed a connection with {code}. Its log may say why."


def complaint_in(frame: str) -> str | None:
    """What the server complains about in this frame; None if it does not."""
    try:
        match json.loads(frame):
            case {"error": complaint}:
                return str(complaint)
            case {"action": "error", "payload": {"detail": complaint}}:
                return str(complaint)
            case {"action": "error", "payload": complaint}:
                return str(complaint)
    except ValueError:
        pass  # Text, as the servers of the first chapters send it.
    return None
