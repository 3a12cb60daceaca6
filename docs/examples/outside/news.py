"""Tells everybody who watches the orders, from code that is not asynchronous."""

import logging

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def tell(text: str) -> None:
    """Send a text to everybody in the group "orders", if the layer works."""
    layer = get_channel_layer()
    assert layer, "CHANNEL_LAYERS has no default."
    try:
        async_to_sync(layer.group_send)("orders", {"type": "news", "text": text})
    except RedisError as error:
        # The order counts, not the news of it.
        logger.error("Nobody hears that %s: %s", text, error)
