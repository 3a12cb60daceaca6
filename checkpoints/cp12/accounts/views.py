import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, views
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from django.views.generic import FormView

from accounts import tickets
from accounts.forms import TAKEN, DeletionForm, SignupForm
from accounts.models import User
from chat.names import fault_in

BACKEND = "django.contrib.auth.backends.ModelBackend"
MAX_PASSWORD_LENGTH = 4096

MINUTES = settings.AXES_COOLOFF_TIME // timedelta(minutes=1)
LOCKED_OUT = (
    "Too many wrong passwords were tried for this name."
    f" Try again in {MINUTES} minutes."
)


class SignedInRequest(HttpRequest):
    """A request of somebody with an account."""

    user: User


class SignupView(views.RedirectURLMixin, FormView):
    """Makes an account, and logs in."""

    template_name = "registration/signup.html"
    form_class = SignupForm
    next_page = "chat"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the page shows, and where to go from it."""
        return super().get_context_data(next=self.get_redirect_url(), **kwargs)

    def form_valid(self, form: SignupForm) -> HttpResponse:
        """Make the account, unless somebody has taken the name in the same moment."""
        try:
            with transaction.atomic():
                user = form.save()
        except IntegrityError:
            form.add_error("username", TAKEN)
            return self.form_invalid(form)
        login(self.request, user, BACKEND)
        return super().form_valid(form)


class PasswordView(views.PasswordChangeView):
    """Sets a new password. All other browsers are logged out."""

    template_name = "registration/password_change.html"
    success_url = reverse_lazy("account")

    def form_valid(self, form: Any) -> HttpResponse:
        """Set it, and say so."""
        messages.success(self.request, "Your password has been changed.")
        return super().form_valid(form)


@login_required
def account(request: SignedInRequest) -> HttpResponse:
    """One's own account."""
    return render(request, "accounts/account.html")


@require_POST
@login_required
def logout_everywhere(request: SignedInRequest) -> HttpResponse:
    """Log out of all browsers: no session holds what it would have to now."""
    User.objects.filter(pk=request.user.pk).update(farewells=F("farewells") + 1)
    logout(request)
    return redirect("login")


@login_required
def delete(request: SignedInRequest) -> HttpResponse:
    """Delete one's account, after asking for the password."""
    form = DeletionForm(request.user, request.POST or None)
    if form.is_valid():
        user = request.user
        logout(request)
        user.delete()
        return redirect("chat")
    return render(request, "accounts/delete.html", {"form": form})


# Nothing here comes from a cookie, so no other site can use it in somebody's name.
@csrf_exempt
@require_POST
def ticket(request: HttpRequest) -> JsonResponse:
    """A ticket for a name and a password, sent as JSON."""
    match parsed(request.body):
        case {"username": str(name), "password": str(password)} if (
            not fault_in(name) and len(password) <= MAX_PASSWORD_LENGTH
        ):
            user = authenticate(request, username=name, password=password)
        case _:
            error = 'Send JSON: {"username": "…", "password": "…"}'
            return JsonResponse({"error": error}, status=400)
    if not isinstance(user, User):
        error = "The name or the password is wrong."
        return JsonResponse({"error": error}, status=401)
    return JsonResponse({"ticket": tickets.issue(user), "seconds": tickets.SECONDS})


def locked_out(request: HttpRequest, *args: Any) -> HttpResponse:
    """What somebody gets for whose name too many wrong passwords were tried."""
    answer: HttpResponse
    if request.content_type == "application/json":
        answer = JsonResponse({"error": LOCKED_OUT}, status=429)
    else:
        page = "registration/locked_out.html"
        answer = render(request, page, {"sentence": LOCKED_OUT}, status=429)
    answer.headers["Retry-After"] = f"{60 * MINUTES}"
    return answer


def parsed(body: bytes) -> Any:
    """What the JSON says; None if it is none, or has half a character."""
    try:
        content = json.loads(body)
        json.dumps(content, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return content
