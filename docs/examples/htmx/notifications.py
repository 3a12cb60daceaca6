"""The finished project's notifications, as HTML."""

from chanx.channels.websocket import AsyncJsonWebsocketConsumer
from chanx.core.decorators import channel, event_handler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import path
from django.views.decorators.http import require_POST, require_safe
from pydantic import ValidationError

from system.consumers.system_consumer import EVERYBODY
from system.messages import SystemNotification
from system.notifications import notify

# Scripts, styles and connections are this site's own; none stands in the page.
POLICY = "default-src 'self'; img-src 'self' data:"


@channel(description="Notifications as HTML.")
class NotificationsConsumer(AsyncJsonWebsocketConsumer):
    groups = [EVERYBODY]

    @event_handler
    async def handle_system_notification(self, event: SystemNotification) -> None:
        context = {"notification": event.payload}
        await self.send(render_to_string("htmx/notification.html", context))


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    response = render(request, "htmx/notifications.html")
    response["Content-Security-Policy"] = POLICY
    return response


# In the finished project, only staff may.
@require_POST
def tell(request: HttpRequest) -> HttpResponse:
    """Tell something to all. What goes wrong is the text of an answer."""
    try:
        notify(request.POST.get("message", ""))
    except ValidationError as error:
        return HttpResponse(error.errors()[0]["msg"], status=400)
    return HttpResponse(status=204)


urlpatterns = [
    path("", page),
    path("notify/", tell, name="tell"),
]
websocket_urlpatterns = [
    path("ws/notifications/", NotificationsConsumer.as_asgi()),
]
