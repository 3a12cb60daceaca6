from chat.fan_out import broadcast
from chat.messages import Announcement, AnnouncementPayload
from chat.rooms import group_of
from chat.tests.conftest import Join


async def test_who_is_alone_still_hears(join: Join) -> None:
    alice, bob = await join("lobby"), await join("lobby")
    await bob.disconnect()

    payload = AnnouncementPayload(message="Lunch is ready.")
    await broadcast(Announcement(payload=payload), group_of("lobby"))

    assert (await alice.receive_json_from())["action"] == "announcement"
