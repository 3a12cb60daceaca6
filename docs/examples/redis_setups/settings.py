"""Two layers on one Redis. SETUP names the file that says where that Redis is."""

import os
from importlib import import_module

HOST = import_module(f"redis_setups.{os.environ.get('SETUP', 'password')}").HOST
# What keeps the projects on one Redis apart.
PREFIX = os.environ.get("PREFIX", "chat")

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [HOST], "prefix": PREFIX},
    },
    "tasks": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {"hosts": [{**HOST, "socket_timeout": None}], "prefix": PREFIX},
    },
}
