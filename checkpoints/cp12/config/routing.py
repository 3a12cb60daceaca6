from typing import Any
from urllib.parse import urlsplit

from channels.middleware import BaseMiddleware
from channels.routing import URLRouter
from channels.security.websocket import WebsocketDenier
from chanx.channels.routing import include, path, re_path
from django.conf import settings

ws_router = URLRouter(
    [
        path("assistants/", include("assistants.routing")),
        path("chat/", include("chat.routing")),
        path("system/", include("system.routing")),
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


class OwnRootPath(BaseMiddleware):
    """Serves below the path that the settings name, whatever a client claims.

    Daphne believes the header Daphne-Root-Path, which anybody can send.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Run the application with the root path of the settings."""
        root = settings.FORCE_SCRIPT_NAME
        is_below = scope["path"].startswith(f"{root}/")
        scope = scope | {"root_path": root if is_below else ""}
        await super().__call__(scope, receive, send)


class RefuseBadOrigins(BaseMiddleware):
    """Refuses an origin that is no address, which Channels' validator can't read."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Refuse the handshake, or leave it to the validator."""
        try:
            for name, value in scope["headers"]:
                if name == b"origin":
                    urlsplit(value.decode("latin1"))
        except ValueError:
            await WebsocketDenier.as_asgi()(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)
