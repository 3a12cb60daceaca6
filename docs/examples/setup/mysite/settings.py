DEBUG = True
SECRET_KEY = "only-for-development"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]

INSTALLED_APPS = [
    "daphne",
    "django.contrib.staticfiles",
]
ROOT_URLCONF = "mysite.urls"
STATIC_URL = "/static/"

ASGI_APPLICATION = "mysite.asgi.application"
