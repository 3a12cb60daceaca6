"""An asgi.py that imports a model before Django has loaded its settings and apps."""

from django.contrib.sessions.models import Session
from django.core.asgi import get_asgi_application

application = get_asgi_application()
print(f"{Session} is known.")
