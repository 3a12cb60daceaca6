from chanx.channels.testing import WebsocketCommunicator

from chat.tests.conftest import Join

ANSWER = "helo"


async def send(client: WebsocketCommunicator, action: str, **payload: object) -> None:
    await client.send_json_to({"action": action, "payload": payload})


async def test_the_first_text_with_an_id_is_the_one_that_stays(join: Join) -> None:
    for text in ["helo", "hello"]:
        alice = await join(username="alice")
        await send(alice, "new_chat_message", message=text, name="alice", id="a1")
        assert (await alice.receive_json_from())["action"] == "message_saved"
    bob = await join(username="bob")
    await send(bob, "get_history", after=0)

    found = (await bob.receive_json_from())["payload"]["messages"]

    assert ", ".join(message["message"] for message in found) == ANSWER
