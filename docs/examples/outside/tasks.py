"""What a worker of Celery does: celery --app outside.tasks worker"""

import os

from celery import Celery

app = Celery("outside", broker=os.environ.get("REDIS_URL", "memory://"))


@app.task(ignore_result=True)
def pack(number: int) -> None:
    """Pack the order of that number."""
    # Imported here, when Django is ready: the models import this module.
    from outside.models import Order

    order = Order.objects.get(pk=number)
    order.is_packed = True
    order.save()
