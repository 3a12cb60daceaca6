"""SQLite, or the PostgreSQL that the environment names."""

import os
from pathlib import Path

INSTALLED_APPS = [
    "daphne",
    "django.contrib.staticfiles",
    "databases",
]

SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": os.environ.get("DATABASE", Path(__file__).with_name("db.sqlite3")),
    "OPTIONS": {
        # Wait so many seconds for another process that writes. 5, if left out.
        "timeout": float(os.environ.get("SQLITE_TIMEOUT", "20")),
        # Wait at the begin of a transaction, and not in the middle of it.
        "transaction_mode": "IMMEDIATE",
    },
}
POSTGRESQL = {
    "ENGINE": "django.db.backends.postgresql",
    "HOST": os.environ.get("POSTGRES_HOST", ""),
    "PORT": os.environ.get("POSTGRES_PORT", "5432"),
    "NAME": os.environ.get("POSTGRES_DB", "postgres"),
    "USER": os.environ.get("POSTGRES_USER", "postgres"),
    "PASSWORD": os.environ.get("POSTGRES_PASSWORD", ""),
    # For how many seconds a connection is kept for the next one who needs it.
    "CONN_MAX_AGE": int(os.environ.get("CONN_MAX_AGE", "0")),
}
DATABASES = {"default": POSTGRESQL if POSTGRESQL["HOST"] else SQLITE}
