"""The pages around an example: its own ones, or the course's console at "/"."""

from importlib import import_module

from django.conf import settings
from django.contrib.staticfiles.urls import staticfiles_urlpatterns
from django.urls import path
from django.views.generic import TemplateView

example = import_module(settings.EXAMPLE)
console = path("", TemplateView.as_view(template_name="chat/console.html"))

urlpatterns = [
    *getattr(example, "urlpatterns", [console]),
    *staticfiles_urlpatterns(),
]
