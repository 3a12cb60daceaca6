from channels.routing import URLRouter
from chanx.channels.routing import path

from accounts.watcher import watched
from system.consumers.system_consumer import SystemConsumer

router = URLRouter(
    [
        path("", watched(SystemConsumer.as_asgi())),
    ]
)
