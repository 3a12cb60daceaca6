"""The finished project's assistant, over server-sent events and over a WebSocket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from channels.auth import AuthMiddlewareStack
from channels.layers import get_channel_layer
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import path
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import TemplateView
from pydantic import TypeAdapter, ValidationError
from sse.events import event, stream

from assistants import answers, writing
from assistants.answers import Refused, in_thread
from assistants.messages import Question
from assistants.models import WRITING
from assistants.routing import router
from system.owners import ensure_owner

# Who hears of no news looks for itself; and sends a sign of life.
SECONDS_TO_LOOK = 1

check = TypeAdapter(Question).validate_python


def owner_of(request: HttpRequest) -> str:
    return ensure_owner(request.user, request.session)


@require_POST
async def ask(request: HttpRequest) -> HttpResponse:
    """Begin an answer, and say which."""
    owner = await in_thread(owner_of)(request)
    try:
        question = check(request.POST.get("question"))
        before = await in_thread(answers.newest)(owner)
        answer_id = await in_thread(answers.begin)(owner, question)
    except ValidationError as error:
        return HttpResponse(error.errors()[0]["msg"], status=400)
    except Refused as error:
        return HttpResponse(str(error), status=409)
    source = writing.answer_to(question, before)
    writing.start(answer_id, source, request.META["REMOTE_ADDR"])
    return JsonResponse({"id": answer_id}, status=201)


@require_safe
async def follow(
    request: HttpRequest, answer_id: int
) -> HttpResponse | StreamingHttpResponse:
    """Send the pieces of an answer, after the last one that the browser has."""
    owner = await in_thread(owner_of)(request)
    last = request.headers.get("Last-Event-ID", "0")
    if not (last.isascii() and last.isdecimal() and len(last) < 10):
        return HttpResponse("Last-Event-ID is the number of a piece.", status=400)
    try:
        await in_thread(answers.after)(owner, answer_id, int(last))
    except Refused as error:
        return HttpResponse(str(error), status=404)
    return stream(pieces(owner, answer_id, int(last)))


async def pieces(owner: str, answer_id: int, index: int) -> AsyncIterator[str]:
    layer = get_channel_layer()
    channel = await layer.new_channel()
    group = writing.group_of(answer_id)
    await layer.group_add(group, channel)
    try:
        while True:
            answer, new = await in_thread(answers.after)(owner, answer_id, index)
            for piece in new:
                index = piece.index
                yield event(piece.text, id=index)
            if answer.state != WRITING:
                yield event({"state": answer.state, "reason": answer.reason}, "end")
                return
            # A comment, which the browser leaves out.
            yield ":\n\n"
            with suppress(TimeoutError):
                async with asyncio.timeout(SECONDS_TO_LOOK):
                    await layer.receive(channel)
    finally:
        await layer.group_discard(group, channel)


@require_POST
async def stop(request: HttpRequest, answer_id: int) -> HttpResponse:
    """End an answer where it is, for all who see it."""
    owner = await in_thread(owner_of)(request)
    try:
        await in_thread(answers.stop)(owner, answer_id)
    except Refused as error:
        return HttpResponse(str(error), status=404)
    await writing.tell(answer_id)
    return HttpResponse(status=204)


urlpatterns = [
    path("", TemplateView.as_view(template_name="sse/assistant.html")),
    path("answers/", ask),
    path("answers/<int:answer_id>/", follow),
    path("answers/<int:answer_id>/stop/", stop),
]
websocket_urlpatterns = [
    path("ws/assistants/", AuthMiddlewareStack(router)),
]
