"""One socket in as many groups as it likes."""

from typing import Any

from django.urls import path
from groups.membership import GroupConsumer

TOPICS = {"news", "sport", "weather"}
LONGEST = 1000
HELP = f"Say follow, unfollow or tell, and one of: {', '.join(sorted(TOPICS))}."


class TopicsConsumer(GroupConsumer):
    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        match (text_data or "").split(maxsplit=2):
            case ["follow", topic] if topic in TOPICS:
                await self.join(f"topic.{topic}")
                await self.send(self.followed())
            case ["unfollow", topic] if topic in TOPICS:
                await self.leave(f"topic.{topic}")
                await self.send(self.followed())
            case ["tell", topic, text] if topic in TOPICS and len(text) <= LONGEST:
                event = {"type": "topic.told", "topic": topic, "text": text}
                await self.channel_layer.group_send(f"topic.{topic}", event)
            case _:
                await self.send(HELP)

    def followed(self) -> str:
        topics = sorted(group.removeprefix("topic.") for group in self.joined)
        return f"You follow: {', '.join(topics)}"

    async def topic_told(self, event: dict[str, Any]) -> None:
        # An event does not say to which group it was sent, so this one does.
        await self.send(f"{event['topic']}: {event['text']}")


websocket_urlpatterns = [
    path("ws/topics/", TopicsConsumer.as_asgi()),
]
