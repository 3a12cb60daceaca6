import pytest
from channels.exceptions import ChannelFull
from channels.layers import InMemoryChannelLayer
from pytest_django import Settings

from chat.tests.conftest import Join

NOTICE = {"notice": "Your roll waits for a worker."}
LAYER = {"BACKEND": "channels.layers.InMemoryChannelLayer"}


@pytest.fixture
def queue(settings: Settings) -> None:
    settings.CHANNEL_LAYERS = {"default": LAYER, "tasks": LAYER}


@pytest.mark.usefixtures("queue")
async def test_who_rolls_is_told_that_the_roll_waits(join: Join) -> None:
    """After the roll is in the queue, send the notice with self.send_json()."""
    alice = await join("lobby", "alice")

    await alice.send_to(text_data="/roll 2d6")

    assert not await alice.receive_nothing()
    assert await alice.receive_json_from() == NOTICE


@pytest.mark.usefixtures("queue")
async def test_nobody_else_is_told(join: Join) -> None:
    """The notice is for the sender: self.say() would tell the whole room."""
    alice, bob = await join("lobby", "alice"), await join("lobby", "bob")

    await alice.send_to(text_data="/roll 2d6")

    assert await bob.receive_nothing()


@pytest.mark.usefixtures("queue")
async def test_a_full_queue_is_told_and_nothing_else(
    join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Send the notice after the roll is in the queue: before that, it may fail."""
    alice = await join("lobby", "alice")

    async def refuse(*_: object) -> None:
        raise ChannelFull

    monkeypatch.setattr(InMemoryChannelLayer, "send", refuse)

    await alice.send_to(text_data="/roll 2d6")

    assert list(await alice.receive_json_from()) == ["error"]
    assert await alice.receive_nothing()


async def test_where_the_server_rolls_nothing_waits(join: Join) -> None:
    """Without a layer for tasks there is the result at once, and no notice."""
    alice = await join("lobby", "alice")

    await alice.send_to(text_data="/roll 2d1")

    assert list(await alice.receive_json_from()) == ["username", "message"]
