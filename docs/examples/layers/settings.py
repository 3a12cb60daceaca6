import os

# Where the layers are; REDIS_URL is that of the chat.
LAYER_URL = os.environ.get("LAYER_URL", "")

if LAYER_URL:
    KEY = os.environ.get("LAYER_KEY", "change me")
    CHANNEL_LAYERS = {
        # Broadcasts, to whoever is there.
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {
                "hosts": [LAYER_URL],
                "prefix": "notices",
                "symmetric_encryption_keys": [KEY],
            },
        },
        # Work, which waits for a worker.
        "tasks": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {
                # Without a time-out, because this layer waits for its messages.
                "hosts": [{"address": LAYER_URL, "socket_timeout": None}],
                "prefix": "notices-tasks",
                "capacity": 500,
                "channel_capacity": {"mail": 50},
                "expiry": 600,
                "symmetric_encryption_keys": [KEY],
            },
        },
    }
else:
    # One process, nothing to install.
    CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels.layers.InMemoryChannelLayer"},
    }
