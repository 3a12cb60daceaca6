import gc
import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ChannelNameRouter, ProtocolTypeRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Loads the apps. Whatever imports models has to be imported after it.
django_application = get_asgi_application()

from accounts.middleware import DatabaseMiddleware, TicketMiddleware  # noqa: E402
from chat.departures import DepartureMiddleware  # noqa: E402
from chat.frames import limit_frames  # noqa: E402
from chat.outage import OutageMiddleware  # noqa: E402
from chat.workers import DiceConsumer  # noqa: E402
from config.routing import (  # noqa: E402
    OwnRootPath,
    RefuseBadOrigins,
    RefuseUnknownPaths,
    router,
)

limit_frames()

# Whoever comes is known by a session or a ticket; or else is a guest.
known = AuthMiddlewareStack(TicketMiddleware(RefuseUnknownPaths(router)))

application = ProtocolTypeRouter(
    {
        "http": OwnRootPath(django_application),
        "websocket": RefuseBadOrigins(
            AllowedHostsOriginValidator(
                OwnRootPath(
                    DepartureMiddleware(OutageMiddleware(DatabaseMiddleware(known)))
                )
            )
        ),
        "channel": ChannelNameRouter({"dice": DiceConsumer.as_asgi()}),
    }
)

# What is loaded by now stays. To look through it for garbage, again and again, would
# stop all clients for a tenth of a second each time.
gc.collect()
gc.freeze()
