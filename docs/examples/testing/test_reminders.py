from datetime import UTC, datetime

import pytest
from chanx.channels.testing import WebsocketCommunicator
from testing.reminders import Remind, Reminded, ReminderConsumer, ReminderPayload


def client() -> WebsocketCommunicator:
    return WebsocketCommunicator(
        ReminderConsumer.as_asgi(), "/ws/reminders/", consumer=ReminderConsumer
    )


async def test_a_reminder_comes_back() -> None:
    noon = ReminderPayload(at=datetime(2030, 1, 1, 12, tzinfo=UTC))
    async with client() as alice:
        await alice.send_json_to(Remind(payload=noon).model_dump(mode="json"))

        assert await alice.receive_all_messages() == [Reminded(payload=noon)]


async def test_send_message_knows_no_dates() -> None:
    noon = ReminderPayload(at=datetime(2030, 1, 1, 12, tzinfo=UTC))
    async with client() as alice:
        with pytest.raises(TypeError, match="datetime is not JSON serializable"):
            await alice.send_message(Remind(payload=noon))
