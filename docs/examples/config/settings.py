"""The settings around an example.

What a page's examples need beyond these is in the settings.py of their folder.
"""

import os
from importlib import import_module
from pathlib import Path

# For instance routing.rooms; run.py sets it.
EXAMPLE = os.environ["EXAMPLE"]
FOLDER = EXAMPLE.partition(".")[0]

EXAMPLES = Path(__file__).resolve().parent.parent
# The console page of the course's first chapter is the page at "/".
CONSOLE = EXAMPLES.parents[1] / "checkpoints" / "start" / "chat"

DEBUG = True
SECRET_KEY = "only-for-development"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]

INSTALLED_APPS = ["daphne", "django.contrib.staticfiles", FOLDER]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [CONSOLE / "templates"],
        "APP_DIRS": True,
    },
]
STATIC_URL = "/static/"
STATICFILES_DIRS = [CONSOLE / "static"]
TIME_ZONE = "UTC"

CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("DATABASE", EXAMPLES / FOLDER / "db.sqlite3"),
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

if (EXAMPLES / FOLDER / "settings.py").exists():
    own = import_module(f"{FOLDER}.settings")
    globals().update({name: vars(own)[name] for name in vars(own) if name.isupper()})
