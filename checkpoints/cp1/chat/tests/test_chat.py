import pytest

from chat.tests.conftest import Join


@pytest.mark.parametrize(
    "text", ["hello", "γειά σου 🎉", "<b>not markup</b>", "x" * 4096]
)
async def test_everybody_hears_everybody(join: Join, text: str) -> None:
    clients = [await join(), await join(), await join()]

    await clients[0].send_to(text_data=text)

    for client in clients:
        assert await client.receive_from() == text


@pytest.mark.parametrize(
    ("fault", "code"),
    [({"bytes_data": b"\x00"}, 4003), ({"text_data": "x" * 4097}, 4009)],
)
async def test_a_fault_closes_its_sender_and_nobody_else(
    join: Join, fault: dict[str, str | bytes], code: int
) -> None:
    alice, bob = await join(), await join()

    await alice.send_to(**fault)

    close = await alice.receive_output()
    assert (close["type"], close["code"]) == ("websocket.close", code)
    await bob.send_to(text_data="still here")
    assert await bob.receive_from() == "still here"
