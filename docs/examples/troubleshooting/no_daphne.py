"""Settings as older tutorials have them: "channels" is an app, and "daphne" is none."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

DEBUG = True
SECRET_KEY = "only-for-development"

INSTALLED_APPS = ["channels"]
ROOT_URLCONF = __name__
ASGI_APPLICATION = "config.asgi.application"


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Hello.")


urlpatterns = [path("", hello)]
