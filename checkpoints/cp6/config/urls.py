from django.contrib.staticfiles.urls import staticfiles_urlpatterns
from django.urls import include, path
from django.views.generic import TemplateView

urlpatterns = [
    path("", TemplateView.as_view(template_name="chat/console.html")),
    path("asyncapi/", include("chanx.channels.urls")),
    *staticfiles_urlpatterns(),
]
