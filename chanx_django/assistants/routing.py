from channels.routing import URLRouter
from chanx.channels.routing import path

from accounts.watcher import watched
from assistants.conversation_consumer import ConversationAssistantConsumer

router = URLRouter(
    [
        path("", watched(ConversationAssistantConsumer.as_asgi())),
    ]
)
