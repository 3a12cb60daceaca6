import logging
import os
from pathlib import Path

import redis
import structlog
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = os.environ.get("DJANGO_DEBUG", "1") == "1"

# Outside of development there is no key to fall back on.
SECRET_KEY = os.environ.get(
    "DJANGO_SECRET_KEY", "only-for-development" if DEBUG else ""
)

ALLOWED_HOSTS = os.environ.get(
    "DJANGO_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]"
).split(",")

INSTALLED_APPS = [
    "daphne",
    "chat",
    "chanx.channels",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"

ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
    },
]

# For django.contrib.auth, which Chanx's documentation pages import.
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": BASE_DIR / "db.sqlite3",
    },
}

TIME_ZONE = "UTC"

STATIC_URL = "/static/"

REDIS_URL = os.environ.get("REDIS_URL", "")

# Keeps apart what shares a Redis: other projects, and other versions of this one. When
# the events change, it changes, so that an old server never hears a new one's.
LAYER_PREFIX = "chat-6-"

# A connection may be one that Redis has left. Trying once more makes a new one. After a
# time-out, Redis may be about to do what it was told: trying again would do it twice.
ONCE_MORE = Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))

if REDIS_URL:
    CHANNEL_LAYERS = {
        # Broadcasts: whoever is there hears them, and nobody else ever will.
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {
                "hosts": [{"address": REDIS_URL, "retry": ONCE_MORE}],
                "prefix": LAYER_PREFIX,
            },
        },
        # Work: a queue, where a task waits for a worker, for a minute at most.
        "tasks": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            # The layer waits 5 s for a task, which redis-py takes for a time-out.
            "CONFIG": {
                "hosts": [
                    {
                        "address": REDIS_URL,
                        "retry": ONCE_MORE,
                        "socket_timeout": None,
                    }
                ],
                "prefix": LAYER_PREFIX,
            },
        },
    }
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": LAYER_PREFIX,
        },
    }
else:
    CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels.layers.InMemoryChannelLayer"},
    }

CHANX: dict[str, object] = {
    "ASYNCAPI_TITLE": "Chat",
    "ASYNCAPI_DESCRIPTION": "Rooms to talk in and to roll dice.",
}

# The error pages of DEBUG show the settings.
DEFAULT_EXCEPTION_REPORTER_FILTER = "config.errors.WithoutAddresses"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"outage": {"()": "chat.outage.OneLineFilter"}},
    "formatters": {
        "process": {
            "class": "chat.logs.SafeFormatter",
            "format": "[process {process}] {name}: {message}",
            "style": "{",
        },
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["outage"],
            "formatter": "process",
        },
    },
    "loggers": {
        "chat": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "chanx": {"handlers": ["console"], "propagate": False},
        "channels_redis": {"handlers": ["console"], "propagate": False},
        "asyncio": {"handlers": ["console"], "propagate": False},
    },
}

# Chanx logs with structlog, and every disconnect. From warnings on, the handler above
# writes what it says, without the values from clients that come with it.
structlog.configure(
    processors=[structlog.stdlib.render_to_log_kwargs],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
)
