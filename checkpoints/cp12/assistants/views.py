from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def assistants(request: HttpRequest) -> HttpResponse:
    """The assistant's page, and a session for a browser that has none."""
    request.session.setdefault("asks_the_assistant", True)
    context = {"tutorial_url": settings.TUTORIAL_URL}
    return render(request, "assistants/assistants.html", context)
