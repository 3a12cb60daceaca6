"""The application around an example: its own one, or one with its WebSocket routes."""

import os
from importlib import import_module

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

django_application = get_asgi_application()
example = import_module(settings.EXAMPLE)

if hasattr(example, "application"):
    application = example.application
else:
    application = ProtocolTypeRouter(
        {
            "http": django_application,
            "websocket": AllowedHostsOriginValidator(
                URLRouter(getattr(example, "websocket_urlpatterns", []))
            ),
        }
    )
