"""The lists of this app as files."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

from jobs.imports.kinds import import_kinds
from jobs.models import ImportedRow, ImportIssue, ImportJob
from workspaces.batch import TakenBack
from workspaces.exports import ROWS_AT_ONCE
from workspaces.list_files import Column, ListFile, local
from workspaces.trail import SUBJECTS, VERBS


def kind_label(job: ImportJob) -> Any:
    return import_kinds()[job.kind].label if job.kind in import_kinds() else job.kind


def _count(name: str):
    return lambda job: job.counts.get(name, 0) if job.is_confirmed else None


IMPORTS = ListFile(
    gettext_lazy("Imports"),
    (
        Column(gettext_lazy("File"), lambda job: job.name),
        Column(gettext_lazy("Kind"), kind_label),
        Column(gettext_lazy("State"), lambda job: job.get_state_display()),
        Column(gettext_lazy("Rows"), lambda job: job.row_count),
        Column(pgettext_lazy("rows", "Created"), _count("created")),
        Column(pgettext_lazy("rows", "Updated"), _count("updated")),
        Column(gettext_lazy("Unchanged"), _count("unchanged")),
        Column(gettext_lazy("Left out"), _count("skipped")),
        Column(gettext_lazy("Rows with errors"), _count("errors")),
        Column(gettext_lazy("By"), lambda job: job.by_name),
        Column(gettext_lazy("Brought in"), lambda job: local(job.created_at)),
        Column(gettext_lazy("Finished"), lambda job: local(job.finished_at)),
        Column(gettext_lazy("Undone by"), lambda job: job.undone_by),
        Column(gettext_lazy("Undone"), lambda job: local(job.undone_at)),
    ),
)


@dataclass(frozen=True)
class RowResult:
    """What came of a row of an imported file; of one row there can be several."""

    row: int
    result: Any
    kind: Any = ""
    name: str = ""
    column: str = ""
    reason: str = ""
    undo: Any = ""


UNDO_WORDS = {
    TakenBack.VOIDED: gettext_lazy("Voided"),
    TakenBack.RESTORED: gettext_lazy("Put back"),
    TakenBack.NOTHING: gettext_lazy("Already as before"),
    TakenBack.KEPT: gettext_lazy("Stays"),
}


def row_results(job: ImportJob) -> Iterator[RowResult]:
    """What was written and what was refused, by their place in the file. Looking at what an undo would do says nothing
    of what became of a row.
    """
    is_undone = job.state == ImportJob.UNDONE
    written = job.written.order_by("row", "id").defer("before", "after").iterator(chunk_size=ROWS_AT_ONCE)
    refused = job.issues.order_by("row", "id").iterator(chunk_size=ROWS_AT_ONCE)
    return heapq.merge(
        (_written(one, is_undone=is_undone) for one in written),
        (_refused(one) for one in refused),
        key=lambda one: one.row,
    )


def _written(one: ImportedRow, *, is_undone: bool) -> RowResult:
    return RowResult(
        row=one.row,
        result=VERBS.get(one.verb, one.verb),
        kind=SUBJECTS.get(one.subject_type, one.subject_type),
        name=one.subject_label,
        reason=one.reason if is_undone else "",
        undo=UNDO_WORDS.get(one.outcome, "") if is_undone else "",
    )


def _refused(one: ImportIssue) -> RowResult:
    return RowResult(row=one.row, result=gettext_lazy("Refused"), column=one.column, reason=one.message)


ROW_RESULTS = ListFile(
    gettext_lazy("Import result"),
    (
        Column(gettext_lazy("Row"), lambda one: one.row or None),
        Column(gettext_lazy("Result"), lambda one: one.result),
        Column(gettext_lazy("Kind"), lambda one: one.kind),
        Column(gettext_lazy("Name"), lambda one: one.name),
        Column(gettext_lazy("Column"), lambda one: one.column),
        Column(gettext_lazy("Reason"), lambda one: one.reason),
        Column(gettext_lazy("The undo"), lambda one: one.undo),
    ),
)
