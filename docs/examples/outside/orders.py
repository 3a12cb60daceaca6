"""Takes orders on a page, and shows what becomes of them to whoever watches."""

from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from outside.models import Order
from outside.tasks import pack


class OrdersConsumer(AsyncWebsocketConsumer):
    groups = ["orders"]

    async def news(self, event: dict[str, Any]) -> None:
        await self.send(event["text"])


@csrf_exempt  # So that curl can order, in this example.
def place_order(request: HttpRequest) -> HttpResponse:
    item = request.POST.get("item", "").strip()
    if not 1 <= len(item) <= 40:
        return HttpResponse("Name an item of 1 to 40 characters.\n", status=400)
    order = Order.objects.create(item=item)
    pack.delay(order.pk)
    return HttpResponse(f"{order}\n", status=201)


websocket_urlpatterns = [
    path("ws/orders/", OrdersConsumer.as_asgi()),
]
urlpatterns = [
    path("orders/", place_order),
]
