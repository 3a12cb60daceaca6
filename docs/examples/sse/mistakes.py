"""What goes wrong with streams."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator

from channels.generic.websocket import AsyncWebsocketConsumer
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.middleware.gzip import GZipMiddleware
from django.urls import path
from sse.events import event

TYPE = "text/event-stream"


def collected(request: HttpRequest) -> StreamingHttpResponse:
    """Comes as a whole, because its generator is not asynchronous."""

    def times() -> Iterator[str]:
        for _ in range(3):
            yield event(time.monotonic())
            time.sleep(0.1)

    return StreamingHttpResponse(times(), content_type=TYPE)


async def times(number: int, seconds: float) -> AsyncIterator[str]:
    for _ in range(number):
        yield event(time.monotonic())
        await asyncio.sleep(seconds)


async def held_back(request: HttpRequest) -> StreamingHttpResponse:
    """Waits in nginx, which nothing tells to pass it on."""
    return StreamingHttpResponse(times(3, 0.1), content_type=TYPE)


async def quiet(request: HttpRequest) -> StreamingHttpResponse:
    """Says something once, and then nothing for a long time."""
    response = StreamingHttpResponse(times(2, 600), content_type=TYPE)
    response["X-Accel-Buffering"] = "no"
    return response


async def without_end(request: HttpRequest) -> StreamingHttpResponse:
    """Begins anew when it has ended, because nothing tells the page of the end."""
    return StreamingHttpResponse(times(3, 0), content_type=TYPE)


async def line_end(request: HttpRequest) -> HttpResponse:
    """Loses the second line, which is no field."""
    return HttpResponse("data: one\ntwo\n\n", content_type=TYPE)


async def unavailable(request: HttpRequest) -> HttpResponse:
    """What a proxy answers while the server restarts."""
    return HttpResponse(status=503)


class OpenConsumer(AsyncWebsocketConsumer):
    """Lets everybody in, and says nothing."""


class LengthMiddleware:
    """Wants to know how long each answer is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["X-Length"] = str(len(response.content))
        return response


urlpatterns = [
    path("", lambda request: HttpResponse("<title>Mistakes</title>")),
    path("collected/", collected),
    path("held-back/", held_back),
    path("quiet/", quiet),
    path("without-end/", without_end),
    path("line-end/", line_end),
    path("unavailable/", unavailable),
    # A middleware is around all views; here, around one.
    path("counted/", LengthMiddleware(collected)),
    path("compressed/", GZipMiddleware(without_end)),
]
websocket_urlpatterns = [
    path("ws/", OpenConsumer.as_asgi()),
]
