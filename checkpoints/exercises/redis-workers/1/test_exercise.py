from chat.tests.conftest import Join

TEXTS = ["/roll 2d6", "/roll  2d6", " /roll 2d6", "/roll 2D6"]
ANSWER = "2"


async def test_two_of_the_texts_roll(join: Join) -> None:
    alice = await join("lobby", "alice")
    answers = []
    for text in TEXTS:
        await alice.send_to(text_data=text)
        answers.append(await alice.receive_json_from())

    rolled = [it for it in answers if it.get("message", "").startswith("rolled 2d6")]

    assert str(len(rolled)) == ANSWER
