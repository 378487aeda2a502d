"""What an import would do, found out without writing anything; and how refusals of rows are kept."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from jobs.imports.fixing import apply_fixes
from jobs.imports.kinds import Entry, ImportKind, Issue, import_kind
from jobs.imports.mapping import Mapping
from jobs.imports.preparing import Prepared, prepare
from jobs.imports.presets import known_headers
from jobs.imports.preview import preview_of
from jobs.imports.reading import read_table
from jobs.imports.table import Table, UnreadableFile
from jobs.models import File, ImportIssue, ImportJob
from workspaces.activity import Change
from workspaces.actor import Actor
from workspaces.batch import RowResult

BATCH = 2_000


@dataclass
class Reading:
    """A file read again, with its mapping applied. first_batch: where the numbers of what is written together begin."""

    kind: ImportKind
    mapping: Mapping
    table: Table
    prepared: Prepared
    first_batch: int = 0


def read_import(job: ImportJob) -> Reading:
    """The job's file as entries; the same every time unless what reads it has changed (`resuming`). Needs the scope."""
    kind = import_kind(job.kind).within(job.workspace)
    mapping = Mapping.from_json(job.mapping).within(kind)
    if job.file_id is None:
        raise UnreadableFile("gone", _("The file is no longer kept. Upload it again."))
    file = File.objects.get(workspace_id=job.workspace_id, pk=job.file_id)
    table = read_table(bytes(file.content), file.name, known=known_headers(kind))
    apply_fixes(table, job.fixes)
    return Reading(kind, mapping, table, prepare(table, kind, mapping))


def save_entries(
    kind: ImportKind,
    entries: list[Entry],
    *,
    workspace,
    by: Actor,
    mode: str,
    dry_run: bool,
    journal: list[tuple[int, Change]] | None = None,
) -> tuple[Counter, list[Issue]]:
    """Write (or only check) entries: (counts by status, issues by row). Runs in the caller's transaction.

    journal: takes what was written, each change with the row of the file that it came from, 0 for none.
    """
    if kind.find_existing is not None:
        kind.find_existing(workspace, entries)
    written: list[Change] = []
    results = kind.save(
        workspace=workspace,
        rows=[entry.data for entry in entries],
        by=by,
        mode=mode,
        dry_run=dry_run,
        match_names=True,
        journal=None if journal is None else written,
    )
    if journal is not None:
        rows = {result.id: entry.rows[0] for entry, result in zip(entries, results, strict=True)}
        journal += [(rows.get(change.subject_id, 0), change) for change in written]
    counts: Counter = Counter()
    issues: list[Issue] = []
    for entry, result in zip(entries, results, strict=True):
        if result.status != "error":
            counts[result.status] += 1
        elif result.is_conflict and mode == "create":
            counts["skipped"] += 1
        else:
            issues += issues_of(kind, entry, result)
    return counts, issues


def issues_of(kind: ImportKind, entry: Entry, result: RowResult) -> list[Issue]:
    """The refusals of one entry, each at its row and field; every row of the entry has at least one."""
    found = []
    for path, messages in result.errors.items():
        row, field = (entry.rows[0], "") if path == "row" else kind.locate(path, entry)
        found += [Issue(row, field, message) for message in messages]
    named = {issue.row for issue in found}
    others = sorted(set(entry.rows) - named)
    message = _("Left out because of row %(row)s of the same contract.") % {"row": min(named, default=entry.rows[0])}
    return found + [Issue(row, "", message) for row in others]


def keep_issues(job: ImportJob, issues: Iterable[Issue], reading: Reading) -> None:
    """Store issues with the header of the column that each is about."""
    headers = {column.field: reading.table.headers[index] for index, column in reading.mapping.columns.items()}
    labels = {field.key: str(field.label) for field in reading.kind.fields}
    ImportIssue.objects.bulk_create(
        [
            ImportIssue(
                workspace_id=job.workspace_id,
                job=job,
                row=issue.row,
                field=issue.field[:60],
                column=(headers.get(issue.field) or labels.get(issue.field, ""))[:200],
                message=issue.message[:500],
            )
            for issue in issues
        ],
        batch_size=BATCH,
    )


def check_import(job: ImportJob, *, by: Actor) -> None:
    """Check every row of the job's file and keep counts, issues and a preview. Nothing else is written."""
    with translation.override(job.language):
        reading = read_import(job)
        counts, found = save_entries(
            reading.kind,
            reading.prepared.entries,
            workspace=job.workspace,
            by=by,
            mode=reading.mapping.mode,
            dry_run=True,
        )
        issues = sorted([*reading.prepared.issues, *found], key=lambda issue: issue.row)
        job.issues.all().delete()
        keep_issues(job, issues, reading)
        job.counts = totals(counts, issues, reading)
        job.preview = preview_of(reading.table, reading.kind, reading.mapping, reading.prepared, issues)
    job.state = ImportJob.CHECKED
    job.save(update_fields=["counts", "preview", "state"])


def totals(counts: Counter, issues: Iterable[Issue], reading: Reading) -> dict[str, int]:
    """Entries created, updated, unchanged, skipped; rows left out by a rule; rows with errors; rows in all."""
    return {
        "created": counts["created"],
        "updated": counts["updated"],
        "unchanged": counts["unchanged"],
        "skipped": counts["skipped"] + len(reading.prepared.skipped),
        "errors": len({issue.row for issue in issues}),
        "rows": len(reading.table.rows) + len(reading.table.problems),
    }
