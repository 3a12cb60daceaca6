"""All examples of this folder on one server."""

import groups.calls
import groups.leaving
import groups.lobby
import groups.offices
import groups.room
import groups.topics
import groups.windows

websocket_urlpatterns = [
    *groups.lobby.websocket_urlpatterns,
    *groups.room.websocket_urlpatterns,
    *groups.topics.websocket_urlpatterns,
    *groups.calls.websocket_urlpatterns,
    *groups.offices.websocket_urlpatterns,
    *groups.leaving.websocket_urlpatterns,
    *groups.windows.websocket_urlpatterns,
]
urlpatterns = [
    *groups.room.urlpatterns,
    *groups.leaving.urlpatterns,
    *groups.windows.urlpatterns,
]
