import os

# The app "channels" brings the command runworker.
INSTALLED_APPS = ["daphne", "channels", "django.contrib.staticfiles", "outside"]

REDIS_URL = os.environ.get("REDIS_URL", "")

if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            # Without a time-out, because this layer waits for its messages.
            "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}]},
        },
    }
