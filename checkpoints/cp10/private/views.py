import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.views import SignedInRequest
from chat.models import Room
from chat.rooms import PRIVATE
from private import invitations
from private.forms import InvitationForm, RoomForm
from private.models import Membership

View = Callable[..., HttpResponse]


def for_members(view: View) -> View:
    """Give a view the membership. Who has none doesn't learn if there is the room."""

    @login_required
    @wraps(view)
    def only_for_members(
        request: SignedInRequest, name: str, **kwargs: Any
    ) -> HttpResponse:
        mine = request.user.memberships.filter(room__name=name).select_related("room")
        member = mine.first()
        if not member:
            raise Http404
        return view(request, member, **kwargs)

    return only_for_members


def for_owners(view: View) -> View:
    """Give a view the membership of the owner; nobody else can use it."""

    @require_POST
    @for_members
    @wraps(view)
    def only_for_owners(
        request: SignedInRequest, member: Membership, **kwargs: Any
    ) -> HttpResponse:
        if not member.is_owner:
            raise Http404
        return view(request, member, **kwargs)

    return only_for_owners


def chat_in(room: Room) -> str:
    """The address of the chat page in a room."""
    return f"{reverse('chat')}?{urlencode({'room': room.name})}"


@login_required
def rooms(request: SignedInRequest) -> HttpResponse:
    """One's private rooms, and a new one."""
    form = RoomForm(request.POST or None)
    if form.is_valid():
        with transaction.atomic():
            room = Room.objects.create(
                name=PRIVATE + secrets.token_urlsafe(12),
                title=form.cleaned_data["title"],
            )
            room.memberships.create(user=request.user)
        return redirect("room", room.name)
    mine = request.user.memberships.select_related("room")
    return render(request, "private/rooms.html", {"form": form, "members": mine})


@for_members
def room(request: SignedInRequest, member: Membership) -> HttpResponse:
    """A room's members; and its invitations, for the owner."""
    return show(request, member, InvitationForm(member.room))


def show(
    request: SignedInRequest, member: Membership, form: InvitationForm
) -> HttpResponse:
    """The page of a room."""
    links = []
    for invitation in member.room.invitations.select_related("user"):
        path = reverse("invitation", args=[invitations.sign(invitation)])
        links.append(
            {
                "pk": invitation.pk,
                "user": invitation.user,
                "ends_at": invitations.end_of(invitation),
                "link": request.build_absolute_uri(path),
            }
        )
    return render(
        request,
        "private/room.html",
        {
            "room": member.room,
            "member": member,
            "members": member.room.memberships.select_related("user"),
            "invitations": links if member.is_owner else [],
            "form": form,
        },
    )


@for_owners
def invite(request: SignedInRequest, member: Membership) -> HttpResponse:
    """Invite an account."""
    form = InvitationForm(member.room, request.POST)
    if not form.is_valid():
        return show(request, member, form)
    user = form.cleaned_data["username"]
    member.room.invitations.filter(user=user).delete()
    member.room.invitations.create(user=user)
    messages.success(request, f"Send this link to {user}.")
    return redirect("room", member.room.name)


@for_owners
def revoke(request: SignedInRequest, member: Membership, pk: int) -> HttpResponse:
    """Take an invitation back."""
    member.room.invitations.filter(pk=pk).delete()
    return redirect("room", member.room.name)


@for_owners
def remove(request: SignedInRequest, member: Membership, user_id: int) -> HttpResponse:
    """Remove somebody else."""
    if user_id != member.user_id:
        member.room.memberships.filter(user=user_id).delete()
    return redirect("room", member.room.name)


@require_POST
@for_members
def leave(request: SignedInRequest, member: Membership) -> HttpResponse:
    """Leave. Then the next longest member owns the room; with the last one, it goes."""
    member.delete()
    return redirect("rooms")


@for_owners
def delete(request: SignedInRequest, member: Membership) -> HttpResponse:
    """Delete a room, with all that was said in it."""
    member.room.delete()
    return redirect("rooms")


@login_required
def invitation(request: SignedInRequest, signed: str) -> HttpResponse:
    """Show an invitation, and accept it."""
    try:
        if request.method == "POST":
            return redirect(chat_in(invitations.accept(signed, request.user)))
        room = invitations.read(signed, request.user).room
    except ValueError as error:
        page = "private/no_invitation.html"
        return render(request, page, {"sentence": str(error)}, status=403)
    owner = User.objects.filter(memberships__room=room).earliest("memberships__pk")
    page = "private/invitation.html"
    return render(request, page, {"room": room, "owner": owner})
