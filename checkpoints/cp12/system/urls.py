from django.urls import path

from system import views

urlpatterns = [
    path("", views.page, name="system"),
    path("notify/", views.send_notification, name="notify"),
    path("jobs/<uuid:pk>/", views.result, name="result"),
]
