import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
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


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page of jobs. A browser that comes for the first time becomes an owner."""
    ensure_owner(request.user, request.session)
    mine = Room.objects.filter(memberships__user=request.user.pk)
    return render(request, "system/system.html", {"rooms": mine})


@require_safe
def result(request: HttpRequest, pk: uuid.UUID) -> FileResponse:
    """The file of a job, for its owner. Nobody else learns that there is one."""
    owner = owner_of(request.user, request.session)
    job = Job.objects.filter(pk=pk, owner=owner, state=State.DONE).first()
    if job is None or not may_read(owner, job.content):
        raise Http404("You have no such result.")
    try:
        file = file_of(job).open("rb")
    except FileNotFoundError:
        raise Http404("This result was deleted.") from None
    return FileResponse(
        file, as_attachment=True, filename=TASKS[job.task_type].file_name
    )


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
