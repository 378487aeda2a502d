"""Undoing an import: look at what would happen → confirm → what happened, row by row."""

from typing import Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jobs.imports import actions
from jobs.models import ImportedRow, ImportJob
from jobs.views.import_parts import download, job_or_404, trail_of
from workspaces import formats
from workspaces.batch import TakenBack
from workspaces.exports import csv_lines
from workspaces.trail import SUBJECTS, changes_in_words, page_of

SHOWN_ROWS = 200
TONES = {TakenBack.RESTORED: "good", TakenBack.KEPT: "watch"}


@require_POST
def import_undo_check(request, slug, pk):
    """Find out what an undo would do."""
    return _step(request, slug, pk, actions.start_undo_check, "jobs:import_undo")


@require_GET
def import_undo(request, slug, pk):
    """Ask first: what would be voided and put back, and what would stay and why. Nothing is done yet."""
    job = job_or_404(request, pk)
    if job.state != ImportJob.DONE or not job.undo:
        return redirect("jobs:import_page", slug, pk)
    only_kept = request.GET.get("show") == "kept"
    kept = job.undo.get(TakenBack.KEPT, 0)
    rows = _rows(job, only_kept=only_kept)
    total = kept if only_kept else sum(job.undo.get(status, 0) for status in TakenBack.STATUSES)
    context = {
        "trail": [*trail_of(request), {"label": job.name, "href": page_of("importjob", str(job.pk), slug)}],
        "job": job,
        "counts": _counts(job, is_done=False),
        "rows": [_shown(row, slug, is_done=False) for row in rows],
        "left": total - len(rows),
        "only_kept": only_kept,
        "kept": kept,
        "does_something": bool(job.undo.get(TakenBack.VOIDED) or job.undo.get(TakenBack.RESTORED)),
        "tabs": [
            {"label": _("All rows"), "href": "?", "active": not only_kept, "count": sum(_numbers(job))},
            {"label": _("What stays"), "href": "?show=kept", "active": only_kept, "count": kept},
        ],
    }
    return render(request, "jobs/import_undo.html", context)


@require_POST
def import_undo_confirm(request, slug, pk):
    return _step(request, slug, pk, actions.start_undo, "jobs:import_page")


@require_GET
def import_kept(request, slug, pk):
    """What an undo does not take back, as a file."""
    job = job_or_404(request, pk)
    head = [_("Row"), _("Kind"), _("Name"), _("Reason")]
    lines = (
        [row.row or "", str(SUBJECTS.get(row.subject_type, row.subject_type)), row.subject_label, row.reason]
        for row in _kept(job)
    )
    return download("".join(csv_lines(head, lines)), f"{job.name.rsplit('.', 1)[0]}-kept.csv")


def undone_rows(job: ImportJob, slug: str) -> dict[str, Any]:
    """What the page of an undone import says of it."""
    rows = list(_kept(job)[:SHOWN_ROWS])
    return {
        "undo_counts": _counts(job, is_done=True),
        "kept_rows": [_shown(row, slug, is_done=True) for row in rows],
        "kept_left": job.undo.get(TakenBack.KEPT, 0) - len(rows) if rows else 0,
    }


def _step(request, slug, pk, action, next_page: str):
    job = job_or_404(request, pk)
    try:
        job = action(job=job, by=request.actor)
    except actions.NotReady:
        messages.warning(request, _("This import has moved on meanwhile; here is how it stands."))
        return redirect("jobs:import_page", slug, pk)
    return redirect(next_page, slug, pk)


def _kept(job: ImportJob):
    return job.written.filter(outcome=TakenBack.KEPT).order_by("row", "id")


def _rows(job: ImportJob, *, only_kept: bool) -> list[ImportedRow]:
    return list((_kept(job) if only_kept else job.written.order_by("row", "id"))[:SHOWN_ROWS])


def _numbers(job: ImportJob) -> list[int]:
    return [job.undo.get(status, 0) for status in TakenBack.STATUSES]


def _counts(job: ImportJob, *, is_done: bool) -> list[dict]:
    labels = {
        TakenBack.VOIDED: _("Voided") if is_done else _("To be voided"),
        TakenBack.RESTORED: _("Put back") if is_done else _("To be put back"),
        TakenBack.KEPT: _("Stay as they are"),
    }
    if job.undo.get(TakenBack.NOTHING):
        labels[TakenBack.NOTHING] = _("Already as before")
    return [{"label": label, "value": formats.number(job.undo.get(status, 0))} for status, label in labels.items()]


def _shown(row: ImportedRow, slug: str, *, is_done: bool) -> dict[str, Any]:
    words = {
        TakenBack.VOIDED: _("Voided") if is_done else _("Is voided"),
        TakenBack.RESTORED: _("Put back") if is_done else _("Is put back"),
        TakenBack.NOTHING: _("Already as before"),
        TakenBack.KEPT: _("Stays"),
    }
    is_put_back = row.outcome == TakenBack.RESTORED
    return {
        "number": row.row or None,
        "kind": SUBJECTS.get(row.subject_type, row.subject_type),
        "label": row.subject_label,
        "url": "" if row.outcome == TakenBack.NOTHING else page_of(row.subject_type, row.subject_id, slug),
        "status": words.get(row.outcome, ""),
        "tone": TONES.get(row.outcome, ""),
        "reason": row.reason,
        "changes": changes_in_words(row.after or {}, row.before or {}) if is_put_back else [],
    }
