import uuid
from collections.abc import AsyncIterator
from pathlib import Path

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe
from pydantic import ValidationError
from redis.exceptions import RedisError

from chat.models import Room
from chat.outage import for_client
from system.models import Job, State
from system.notifications import groups_for, notify
from system.owners import ensure_owner, may_read, owner_of
from system.results import file_of
from system.tasks import TASKS

PIECE = 65_536


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page of jobs. A browser that comes for the first time becomes an owner."""
    ensure_owner(request.user, request.session)
    mine = Room.objects.filter(memberships__user=request.user.pk)
    return render(request, "system/system.html", {"rooms": mine})


@require_safe
def result(request: HttpRequest, pk: uuid.UUID) -> StreamingHttpResponse:
    """The file of a job, for its owner. Nobody else learns that there is one."""
    owner = owner_of(request.user, request.session)
    job = Job.objects.filter(pk=pk, owner=owner, state=State.DONE).first()
    if job is None or not may_read(owner, job.content):
        raise Http404("You have no such result.")
    file = file_of(job)
    if not file.exists():
        raise Http404("This result was deleted.")
    named = content_disposition_header(True, TASKS[job.task_type].file_name)
    return StreamingHttpResponse(
        pieces_of(file),
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": named,
            "Content-Length": str(file.stat().st_size),
        },
    )


async def pieces_of(path: Path) -> AsyncIterator[bytes]:
    """A file, piece by piece. A FileResponse would have it in the memory as a whole."""
    with path.open("rb") as file:
        while piece := await sync_to_async(file.read)(PIECE):
            yield piece


@require_POST
def send_notification(request: HttpRequest) -> HttpResponse:
    """Tell something to pages of jobs. Only staff may."""
    if not request.user.is_staff:
        raise PermissionDenied
    asked = request.POST
    try:
        groups = groups_for(asked.get("user", ""), asked.get("room", ""))
        notify(asked.get("message", ""), groups)
    except ValidationError as error:
        messages.error(request, error.errors()[0]["msg"])
    except ValueError as error:
        messages.error(request, str(error))
    except RedisError as error:
        messages.error(request, for_client(error))
    return redirect("system")
