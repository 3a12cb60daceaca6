# SessionMiddlewareStack needs the sessions' table.
INSTALLED_APPS = [
    "daphne",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "database",
]
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware"]
