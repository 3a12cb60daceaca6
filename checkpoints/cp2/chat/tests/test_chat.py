import pytest

from chat.tests.conftest import Join

ROOMS = ["lobby", "Μεγάλη αίθουσα", "🎉🎊", "a?b#c%d&e", "...", "x" * 80, "é" * 80]


@pytest.mark.parametrize(
    "text", ["hello", "γειά σου 🎉", "<b>not markup</b>", "x" * 4096]
)
async def test_everybody_in_a_room_hears_everybody(join: Join, text: str) -> None:
    clients = [await join("lobby"), await join("lobby"), await join("lobby")]

    await clients[0].send_to(text_data=text)

    for client in clients:
        assert await client.receive_from() == text


@pytest.mark.parametrize("room", ROOMS)
async def test_any_name_is_a_room(join: Join, room: str) -> None:
    alice, bob = await join(room), await join(room)

    await alice.send_to(text_data="hello")

    assert await bob.receive_from() == "hello"


@pytest.mark.parametrize("length", [81, 500])
async def test_a_room_name_that_is_too_long_closes(join: Join, length: int) -> None:
    client = await join("x" * length)

    close = await client.receive_output()
    assert (close["type"], close["code"]) == ("websocket.close", 4004)


async def test_who_has_left_hears_nothing(join: Join) -> None:
    alice, bob = await join("lobby"), await join("lobby")
    await bob.disconnect()

    await alice.send_to(text_data="anyone there?")

    assert await alice.receive_from() == "anyone there?"
    assert await bob.receive_nothing()


@pytest.mark.parametrize(
    ("fault", "code"),
    [({"bytes_data": b"\x00"}, 4003), ({"text_data": "x" * 4097}, 4009)],
)
async def test_a_fault_closes_its_sender_and_nobody_else(
    join: Join, fault: dict[str, str | bytes], code: int
) -> None:
    alice, bob = await join("lobby"), await join("lobby")

    await alice.send_to(**fault)

    close = await alice.receive_output()
    assert (close["type"], close["code"]) == ("websocket.close", code)
    await bob.send_to(text_data="still here")
    assert await bob.receive_from() == "still here"
