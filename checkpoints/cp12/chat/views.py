from typing import Any

from django.conf import settings
from django.views.generic import TemplateView

from chat.models import Room


class ChatView(TemplateView):
    """The chat page. It knows the titles of one's private rooms."""

    template_name = "chat/chat.html"
    extra_context = {"tutorial_url": settings.TUTORIAL_URL}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the page shows."""
        mine = Room.objects.filter(memberships__user=self.request.user.pk)
        titles = dict(mine.values_list("name", "title"))
        return super().get_context_data(titles=titles, **kwargs)
