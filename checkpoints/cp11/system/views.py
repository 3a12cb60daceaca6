import uuid

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from system.jobs import file_of
from system.models import Job, State
from system.owners import ensure_owner, owner_of
from system.tasks import TASKS


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page of jobs. A browser that comes for the first time becomes an owner."""
    ensure_owner(request.user, request.session)
    return render(request, "system/system.html")


@require_safe
def result(request: HttpRequest, pk: uuid.UUID) -> FileResponse:
    """The file of a job, for its owner. Nobody else learns that there is one."""
    owner = owner_of(request.user, request.session)
    job = Job.objects.filter(pk=pk, owner=owner, state=State.DONE).first()
    if job is None:
        raise Http404("You have no such result.")
    try:
        file = file_of(job).open("rb")
    except FileNotFoundError:
        raise Http404("This result was deleted.") from None
    return FileResponse(
        file, as_attachment=True, filename=TASKS[job.task_type].file_name
    )
