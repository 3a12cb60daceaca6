from channels.layers import get_channel_layer
from channels.testing import ApplicationCommunicator, HttpCommunicator
from testing.worker import WordsConsumer, WordsPageConsumer


async def test_a_worker_answers_on_the_channel_it_is_told() -> None:
    reply_to = await get_channel_layer().new_channel()
    scope = {"type": "channel", "channel": "words"}
    worker = ApplicationCommunicator(WordsConsumer.as_asgi(), scope)

    await worker.send_input(
        {"type": "count.words", "text": "one two three", "reply_to": reply_to}
    )

    answer = await get_channel_layer().receive(reply_to)
    assert answer["words"] == 3


async def test_a_page_has_the_number_of_words() -> None:
    client = HttpCommunicator(
        WordsPageConsumer.as_asgi(), "POST", "/words/", b"one two three"
    )

    response = await client.get_response()

    assert (response["status"], response["body"]) == (200, b"3")


async def test_a_request_that_is_too_long_is_refused() -> None:
    client = HttpCommunicator(
        WordsPageConsumer.as_asgi(), "POST", "/words/", b"x" * 10_001
    )

    response = await client.get_response()

    assert response["status"] == 413
