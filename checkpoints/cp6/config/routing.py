from typing import Any

from channels.routing import URLRouter
from channels.security.websocket import WebsocketDenier
from chanx.channels.routing import include, path, re_path

ws_router = URLRouter(
    [
        path("chat/", include("chat.routing")),
    ]
)

router = URLRouter(
    [
        path("ws/", include(ws_router)),
    ]
)


class RefuseUnknownPaths:
    """Refuses the handshake where the router has no route.

    Chanx's documentation lists every consumer of the router, and knows only Chanx's
    own: so the consumer that refuses is kept out of it. Chanx finds the router by
    the name `application`.
    """

    def __init__(self, application: URLRouter) -> None:
        self.application = application
        self.router = URLRouter(
            [path("", application), re_path("", WebsocketDenier.as_asgi())]
        )

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Run the consumer of the path, or refuse the handshake."""
        await self.router(scope, receive, send)
