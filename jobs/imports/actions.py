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
from jobs.models import File, ImportJob, Run
from workspaces import roles
from workspaces.activity import record
from workspaces.actor import Actor

KEPT = dt.timedelta(days=30)
# As many rows are checked while the page is waiting; more are checked by a worker.
CHECKED_AT_ONCE = 2_000
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
    )
    record(workspace=workspace, by=by, verb="uploaded", subject=job, after={"kind": kind.key, "rows": job.row_count})
    return job


def drop_expired_files(*, workspace, at: dt.datetime) -> int:
    """Let go of files that were kept long enough; what they imported stays, and so does the import's page."""
    _count, by_model = File.objects.filter(workspace=workspace, expires_at__lt=at).delete()
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
    job.run = _queue(job, "check", by)
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
    job.run = _queue(job, "write", by)
    job.save(update_fields=["state", "run"])
    return job


@transaction.atomic
def resume_import(*, job: ImportJob, by: Actor) -> ImportJob:
    """Ask again for a writing or a check whose run failed; rows that were written are not written again."""
    by.require(roles.IMPORT_FILES)
    by.require(import_kind(job.kind).permission)
    job = _locked(job)
    if job.run is None or job.run.state != Run.FAILED or job.file_id is None:
        raise NotReady(job.state)
    job.run = _queue(job, "write" if job.is_confirmed else "check", by)
    job.save(update_fields=["run"])
    return job


def _queue(job: ImportJob, step: str, by: Actor) -> Run:
    # Every check is a run of its own: an earlier one that has looked at the job already may still be open. Writing is
    # done once, by one run.
    key = f"write:{job.pk}" if step == "write" else f"{step}:{job.pk}:{uuid4().hex}"
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
