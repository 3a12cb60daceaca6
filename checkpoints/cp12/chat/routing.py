from channels.routing import URLRouter
from chanx.channels.routing import path

from accounts.watcher import watched
from chat.consumers.chat_consumer import ChatConsumer

router = URLRouter(
    [
        path("<str:group_name>/", watched(ChatConsumer.as_asgi())),
    ]
)
