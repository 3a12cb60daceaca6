"""All examples of this folder on one server."""

import performance.board
import performance.clocks
import performance.costs
import performance.prices
import performance.room_limit
import performance.thinking

websocket_urlpatterns = [
    *performance.thinking.websocket_urlpatterns,
    *performance.costs.websocket_urlpatterns,
    *performance.room_limit.websocket_urlpatterns,
    *performance.prices.websocket_urlpatterns,
    *performance.board.websocket_urlpatterns,
    *performance.clocks.websocket_urlpatterns,
]
urlpatterns = [
    *performance.costs.urlpatterns,
    *performance.room_limit.urlpatterns,
    *performance.clocks.urlpatterns,
]
