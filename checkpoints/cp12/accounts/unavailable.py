"""What people see, and the log says, while the database fails."""

import logging
from collections.abc import Callable

from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from chat.database import TRY_AGAIN, explain

logger = logging.getLogger(__name__)


class SayWhatFails:
    """Answers with a sentence where the database fails, instead of a traceback."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Run the view."""
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, error: Exception
    ) -> HttpResponse | None:
        """The page for an error of the database; None for any other."""
        if not isinstance(error, Error):
            return None
        logger.error(explain(error))
        if request.content_type == "application/json":
            return JsonResponse({"error": TRY_AGAIN}, status=503)
        page = "accounts/unavailable.html"
        return render(None, page, {"sentence": TRY_AGAIN}, status=503)
