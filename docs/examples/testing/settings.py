import os

INSTALLED_APPS = [
    "daphne",
    "chanx.channels",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "testing",
]
DATABASE = os.environ.get("DATABASE", "guestbook.sqlite3")
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATABASE,
        # A file, because the live server of a test is another process.
        "TEST": {"NAME": f"{DATABASE}.test"},
    }
}
# Chanx says when it has handled a message, so that a test need not wait for more.
CHANX = {"SEND_COMPLETION": True}
