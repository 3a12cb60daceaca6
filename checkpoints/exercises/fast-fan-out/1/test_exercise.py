from typing import Any

from channels.layers import get_channel_layer

from chat.rooms import group_of
from chat.tests.conftest import Join

ANSWER = "1"


async def test_a_process_is_in_the_group_once(join: Join) -> None:
    for _ in range(5):
        await join("lobby")

    layer: Any = get_channel_layer()

    assert str(len(layer.groups[group_of("lobby")])) == ANSWER
