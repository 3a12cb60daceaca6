"""Sends a reminder back. Its payload has a date and a time."""

from datetime import datetime
from typing import Literal

from chanx.channels.websocket import AsyncJsonWebsocketConsumer
from chanx.core.decorators import channel, ws_handler
from chanx.messages.base import BaseMessage
from pydantic import BaseModel


class ReminderPayload(BaseModel):
    at: datetime


class Remind(BaseMessage):
    action: Literal["remind"] = "remind"
    payload: ReminderPayload


class Reminded(BaseMessage):
    action: Literal["reminded"] = "reminded"
    payload: ReminderPayload


@channel(description="Sends reminders back.")
class ReminderConsumer(AsyncJsonWebsocketConsumer):
    @ws_handler
    async def handle_remind(self, message: Remind) -> Reminded:
        return Reminded(payload=message.payload)
