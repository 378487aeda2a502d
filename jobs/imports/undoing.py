"""Undoing an import: what it created is voided, what it changed is put back, and what must stay says why.

The batches go back in the opposite order, all in one transaction: what a later one did to what an earlier one wrote is
gone by the time the earlier one is looked at.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from jobs.imports.kinds import import_kind
from jobs.models import ImportedRow, ImportJob
from workspaces.activity import Change, record
from workspaces.actor import Actor
from workspaces.batch import TakenBack
from workspaces.bulk import insert_rows

# Rows whose outcome is kept by one statement.
AT_ONCE = 10_000
Told = Callable[[int, int], None]


class _Looked(Exception):
    """Leaves, and so takes back, an undo that was only tried."""


def keep_rows(job: ImportJob, journal: list[tuple[int, Change]], *, batch: int) -> None:
    """Keep what a batch wrote, in the transaction that wrote it. journal: (row of the file, change)."""
    insert_rows(
        ImportedRow,
        [
            {
                "workspace_id": job.workspace_id,
                "job_id": job.pk,
                "batch": batch,
                "row": row,
                "verb": change.verb,
                "subject_type": change.subject_type,
                "subject_id": str(change.subject_id),
                "subject_label": change.subject_label[:200],
                "before": change.before,
                "after": change.after,
            }
            for row, change in journal
        ],
    )


def check_undo(job: ImportJob, *, by: Actor, told: Told | None = None) -> None:
    """Find out what an undo would do, by doing it and taking that back. Runs in the caller's transaction."""
    found: list[tuple[int, TakenBack]] = []
    try:
        with transaction.atomic():
            found += _taken_back(job, by, told)
            raise _Looked
    except _Looked:
        pass
    job.state = ImportJob.DONE
    job.undo = _keep_outcomes(job, found) | {"at": timezone.now().isoformat()}
    job.save(update_fields=["state", "undo"])


def undo(job: ImportJob, *, by: Actor, told: Told | None = None) -> None:
    """Undo what can be undone. Runs in the caller's transaction."""
    counts = _keep_outcomes(job, list(_taken_back(job, by, told)))
    job.state, job.undo = ImportJob.UNDONE, counts
    job.undone_at, job.undone_by = Now(), by.label[:200]
    job.save(update_fields=["state", "undo", "undone_at", "undone_by"])
    told_counts = {status: counts[status] for status in (TakenBack.VOIDED, TakenBack.RESTORED, TakenBack.KEPT)}
    record(workspace=job.workspace, by=by, verb="undone", subject=job, after=told_counts)


def _taken_back(job: ImportJob, by: Actor, told: Told | None) -> Iterator[tuple[int, TakenBack]]:
    kind = import_kind(job.kind)
    with translation.override(job.language):
        reason = _("The import of %(name)s was undone.") % {"name": job.name}
        batches = list(job.written.order_by("-batch").values_list("batch", flat=True).distinct())
        rows_in_all, done = job.written.count(), 0
        for batch in batches:
            rows = list(job.written.filter(batch=batch).order_by("id"))
            results = kind.take_back(
                workspace=job.workspace,
                changes=[
                    Change(row.verb, row.subject_type, row.subject_id, row.subject_label, row.before, row.after)
                    for row in rows
                ],
                by=by,
                reason=reason,
                day=job.workspace.local_day(rows[0].at),
            )
            yield from ((row.pk, result) for row, result in zip(rows, results, strict=True))
            done += len(rows)
            if told is not None:
                told(done, rows_in_all)


def _keep_outcomes(job: ImportJob, found: list[tuple[int, TakenBack]]) -> dict[str, int]:
    """Keep beside each row what became of it; counts by status."""
    alike: dict[tuple[str, str], list[int]] = defaultdict(list)
    for pk, result in found:
        alike[result.status, result.reason[:500]].append(pk)
    for (status, reason), keys in alike.items():
        for start in range(0, len(keys), AT_ONCE):
            rows = ImportedRow.objects.filter(workspace=job.workspace, pk__any_of=keys[start : start + AT_ONCE])
            rows.update(outcome=status, reason=reason)
    counts = Counter(result.status for _pk, result in found)
    return {status: counts[status] for status in TakenBack.STATUSES}
