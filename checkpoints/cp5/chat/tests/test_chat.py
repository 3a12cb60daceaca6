import pytest
from channels.testing import WebsocketCommunicator

from chat.tests.conftest import Join

ROOMS = ["lobby", "Μεγάλη αίθουσα", "🎉🎊", "a?b#c%d&e", "...", "x" * 80, "é" * 80]
USERNAMES = ["alice", "Ελένη", "👩‍🚀", "<script>alert(1)</script>", "a&b=c", "x" * 40]


async def assert_refused(client: WebsocketCommunicator, code: int) -> None:
    """The client gets a frame that says what to do, then the close."""
    assert list(await client.receive_json_from()) == ["error"]
    close = await client.receive_output()
    assert (close["type"], close["code"]) == ("websocket.close", code)


@pytest.mark.parametrize(
    "text", ["hello", "γειά σου 🎉", "<b>not markup</b>", "x" * 4096]
)
async def test_everybody_in_a_room_hears_everybody(join: Join, text: str) -> None:
    alice, bob = await join("lobby", "alice"), await join("lobby", "bob")

    await alice.send_to(text_data=text)

    for client in [alice, bob]:
        assert await client.receive_json_from() == {
            "username": "alice",
            "message": text,
        }


async def test_another_room_hears_nothing(join: Join) -> None:
    alice, bob = await join("lobby", "alice"), await join("Lobby", "bob")

    await alice.send_to(text_data="hello")

    await alice.receive_json_from()
    assert await bob.receive_nothing()


@pytest.mark.parametrize("room", ROOMS)
async def test_any_name_is_a_room(join: Join, room: str) -> None:
    alice, bob = await join(room, "alice"), await join(room, "bob")

    await alice.send_to(text_data="hello")

    assert (await bob.receive_json_from())["message"] == "hello"


@pytest.mark.parametrize("length", [81, 500])
async def test_a_room_name_that_is_too_long_is_refused(join: Join, length: int) -> None:
    await assert_refused(await join("x" * length, "alice"), 4004)


@pytest.mark.parametrize("username", USERNAMES)
async def test_any_name_is_a_username(join: Join, username: str) -> None:
    alice, bob = await join("lobby", f"  {username} "), await join("lobby", "bob")

    await alice.send_to(text_data="hello")

    assert (await bob.receive_json_from())["username"] == username


@pytest.mark.parametrize(
    "username",
    [
        "",
        "   ",
        "x" * 41,
        "x" * 200,
        # Nothing that shows, two lines, and letters that run backwards.
        "\u200b",
        "\u200d",
        "alice\nbob",
        "alice\u2028bob",
        "\u202eecila",
        "al\u00adice",
    ],
)
async def test_a_bad_username_is_refused(join: Join, username: str) -> None:
    bob = await join("lobby", "bob")

    client = await join("lobby", username)

    await assert_refused(client, 4001)
    await client.send_to(text_data="I am not here")
    assert await bob.receive_nothing()


async def test_who_has_left_hears_nothing(join: Join) -> None:
    alice, bob = await join("lobby", "alice"), await join("lobby", "bob")
    await bob.disconnect()

    await alice.send_to(text_data="anyone there?")

    await alice.receive_json_from()
    assert await bob.receive_nothing()


@pytest.mark.parametrize(
    ("fault", "code"),
    [({"bytes_data": b"\x00"}, 4003), ({"text_data": "x" * 4097}, 4009)],
)
async def test_a_fault_closes_its_sender_and_nobody_else(
    join: Join, fault: dict[str, str | bytes], code: int
) -> None:
    alice, bob = await join("lobby", "alice"), await join("lobby", "bob")

    await alice.send_to(**fault)

    await assert_refused(alice, code)
    await bob.send_to(text_data="still here")
    assert (await bob.receive_json_from())["message"] == "still here"
