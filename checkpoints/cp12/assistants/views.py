from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from system.owners import ensure_owner


def assistants(request: HttpRequest) -> HttpResponse:
    """The assistant's page. A browser that is new becomes an owner."""
    ensure_owner(request.user, request.session)
    context = {"tutorial_url": settings.TUTORIAL_URL}
    return render(request, "assistants/assistants.html", context)
