"""The import as a run: a worker checks a large file, or writes a confirmed one chunk by chunk."""

from collections import Counter
from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext_noop

from jobs.imports.checking import Reading, check_import, keep_issues, read_import, save_entries, totals
from jobs.imports.collector import resting_collector
from jobs.imports.resuming import plan_of, take_up
from jobs.imports.table import UnreadableFile
from jobs.imports.undoing import check_undo, keep_rows, undo
from jobs.models import ImportJob
from jobs.runs import LeaseLost, RunContext, RunFailed
from workspaces.activity import Change
from workspaces.table_statistics import renew_stale_statistics

# Entries written per transaction: large enough that its fixed costs vanish, small enough to be done within seconds.
CHUNK = 2_000


def run_import(context: RunContext) -> dict:
    """Check, write or undo the job that the run names; answers its counts."""
    steps = {"check": _check, "write": _write, "undo-check": _undo_check, "undo": _undo}
    try:
        with resting_collector():
            return steps[context.params["step"]](context)
    except UnreadableFile as error:
        raise RunFailed("unreadable", gettext_noop("The file can no longer be read.")) from error
    except PermissionDenied as error:
        raise RunFailed("forbidden", gettext_noop("Whoever asked for this may not do it any more.")) from error


def _job(context: RunContext, *, lock: bool = False, needs_file: bool = True) -> ImportJob:
    jobs = ImportJob.objects.defer("preview", "columns").filter(workspace=context.workspace)
    job = (jobs.select_for_update() if lock else jobs).get(pk=context.params["job"])
    if needs_file and job.file_id is None:
        raise RunFailed("file_gone", gettext_noop("The file is no longer kept. Upload it again."))
    return job


def _check(context: RunContext) -> dict:
    context.progress(0, gettext_noop("Checking the rows"))
    with context.step():
        job = _job(context, lock=True)
        if job.run_id == context.run.pk and job.state == ImportJob.CHECKING:
            check_import(job, by=context.actor.through("import"))
    return job.counts


def _write(context: RunContext) -> dict:
    context.progress(0, gettext_noop("Reading the file"))
    with context.step():
        job = _job(context)
        with translation.override(job.language):
            reading = read_import(job)
    with context.step():
        job = _job(context, lock=True)
        if job.state != ImportJob.WRITING:
            raise LeaseLost(context.run.pk)
        with translation.override(job.language):
            take_up(job, reading)
    while job.state != ImportJob.DONE:
        job = write_chunk(context, reading)
        entries = len(reading.prepared.entries)
        context.progress(
            (job.done or 0) / entries if entries else 1,
            gettext_noop("%(done)s of %(all)s written"),
            done=job.done,
            all=entries,
        )
    renew_stale_statistics()
    return job.counts


def write_chunk(context: RunContext, reading: Reading) -> ImportJob:
    """Write the next entries and note how far it got, in one transaction: a kill in between leaves either both or
    neither.
    """
    with context.step():
        job = _job(context, lock=True)
        if job.state != ImportJob.WRITING:
            raise LeaseLost(context.run.pk)
        with translation.override(job.language):
            if job.done is None:
                # What the check found gives way to what the writing finds.
                job.issues.all().delete()
                job.done, job.plan = 0, plan_of(reading.prepared.entries)
                job.counts = totals(Counter(), reading.prepared.issues, reading)
                keep_issues(job, reading.prepared.issues, reading)
            entries = reading.prepared.entries[job.done : job.done + CHUNK]
            journal: list[tuple[int, Change]] = []
            counts, issues = save_entries(
                reading.kind,
                entries,
                workspace=context.workspace,
                by=context.actor.through("import"),
                mode=reading.mapping.mode,
                dry_run=False,
                journal=journal,
            )
            keep_rows(job, journal, batch=reading.first_batch + job.done)
            keep_issues(job, issues, reading)
        for status, count in counts.items():
            job.counts[status] += count
        job.counts["errors"] += len({issue.row for issue in issues})
        job.done += len(entries)
        if job.done >= len(reading.prepared.entries):
            job.state, job.finished_at = ImportJob.DONE, Now()
        job.save(update_fields=["done", "plan", "counts", "state", "finished_at"])
    return job


def _undo_check(context: RunContext) -> dict:
    return _take_back(context, ImportJob.UNDO_CHECK, check_undo)


def _undo(context: RunContext) -> dict:
    return _take_back(context, ImportJob.UNDOING, undo)


def _take_back(context: RunContext, state: str, do: Callable[..., None]) -> dict:
    """All of it in one transaction: a kill leaves nothing undone, and the next attempt begins again."""
    context.progress(0, gettext_noop("Looking at what was imported"))

    def told(done: int, rows: int) -> None:
        context.progress(done / rows, gettext_noop("%(done)s of %(all)s looked at"), done=done, all=rows)

    with context.step():
        job = _job(context, lock=True, needs_file=False)
        if job.run_id == context.run.pk and job.state == state:
            do(job, by=context.actor.through("import"), told=told)
    return job.undo
