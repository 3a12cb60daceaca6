from tempfile import TemporaryDirectory

from config.settings import *  # noqa: F403
from config.settings import CHANX, DATABASE_OPTIONS

# A communicator sends no Origin unless it is told to.
ALLOWED_HOSTS = ["*"]

# A REDIS_URL of the terminal stays out of the tests that run in this process.
REDIS_URL = ""
CHANNEL_LAYERS = {
    "default": {"BACKEND": "channels.layers.InMemoryChannelLayer"},
}

# Nor does its DATABASE_URL: these tests have a database of their own, in a file. One in
# the memory would refuse a thread that writes while another one reads.
FOLDER = TemporaryDirectory()
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        # Nothing of it has to outlive the computer.
        "OPTIONS": DATABASE_OPTIONS["sqlite3"]
        | {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"},
        "NAME": f"{FOLDER.name}/db.sqlite3",
        "TEST": {"NAME": f"{FOLDER.name}/tests.sqlite3"},
    }
}

# Chanx's communicator waits for the completion messages.
CHANX = CHANX | {"SEND_COMPLETION": True}

# A real password is hashed slowly, so that nobody can try many.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
