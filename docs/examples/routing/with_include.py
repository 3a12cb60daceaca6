from django.urls import include, path
from routing.nested import house_urlpatterns

websocket_urlpatterns = [
    path("ws/<str:house>/", include(house_urlpatterns)),
]
