import os

REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379")
# Nobody serves this port.
NO_REDIS_URL = "redis://127.0.0.1:1"

INSTALLED_APPS = [
    "daphne",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "troubleshooting",
]

QUEUE = "channels_redis.core.RedisChannelLayer"
CHANNEL_LAYERS = {
    "default": {"BACKEND": "channels.layers.InMemoryChannelLayer"},
    # As older tutorials have it: without "socket_timeout": None.
    "queue": {"BACKEND": QUEUE, "CONFIG": {"hosts": [REDIS_URL]}},
    "small": {"BACKEND": QUEUE, "CONFIG": {"hosts": [REDIS_URL], "capacity": 3}},
    "away": {"BACKEND": QUEUE, "CONFIG": {"hosts": [NO_REDIS_URL]}},
    "cut": {
        "BACKEND": QUEUE,
        "CONFIG": {
            "hosts": [
                {"address": REDIS_URL, "socket_timeout": None, "client_name": "cut"}
            ]
        },
    },
    "renamed": {"BACKEND": "asgi_redis.RedisChannelLayer"},
}
