from django.urls import path

from private import views

urlpatterns = [
    path("rooms/", views.rooms, name="rooms"),
    path("rooms/<str:name>/", views.room, name="room"),
    path("rooms/<str:name>/invite/", views.invite, name="invite"),
    path("rooms/<str:name>/revoke/<int:pk>/", views.revoke, name="revoke"),
    path("rooms/<str:name>/remove/<int:user_id>/", views.remove, name="remove"),
    path("rooms/<str:name>/leave/", views.leave, name="leave"),
    path("rooms/<str:name>/delete/", views.delete, name="room_delete"),
    path("invitations/<str:signed>/", views.invitation, name="invitation"),
]
