import os
import uuid
from typing import Any

import pytest
from channels.layers import get_channel_layer
from testing.guestbook import GROUP, announce

IN_MEMORY = {"BACKEND": "channels.layers.InMemoryChannelLayer"}
PUB_SUB = {
    "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
    "CONFIG": {
        "hosts": [os.environ.get("REDIS_URL", "redis://127.0.0.1:6379")],
        # So that two runs of the tests do not hear each other.
        "prefix": uuid.uuid4().hex,
    },
}


@pytest.mark.parametrize("layer", [IN_MEMORY, PUB_SUB], ids=["in memory", "Redis"])
async def test_an_announcement_is_for_the_group(
    layer: dict[str, Any], settings: Any
) -> None:
    settings.CHANNEL_LAYERS = {"default": layer}
    member = await get_channel_layer().new_channel()
    await get_channel_layer().group_add(GROUP, member)

    await announce("We are closed on Monday.")

    event = await get_channel_layer().receive(member)
    assert event == {"type": "entry.written", "text": "We are closed on Monday."}
