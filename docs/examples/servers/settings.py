import os

REDIS_URLS = os.environ.get(
    "REDIS_URLS", "redis://127.0.0.1:6379 redis://127.0.0.1:6380"
)

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": REDIS_URLS.split()},
    },
}
