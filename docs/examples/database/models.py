from django.db import models


class Message(models.Model):
    room = models.CharField(max_length=80)
    text = models.CharField(max_length=1000)

    class Meta:
        indexes = [models.Index(fields=["room", "id"])]

    def __str__(self) -> str:
        return self.text


class Seat(models.Model):
    number = models.PositiveIntegerField(unique=True)
    guest = models.CharField(max_length=40)

    def __str__(self) -> str:
        return f"{self.number}: {self.guest}"
