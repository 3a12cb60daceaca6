import logging
import math
import os
from argparse import ArgumentParser
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import dj_database_url
import redis
import structlog
from django.core.exceptions import ImproperlyConfigured
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff


def number_from(variable: str, default: int) -> float:
    """A number over 0 from the environment. Raises ImproperlyConfigured."""
    value = os.environ.get(variable, default)
    with suppress(ValueError):
        if 0 < float(value) < math.inf:
            return float(value)
    raise ImproperlyConfigured(f"Set {variable} to a number over 0, not to {value!r}.")


def script_name() -> str:
    """The path in DJANGO_SCRIPT_NAME, or in the option of Daphne and Uvicorn."""
    parser = ArgumentParser(add_help=False, allow_abbrev=False)
    default = os.environ.get("DJANGO_SCRIPT_NAME", "")
    parser.add_argument("--root-path", default=default)
    path = parser.parse_known_args()[0].root_path.strip("/")
    return f"/{path}" if path else ""


def database() -> dict[str, object]:
    """PostgreSQL or SQLite: what DATABASE_URL names. Raises ImproperlyConfigured."""
    sqlite = (BASE_DIR / "db.sqlite3").as_posix()
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{sqlite}"
    # A connection is kept for the next message, and first asked whether it still works.
    try:
        found = dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True)
        options = DATABASE_OPTIONS[found["ENGINE"].rpartition(".")[2]]
    except (KeyError, ValueError):
        # The error would show the password in the address.
        raise ImproperlyConfigured(
            "DATABASE_URL is not an address of PostgreSQL or SQLite: write"
            " postgres://user:password@host:5432/name or sqlite:////path/to/file."
        ) from None
    return {**found, "OPTIONS": options | found.get("OPTIONS", {})}


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
    "accounts",
    "private",
    "chanx.channels",
    "axes",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.unavailable.SayWhatFails",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"

ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    # Counts wrong passwords, and refuses who has tried too many.
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in [
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    ]
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "chat"

# Of one name from one address. By the name alone, anybody could lock anybody out; by
# the address alone, one of a class all others.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_LOCKOUT_CALLABLE = "accounts.views.locked_out"

# Where browsers see the chat, if a proxy speaks https for it: https://chat.example
ORIGINS = os.environ.get("DJANGO_ORIGINS", "").split()
CSRF_TRUSTED_ORIGINS = ORIGINS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = bool(ORIGINS)

# How each waits for others that write, 20 seconds at most.
DATABASE_OPTIONS: dict[str, dict[str, object]] = {
    "sqlite3": {
        "timeout": 20,
        # Wait at the begin of a transaction: in its middle, SQLite would not.
        "transaction_mode": "IMMEDIATE",
        # Who reads and who writes need not wait for each other.
        "init_command": "PRAGMA journal_mode=WAL;",
    },
    "postgresql": {
        "connect_timeout": 5,
        "options": "-c statement_timeout=20s",
        # A computer that is gone says nothing: ask it, and believe no silence for long.
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 2,
        # In milliseconds, for what is on its way.
        "tcp_user_timeout": 20_000,
    },
}

DATABASES = {"default": database()}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TIME_ZONE = "UTC"

# The path below which the project is served, such as "/course"; empty at the root.
FORCE_SCRIPT_NAME = script_name()

STATIC_URL = f"{FORCE_SCRIPT_NAME}/static/"
# Where collectstatic puts scripts and styles, for a proxy to serve them.
STATIC_ROOT = BASE_DIR / "collected"

REDIS_URL = os.environ.get("REDIS_URL", "")

# Keeps apart what shares a Redis: other projects, and other versions of this one. When
# the events change, it changes, so that an old server never hears a new one's.
LAYER_PREFIX = "chat-10-"

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

# What one connection may send: so many frames at once, then so many a second. A page
# that comes back sends the 100 messages it has kept, each with the begin and the end of
# typing. People who type stay far below 20 a second.
RATE_LIMIT_BURST = number_from("RATE_LIMIT_BURST", 400)
RATE_LIMIT_PER_SECOND = number_from("RATE_LIMIT_PER_SECOND", 20)

# Where the tutorial is served beside the project, if it is: the chat page links to it.
TUTORIAL_URL = os.environ.get("TUTORIAL_URL", "")

CHANX: dict[str, object] = {
    "ASYNCAPI_TITLE": "Chat",
    "ASYNCAPI_DESCRIPTION": "Rooms to talk in, to see who is there and to roll dice.",
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
