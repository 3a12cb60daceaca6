"""Answers with passages of the course, word by word."""

from collections.abc import AsyncIterator

from django.http import HttpRequest, StreamingHttpResponse
from django.urls import path
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView
from sse.events import event, stream

from assistants.quotes import answer


async def words(question: str) -> AsyncIterator[str]:
    try:
        async for word in answer(question, []):
            yield event(word)
        yield event("", "end")
    finally:
        print("The stream has ended.", flush=True)


@require_safe
async def answers(request: HttpRequest) -> StreamingHttpResponse:
    return stream(words(request.GET.get("question", "")))


urlpatterns = [
    path("", TemplateView.as_view(template_name="sse/smallest.html")),
    path("answers/", answers),
]
