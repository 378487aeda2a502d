"""Writes of the import pages and the command: taking a file in, matching it, checking it, asking for the writing."""

import datetime as dt
from dataclasses import asdict
from uuid import uuid4

from django.db import transaction
from django.utils import translation

from jobs.actions import queue_run
from jobs.imports.checking import check_import
from jobs.imports.fixing import Fixes
from jobs.imports.kinds import ImportKind, import_kind
from jobs.imports.mapping import Mapping, Profile, open_questions, profiles, remember_words
from jobs.imports.presets import known_headers, propose
from jobs.imports.reading import read_table
from jobs.imports.undoing import check_undo, undo
from jobs.models import File, ImportedRow, ImportJob, Run
from workspaces import roles
from workspaces.activity import record
from workspaces.actor import Actor

KEPT = dt.timedelta(days=30)
# As many rows are checked while the page is waiting; more are checked by a worker.
CHECKED_AT_ONCE = 2_000
# What a worker does for a job in a state.
STEPS = {
    ImportJob.CHECKING: "check",
    ImportJob.WRITING: "write",
    ImportJob.UNDO_CHECK: "undo-check",
    ImportJob.UNDOING: "undo",
}
# As many earlier imports are asked what a text means.
REMEMBERED = 20


class NotReady(ValueError):
    """The step cannot be taken now: the mapping has open questions, or the import was confirmed already."""


@transaction.atomic
def receive_file(
    *, workspace, kind: ImportKind, name: str, content: bytes, language: str, by: Actor, at: dt.datetime
) -> ImportJob:
    """Keep a file and propose a mapping. Raises UnreadableFile, and keeps nothing then.

    language: of the messages about its rows. Files of this workspace that expired before `at` are let go.
    """
    by.require(roles.IMPORT_FILES)
    by.require(kind.permission)
    kind = kind.within(workspace)
    with translation.override(language):
        table = read_table(content, name, known=known_headers(kind))
        columns = profiles(table)
        mapping = propose(kind, columns)
    earlier = ImportJob.objects.filter(workspace=workspace, kind=kind.key, state=ImportJob.DONE).order_by("-created_at")
    remember_words(kind, mapping, list(earlier.values_list("mapping", flat=True)[:REMEMBERED]))
    drop_expired_files(workspace=workspace, at=at)
    file = File.objects.create(
        workspace=workspace, name=name[:255], content=content, size=len(content), expires_at=at + KEPT
    )
    job = ImportJob.objects.create(
        workspace=workspace,
        kind=kind.key,
        file=file,
        name=name[:255],
        language=language,
        row_count=len(table.rows) + len(table.problems),
        columns=[asdict(column) for column in columns],
        notes=table.notes,
        mapping=mapping.as_json(),
        created_by=by.label[:200],
        user_id=by.user_id,
    )
    record(workspace=workspace, by=by, verb="uploaded", subject=job, after={"kind": kind.key, "rows": job.row_count})
    return job


def drop_expired_files(*, workspace, at: dt.datetime) -> int:
    """Let go of files that were kept long enough, and of what an undo would need; what they imported stays, and so does
    the import's page.
    """
    _count, by_model = File.objects.filter(workspace=workspace, expires_at__lt=at).delete()
    if by_model:
        old = ImportJob.objects.filter(workspace=workspace, file__isnull=True).exclude(state__in=ImportJob.OPEN)
        ImportedRow.objects.filter(workspace=workspace, job__in=old).delete()
    return by_model.get("jobs.File", 0)


@transaction.atomic
def save_mapping(*, job: ImportJob, mapping: Mapping, by: Actor) -> list[tuple[int | None, str]]:
    """Keep how the columns are matched; answers the questions still open. A check that was made is void then."""
    by.require(roles.IMPORT_FILES)
    job = _locked(job)
    if job.is_confirmed:
        raise NotReady("confirmed")
    job.mapping = mapping.as_json()
    job.state, job.preview, job.counts, job.run = ImportJob.MAPPING, {}, {}, None
    job.save(update_fields=["mapping", "state", "preview", "counts", "run"])
    job.issues.all().delete()
    return open_questions(kind_of(job), mapping, columns_of(job))


@transaction.atomic
def fix_cells(*, job: ImportJob, fixes: Fixes, by: Actor) -> None:
    """Keep mended cells and check all rows again. Raises NotReady once the import was confirmed."""
    by.require(roles.IMPORT_FILES)
    job = _locked(job)
    if job.state != ImportJob.CHECKED or job.file_id is None:
        raise NotReady(job.state)
    for row, cells in fixes.items():
        job.fixes.setdefault(row, {}).update(cells)
    job.save(update_fields=["fixes"])
    count = sum(map(len, fixes.values()))
    record(workspace=job.workspace, by=by, verb="updated", subject=job, after={"mended cells": count})
    start_check(job=job, by=by)


@transaction.atomic
def discard_import(*, job: ImportJob, by: Actor) -> None:
    """Forget an import that was never confirmed, and its file."""
    by.require(roles.IMPORT_FILES)
    job = _locked(job)
    if job.is_confirmed:
        raise NotReady("confirmed")
    record(
        workspace=job.workspace, by=by, verb="removed", subject=job, before={"kind": job.kind, "rows": job.row_count}
    )
    job.issues.all().delete()
    job.delete()
    if job.file_id is not None:
        File.objects.filter(workspace_id=job.workspace_id, pk=job.file_id).delete()


def columns_of(job: ImportJob) -> list[Profile]:
    return [Profile(**column) for column in job.columns]


def kind_of(job: ImportJob) -> ImportKind:
    """The job's kind with the fields of its workspace."""
    return import_kind(job.kind).within(job.workspace)


def mapping_of(job: ImportJob) -> Mapping:
    return Mapping.from_json(job.mapping).within(kind_of(job))


@transaction.atomic
def start_check(*, job: ImportJob, by: Actor) -> ImportJob:
    """Check every row without writing any: now when they are few, else by a worker.

    Raises NotReady while the mapping has open questions.
    """
    by.require(roles.IMPORT_FILES)
    kind = kind_of(job)
    by.require(kind.permission)
    job = _locked(job)
    if job.is_confirmed or job.file_id is None or open_questions(kind, mapping_of(job), columns_of(job)):
        raise NotReady(job.state)
    if job.row_count <= CHECKED_AT_ONCE:
        check_import(job, by=by.through("import"))
        return job
    job.state = ImportJob.CHECKING
    job.run = _queue(job, STEPS[job.state], by)
    job.save(update_fields=["state", "run"])
    return job


@transaction.atomic
def start_import(*, job: ImportJob, by: Actor) -> ImportJob:
    """Confirm what the check showed: from here on a worker writes. Asked twice it is done once."""
    by.require(roles.IMPORT_FILES)
    by.require(import_kind(job.kind).permission)
    job = _locked(job)
    if job.is_confirmed:
        return job
    if job.state != ImportJob.CHECKED or job.file_id is None:
        raise NotReady(job.state)
    job.state = ImportJob.WRITING
    job.run = _queue(job, STEPS[job.state], by)
    job.save(update_fields=["state", "run"])
    return job


@transaction.atomic
def resume_import(*, job: ImportJob, by: Actor) -> ImportJob:
    """Ask again for work whose run failed; rows that were written are not written again."""
    by.require(roles.IMPORT_FILES)
    by.require(import_kind(job.kind).permission)
    job = _locked(job)
    needs_file = job.state in (ImportJob.CHECKING, ImportJob.WRITING)
    if job.run is None or job.run.state != Run.FAILED or job.state not in STEPS or (needs_file and not job.file_id):
        raise NotReady(job.state)
    job.run = _queue(job, STEPS[job.state], by)
    job.save(update_fields=["run"])
    return job


def is_undoable(job: ImportJob) -> bool:
    """Whether the import is done, wrote something, and what it wrote is still known."""
    return job.state == ImportJob.DONE and job.written.exists()


@transaction.atomic
def start_undo_check(*, job: ImportJob, by: Actor) -> ImportJob:
    """Find out what an undo would do: now when the rows are few, else by a worker. Raises NotReady."""
    by.require(roles.IMPORT_FILES)
    by.require(import_kind(job.kind).permission)
    job = _locked(job)
    if not is_undoable(job):
        raise NotReady(job.state)
    if job.written.count() <= CHECKED_AT_ONCE:
        check_undo(job, by=by.through("import"))
        return job
    job.state, job.undo = ImportJob.UNDO_CHECK, {}
    job.run = _queue(job, STEPS[job.state], by)
    job.save(update_fields=["state", "undo", "run"])
    return job


@transaction.atomic
def start_undo(*, job: ImportJob, by: Actor) -> ImportJob:
    """Undo what was looked at: now when the rows are few, else by a worker. Asked twice it is done once. Raises NotReady
    while nobody has looked at what it would do.
    """
    by.require(roles.IMPORT_FILES)
    by.require(import_kind(job.kind).permission)
    job = _locked(job)
    if job.state in (ImportJob.UNDOING, ImportJob.UNDONE):
        return job
    if not is_undoable(job) or not job.undo:
        raise NotReady(job.state)
    if job.written.count() <= CHECKED_AT_ONCE:
        undo(job, by=by.through("import"))
        return job
    job.state = ImportJob.UNDOING
    job.run = _queue(job, STEPS[job.state], by)
    job.save(update_fields=["state", "run"])
    return job


def _queue(job: ImportJob, step: str, by: Actor) -> Run:
    # Every check is a run of its own: an earlier one that has looked at the job already may still be open. Writing and
    # undoing are done once, by one run.
    key = f"{step}:{job.pk}:{uuid4().hex}" if step in ("check", "undo-check") else f"{step}:{job.pk}"
    return queue_run(
        workspace=job.workspace,
        kind="import",
        key=key,
        params={"job": str(job.pk), "step": step},
        by=by.through("import"),
    )


def _locked(job: ImportJob) -> ImportJob:
    return (
        ImportJob.objects.select_for_update(of=("self",))
        .select_related("workspace", "run")
        .get(workspace_id=job.workspace_id, pk=job.pk)
    )
