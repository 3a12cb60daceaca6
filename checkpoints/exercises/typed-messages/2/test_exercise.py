from chat.consumers.chat_consumer import ChatConsumer
from chat.messages import Announcement, AnnouncementPayload
from chat.rooms import EVERYBODY
from chat.tests.conftest import Join


async def test_an_announcement_is_heard(join: Join) -> None:
    alice = await join()
    announcement = Announcement(payload=AnnouncementPayload(message="Lunch is ready."))

    await ChatConsumer.broadcast_event(announcement, EVERYBODY)

    assert (await alice.receive_json_from())["action"] == "announcement"
