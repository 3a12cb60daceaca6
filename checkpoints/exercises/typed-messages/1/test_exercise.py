from chat.tests.conftest import Join

ANSWER = "error"


async def test_a_number_is_no_text(join: Join) -> None:
    client = await join()
    payload = {"message": 5, "name": "bob"}

    await client.send_json_to({"action": "new_chat_message", "payload": payload})

    assert (await client.receive_json_from())["action"] == ANSWER
