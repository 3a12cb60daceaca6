import pytest
from chanx.messages.outgoing import ErrorMessage
from pytest_django import Settings

from chat.messages import ChatMessagePayload, NewChatMessage, WhoIsHere
from chat.rate_limit import TokenBucket
from chat.tests.conftest import Join


class Clock:
    """A clock that a test sets."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bucket(clock: Clock) -> TokenBucket:
    return TokenBucket(5, per_second=2, clock=clock)


def take(bucket: TokenBucket, times: int) -> list[bool]:
    """Take tokens. For each, whether it was there."""
    taken = []
    for _ in range(times):
        bucket.take()
        taken.append(not bucket.is_in_debt)
    return taken


def test_a_burst_is_as_large_as_the_bucket(bucket: TokenBucket) -> None:
    assert take(bucket, 6) == [True] * 5 + [False]


def test_time_puts_tokens_back(bucket: TokenBucket, clock: Clock) -> None:
    take(bucket, 5)

    clock.now += 1.5

    assert take(bucket, 4) == [True] * 3 + [False]


def test_the_bucket_never_holds_more_than_it_can(
    bucket: TokenBucket, clock: Clock
) -> None:
    clock.now += 3600

    assert take(bucket, 6) == [True] * 5 + [False]


def test_who_waits_as_told_finds_a_token(bucket: TokenBucket, clock: Clock) -> None:
    take(bucket, 8)
    assert bucket.wait == 2

    clock.now += bucket.wait

    assert take(bucket, 2) == [True, False]


def test_a_debt_larger_than_the_bucket_is_hopeless(bucket: TokenBucket) -> None:
    take(bucket, 10)
    assert not bucket.is_hopeless
    take(bucket, 1)
    assert bucket.is_hopeless


def say(message: str) -> NewChatMessage:
    return NewChatMessage(payload=ChatMessagePayload(message=message, name="alice"))


async def test_what_comes_too_fast_is_refused_and_heard_by_nobody(
    join: Join, settings: Settings
) -> None:
    settings.RATE_LIMIT_BURST, settings.RATE_LIMIT_PER_SECOND = 3, 0.001
    # One token goes for the ping with which each of them enters.
    alice, bob = await join(), await join()

    for text in ["one", "two"]:
        await alice.send_message(say(text))
        assert await alice.receive_all_messages() == []
        assert (await bob.receive_json_from())["payload"]["message"] == text
        await bob.receive_json_from()

    for _ in range(3):
        await alice.send_message(say("too fast"))
        error = ErrorMessage.model_validate(await alice.receive_json_from())
        assert "Not sent" in error.payload["detail"]
    await alice.send_message(say("even so"))
    error = ErrorMessage.model_validate(await alice.receive_json_from())
    assert "Connect again" in error.payload["detail"]
    await alice.assert_closed(4008)

    await alice.send_message(say("after the close"))
    assert await bob.receive_nothing()
    assert await alice.receive_nothing()


async def test_who_asks_for_many_names_pays_for_them(
    join: Join, settings: Settings
) -> None:
    settings.RATE_LIMIT_BURST, settings.RATE_LIMIT_PER_SECOND = 6, 0.001
    for number in range(20):
        await join(username=f"person {number}")
    # One token for the ping, one for the question, and one for five names.
    alice = await join()

    await alice.send_message(WhoIsHere())
    [members] = await alice.receive_all_messages()
    await alice.send_message(WhoIsHere())

    assert len(members.payload.names) == 20
    error = ErrorMessage.model_validate(await alice.receive_json_from())
    assert "Not sent" in error.payload["detail"]
