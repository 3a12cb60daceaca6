"""A pytest plugin: the service that the Chanx tutorial's tests replace by a mock.

Its tutorial has a class OpenAIService in the consumer's module, with a synchronous
stream. The finished project has neither, so here its assistant asks such a class.
"""

from collections.abc import AsyncGenerator
from typing import Any

import pytest


async def answer(question: str, before: list[Any]) -> AsyncGenerator[str, None]:
    """Have the class answer, with the conversation as the Chanx tutorial keeps it."""
    from assistants import answers, conversation_consumer

    history = []
    for earlier in before:
        history.append({"role": "user", "content": earlier.question})
        said = answers.text_of(earlier)
        history.append({"role": "assistant", "content": said})
    service = vars(conversation_consumer)["OpenAIService"]()
    for text in service.generate_stream(question, history):
        yield text


@pytest.fixture(autouse=True)
def service(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives the consumer's module the name that a mock can take the place of."""
    from assistants import conversation_consumer, writing

    monkeypatch.setattr(conversation_consumer, "OpenAIService", None, raising=False)
    monkeypatch.setattr(writing, "answer_to", answer)
