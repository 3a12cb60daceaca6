from config.settings import *  # noqa: F403
from config.settings import CHANX

# A communicator sends no Origin unless it is told to.
ALLOWED_HOSTS = ["*"]

# A REDIS_URL of the terminal stays out of the tests that run in this process.
REDIS_URL = ""
CHANNEL_LAYERS = {
    "default": {"BACKEND": "channels.layers.InMemoryChannelLayer"},
}

# Nor does its DATABASE_URL come in: this database is in the memory.
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}

# Chanx's communicator waits for the completion messages.
CHANX = CHANX | {"SEND_COMPLETION": True}

# A real password is hashed slowly, so that nobody can try many.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# And no OPENAI_API_KEY: these tests ask nobody.
ASSISTANT = "assistants.quotes.answer"
