"""The assistant with a service, over real HTTP, however that fails."""

import time
from collections.abc import Callable

import pytest
from pytest_django import Settings

from assistants import service, writing
from assistants.models import BROKEN, COMPLETE
from assistants.tests import pretended
from assistants.tests.conftest import Connect, Source, new_session
from assistants.tests.pretended import Behave, run_service
from assistants.tests.test_assistants import ask, conversation, rest

Use = Callable[[int], None]

KEY = "the-secret-key"
# In seconds: how long a service may be silent that is, and one that is only slow
# because the machine is busy; and ten times as long as any answer may take.
SILENT = 2
SLOW = 60
PATIENCE = 20


@pytest.fixture(autouse=True)
def settings_of_a_service(
    settings: Settings, answer_with: Callable[[Source], None]
) -> None:
    answer_with(service.answer)
    settings.OPENAI_API_KEY = KEY
    settings.OPENAI_TIMEOUT = SLOW


@pytest.fixture
def use(settings: Settings) -> Callable[[int], None]:
    """Has the assistant ask the service at a port."""

    def use(port: int) -> None:
        settings.OPENAI_BASE_URL = f"http://127.0.0.1:{port}/v1"

    return use


async def test_a_service_answers_with_passages_and_the_conversation(
    connect: Connect, use: Use
) -> None:
    client = await connect()
    async with run_service(pretended.answer_well) as pretended_service:
        use(pretended_service.port)
        texts = []
        for question in ["How do I reconnect?", "Why?"]:
            await ask(client, question)
            text, end = await rest(client)
            texts.append(text)

    assert texts == ["Hello, <b>world</b>"] * 2
    assert end.payload.state == COMPLETE
    head, _, body = pretended_service.asked.partition(b"\r\n\r\n")
    assert b"POST /v1/chat/completions" in head
    assert f"Bearer {KEY}".encode() in head
    assert b"How do I reconnect?" in body
    assert b"Hello, <b>world</b>" in body


FAILURES: list[tuple[Behave, str, str]] = [
    (pretended.refuse("401 Unauthorized"), "", "refuses the key"),
    (
        pretended.refuse("429 Too Many Requests", "Retry-After: 17"),
        "",
        "Ask again in 17 s.",
    ),
    (pretended.refuse("429 Too Many Requests"), "", "Ask again in a while."),
    (pretended.refuse("500 Oops"), "", "failed with status 500"),
    (pretended.stall_at_once, "", "silent for 2 s"),
    (pretended.stall_in_the_middle, "Hello", "silent for 2 s"),
    (pretended.keep_waiting, "Hello", "Cut after 2 s."),
    (pretended.die_in_the_middle, "Hello", "connection to the service failed"),
    (pretended.send("data: {not json\n\n"), "", "no answer"),
    (pretended.send('data: {"choices": 7}\n\n'), "", "no answer"),
    (pretended.send("<h1>Welcome</h1>"), "", "empty"),
    (pretended.send("data: \N{PILE OF POO}\n\n"), "", "no answer"),
    (pretended.go_on_and_on, "x" * writing.MAX_CHARACTERS, "Cut after 16,000"),
]


@pytest.mark.parametrize(("behave", "text", "sentence"), FAILURES)
async def test_each_failure_is_a_sentence_in_time(
    connect: Connect,
    use: Use,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    behave: Behave,
    text: str,
    sentence: str,
) -> None:
    if behave in [pretended.stall_at_once, pretended.stall_in_the_middle]:
        settings.OPENAI_TIMEOUT = SILENT
    if behave is pretended.keep_waiting:
        monkeypatch.setattr(writing, "MAX_SECONDS", SILENT)
    caplog.set_level("DEBUG")
    session = await new_session()
    client = await connect(session)

    began = time.monotonic()
    async with run_service(behave) as pretended_service:
        use(pretended_service.port)
        await ask(client)
        found, end = await rest(client)

    assert time.monotonic() - began < PATIENCE
    assert (found, end.payload.state) == (text, BROKEN)
    assert sentence in end.payload.content
    assert KEY not in caplog.text
    assert KEY not in str(await conversation(client))


async def test_no_service_at_all_is_a_sentence_too(connect: Connect, use: Use) -> None:
    async with run_service(pretended.answer_well) as pretended_service:
        use(pretended_service.port)
    client = await connect()

    await ask(client)

    assert "connection to the service failed" in (await rest(client))[1].payload.content


async def test_a_key_that_no_header_can_have_is_not_logged(
    connect: Connect,
    use: Use,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    settings.OPENAI_API_KEY = f"{KEY}\n\N{SNOWMAN}"
    use(1)
    client = await connect()

    await ask(client)
    _, end = await rest(client)

    assert end.payload.state == BROKEN
    assert KEY not in caplog.text
    assert KEY not in end.payload.content
