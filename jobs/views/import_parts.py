"""What the pages of an import share: finding it, where it stands, how far it is."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jobs.models import ImportJob, Run
from workspaces import formats, roles


def download(text: str, name: str) -> HttpResponse:
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return answer


def job_or_404(request, pk) -> ImportJob:
    request.actor.require(roles.IMPORT_FILES)
    jobs = ImportJob.objects.select_related("workspace", "run")
    return get_object_or_404(jobs, workspace=request.workspace, pk=pk)


def trail_of(request) -> list[dict]:
    return [{"label": _("Imports"), "href": reverse("jobs:import_list", args=[request.workspace.slug])}]


def steps_of(current: int) -> list[dict]:
    labels = [_("File"), _("Columns"), _("Check"), _("Import")]
    states = ["done" if n < current else "current" if n == current else "todo" for n in range(len(labels))]
    return [{"label": label, "state": state} for label, state in zip(labels, states, strict=True)]


def progress_of(job: ImportJob) -> dict:
    run = job.run
    is_open = run is not None and run.is_open and job.state in ImportJob.OPEN
    return {
        "is_open": is_open,
        "is_failed": run is not None
        and run.state == Run.FAILED
        and job.state not in (ImportJob.DONE, ImportJob.UNDONE),
        "percent": run.percent if run is not None else 0,
        "progress_text": run.message_text if run is not None and run.state == Run.RUNNING else "",
        "is_waiting": run is not None and run.state == Run.QUEUED,
        "error_text": run.error_text if run is not None else "",
        "progress_title": _title(job) % {"name": job.name},
    }


def _title(job: ImportJob) -> str:
    if job.state == ImportJob.UNDO_CHECK:
        return _("Looking at what an undo of %(name)s would do")
    if job.state == ImportJob.UNDOING:
        return _("Undoing %(name)s")
    return _("Importing %(name)s") if job.is_confirmed else _("Checking %(name)s")


def status_of(job: ImportJob) -> dict:
    """Label and tone of the pill that says how a job stands."""
    progress = progress_of(job)
    if progress["is_failed"]:
        return {"label": _("Failed"), "tone": "risk"}
    if job.state == ImportJob.DONE:
        errors = job.counts.get("errors", 0)
        if errors:
            text = ngettext("Imported, %(count)s row with errors", "Imported, %(count)s rows with errors", errors)
            return {"label": text % {"count": formats.number(errors)}, "tone": "watch"}
        return {"label": job.get_state_display(), "tone": "good"}
    if job.state == ImportJob.UNDONE and (kept := job.undo.get("kept", 0)):
        text = ngettext("Undone, %(count)s row stays", "Undone, %(count)s rows stay", kept)
        return {"label": text % {"count": formats.number(kept)}, "tone": "watch"}
    tone = "busy" if progress["is_open"] else ""
    return {"label": job.get_state_display(), "tone": tone}
