from django.contrib.staticfiles.urls import staticfiles_urlpatterns
from django.urls import include, path
from django.views.generic import TemplateView

from assistants.views import assistants
from chat.views import ChatView

urlpatterns = [
    path("", TemplateView.as_view(template_name="chat/console.html"), name="console"),
    path("chat/", ChatView.as_view(), name="chat"),
    path("accounts/", include("accounts.urls")),
    path("", include("private.urls")),
    path("system/", include("system.urls")),
    path("assistants/", assistants, name="assistants"),
    path("asyncapi/", include("chanx.channels.urls")),
    # Below the path of FORCE_SCRIPT_NAME, which STATIC_URL begins with.
    *staticfiles_urlpatterns("static/"),
]
