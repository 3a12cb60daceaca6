from typing import Any

from django.db import models, transaction
from django.db.models.signals import post_save
from django.dispatch import receiver
from outside.news import tell


class Order(models.Model):
    item = models.CharField(max_length=40)
    is_packed = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.item} is {'packed' if self.is_packed else 'ordered'}"


@receiver(post_save, sender=Order)
def tell_of_order(instance: Order, **kwargs: Any) -> None:
    # When the transaction is over: before, nobody else could see the order.
    transaction.on_commit(lambda: tell(str(instance)))
