"""Taking a whole workspace along: one ZIP of tables, written by a run and kept for a week (docs/decisions/0036).

`lists/` holds the lists as their pages export them, which imports read back; `figures/` what the closings computed;
`tables/` every row of every table with its keys, voided ones too. One state of the database, however long it takes.
"""

import datetime as dt
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import batched
from pathlib import PurePosixPath
from typing import IO, Any

from django.core.exceptions import PermissionDenied
from django.db import connection, models, transaction
from django.db.models.functions import Now
from django.http import StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import list_files as account_files
from accounts.models import Attachment
from accounts.queries import (
    standing_accounts,
    standing_contacts,
    standing_contracts,
    standing_fx_rates,
    standing_products,
    standing_tasks,
)
from b2bops.data.texts import tenant_models
from jobs.actions import queue_run
from jobs.models import File, FilePart, Run
from jobs.runs import RunContext, RunFailed
from leads import list_files as lead_files
from leads.models import Spend
from metrics.models import Interval, Movement, PeriodFigures
from metrics.queries import BRIDGE, closed_through, series
from metrics.registry import METRICS
from workspaces import exports, roles
from workspaces.actions.notifications import member_of, notify
from workspaces.activity import Change, record_many
from workspaces.actor import Actor, system_actor
from workspaces.list_files import Column, ListFile
from workspaces.locked import LockedText
from workspaces.models import Membership
from workspaces.scope import workspace_scope

KIND = "workspace_export"
KEPT = dt.timedelta(days=7)
PART = 1024 * 1024
# What is no part of what the workspace knows: keys and secrets, copies on their way through, and what one click makes
# again out of the rest. tests/data/test_taking_along.py holds that every other table is in the file.
LEFT_OUT = {
    "accounts.AccountTrait": "an index of tags and custom values",
    "accounts.ChangedFact": "a note to the next closing",
    "jobs.File": "files that were brought in, and files like this one",
    "jobs.FilePart": "files like this one",
    "jobs.ImportIssue": "what an import's page says",
    "jobs.ImportedRow": "the journal of an import, for its undo",
    "jobs.Outbox": "mail on its way",
    "jobs.WebhookDelivery": "the log of what was sent",
    "jobs.WebhookEvent": "copies of what happened",
    "workspaces.IdempotencyKey": "answers kept for a day",
}
SECRET = {"key_hash", "token_hash", "password"}
NEEDS = {
    "jobs.Webhook": roles.MANAGE_WEBHOOKS,
    "workspaces.Activity": roles.VIEW_ACTIVITY,
    "workspaces.ApiKey": roles.MANAGE_KEYS,
    "workspaces.Invitation": roles.MANAGE_MEMBERS,
}
# What concerns one member alone, and how it names them: others' is in the file of those only who have the whole workspace in
# their hands.
OF_MEMBER = {
    "accounts.SavedFilter": "owner",
    "metrics.Dashboard": "owner",
    "metrics.DigestSubscription": "member",
    "metrics.StartPage": "member",
    "workspaces.DefaultView": "member",
    "workspaces.Notification": "member",
    "workspaces.NotificationChoice": "member",
    "workspaces.SavedView": "owner",
}


@dataclass(frozen=True)
class Table:
    """One file of the ZIP: path without ending, head, rows when it is written."""

    path: str
    head: list[str]
    rows: Callable[[], Iterable[Iterable[Any]]]


def request_export(*, workspace, by: Actor, language: str) -> Run:
    """Queue an export of everything that `by` may see; the one that is open where there is one of theirs."""
    by.require(roles.EXPORT)
    return queue_run(workspace=workspace, kind=KIND, key=f"export {by.user_id}", params={"language": language}, by=by)


def run_export(context: RunContext) -> dict:
    """Write the ZIP into a file of the machine, then into the database a piece at a time: never all of it in memory."""
    try:
        context.actor.require(roles.EXPORT)
    except PermissionDenied as error:
        raise RunFailed("forbidden", gettext_noop("Whoever asked for this may not do it any more.")) from error
    with tempfile.TemporaryFile() as zipped, translation.override(context.params.get("language")):
        with transaction.atomic(), connection.cursor() as cursor:
            # Rows that point at each other are of one instant.
            cursor.execute("set transaction isolation level repeatable read, read only")
            with workspace_scope(context.workspace), timezone.override(context.workspace.zone):
                manifest = write_zip(zipped, context)
        size = zipped.tell()
        zipped.seek(0)
        with context.step():
            file = keep_file(context.workspace, zipped, size)
    return {"file": str(file.pk), "size": size, "rows": sum(one["rows"] for one in manifest["files"])}


def tell_ended(run: Run, *, state: str, error: dict | None) -> None:
    """Whoever asked for the file need not wait for it."""
    notify(
        workspace=run.workspace,
        kind="export_ready",
        members=member_of(run.workspace, run.user_id),
        by=system_actor("task"),
        subject_type="data_export",
        subject_id=run.pk,
        label=f"{run.workspace.name}.zip",
        details={"outcome": "failed" if state == Run.FAILED else "done"},
    )


def write_zip(zipped: IO[bytes], context: RunContext) -> dict:
    workspace = context.workspace
    manifest: dict[str, Any] = {
        "workspace": workspace.name,
        "address": workspace.slug,
        "currency": workspace.base_currency,
        "exported_at": timezone.now().isoformat(timespec="seconds"),
        "closed_through": str(closed_through(workspace) or ""),
        "files": [],
    }
    every = list(tables(workspace, context.actor))
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, table in enumerate(every, start=1):
            name = f"{table.path}.csv"
            with archive.open(name, "w", force_zip64=True) as member:
                count = _write(member, table)
            manifest["files"].append({"name": name, "rows": count, "columns": table.head})
            context.progress(
                number / (len(every) + 1), gettext_noop("%(name)s: %(rows)s rows"), name=table.path, rows=count
            )
        manifest["attachments"] = _write_attachments(archive, workspace)
        archive.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))
        archive.writestr("README.txt", "\ufeff" + read_me(manifest))
    return manifest


def _write(member: IO[bytes], table: Table) -> int:
    count = 0

    def counted() -> Iterator[Any]:
        nonlocal count
        for count, row in enumerate(table.rows(), start=1):  # noqa: B007 - the count is what is wanted
            yield row

    for lines in batched(exports.csv_lines(table.head, counted()), exports.ROWS_AT_ONCE):
        member.write("".join(lines).encode())
    return count


def _write_attachments(archive: zipfile.ZipFile, workspace) -> int:
    """The files of accounts, one after the other, under their ids: names repeat. How many they are."""
    count = 0
    found = Attachment.objects.filter(workspace=workspace, voided_at=None).order_by("pk")
    for pk, name, content in found.values_list("pk", "name", "content").iterator(chunk_size=1):
        archive.writestr(f"files/{pk}{PurePosixPath(name).suffix[:12]}", bytes(content))
        count += 1
    return count


def tables(workspace, actor: Actor) -> Iterator[Table]:
    """Every table of the export that `actor` may see."""
    yield from _lists(workspace)
    yield from _figures(workspace)
    yield Table(
        "tables/workspaces.member", ["id", "email", "name", "role", "team_id", "is_active"], lambda: _members(workspace)
    )
    for model in sorted(tenant_models(), key=lambda model: model._meta.label_lower):
        label = model._meta.label
        if label not in LEFT_OUT and actor.has_permission(NEEDS.get(label, roles.EXPORT)):
            yield _whole_table(workspace, model, _seen_by(actor, model))


def _seen_by(actor: Actor, model: type[models.Model]) -> models.Q:
    """Which rows of a model `actor` sees: all, or their own and those that are shared with everybody."""
    column = OF_MEMBER.get(model._meta.label)
    if column is None or actor.has_permission(roles.MANAGE_WORKSPACE):
        return models.Q()
    own = models.Q(**{f"{column}__user": actor.user_id})
    return own | models.Q(is_shared=True) if column == "owner" else own


def _lists(workspace) -> Iterator[Table]:
    found: list[tuple[str, ListFile, Any]] = [
        ("accounts", account_files.accounts(workspace), standing_accounts(workspace)),
        ("contacts", account_files.CONTACTS, standing_contacts(workspace)),
        ("contracts", account_files.CONTRACTS_FILE, standing_contracts(workspace)),
        ("products", account_files.PRODUCTS, standing_products(workspace)),
        ("fx-rates", account_files.FX_RATES, standing_fx_rates(workspace)),
        ("spend", lead_files.SPEND, Spend.objects.standing().filter(workspace=workspace).select_related("channel")),
        ("tasks", account_files.TASKS, standing_tasks(workspace)),
    ]
    for name, file, queryset in found:
        # An import passes over a column that it does not know; a script finds the row in `tables/` by it.
        columns = [*file.columns, Column(_("B2BOps id"), lambda row: _id_of(row))]
        yield Table(f"lists/{name}", [str(one.head) for one in columns], _list_rows(queryset, file, columns))


def _id_of(row) -> str:
    """A contract's line stands for its contract."""
    return str(getattr(row, "contract_id", None) or row.pk)


def _list_rows(queryset, file: ListFile, columns) -> Callable[[], Iterator[list[Any]]]:
    def rows() -> Iterator[list[Any]]:
        for row in file.prepare(queryset.order_by("pk")).iterator(chunk_size=exports.ROWS_AT_ONCE):
            for part in file.unfold(row) if file.unfold else [row]:
                yield [column.value(part) for column in columns]

    return rows


def _figures(workspace) -> Iterator[Table]:
    keys = list(dict.fromkeys([*BRIDGE, *METRICS]))
    for interval in Interval.values:
        yield Table(f"figures/{interval}s", ["period", "closed", *keys], _periods(workspace, interval, keys))
    yield Table(
        "figures/movements",
        ["account_id", "account", "day", "kind", "amount"],
        lambda: (
            Movement.objects.filter(workspace=workspace)
            .order_by("day", "account_id")
            .values_list("account_id", "account__name", "day", "kind", "amount")
            .iterator(chunk_size=exports.ROWS_AT_ONCE)
        ),
    )


def _periods(workspace, interval: str, keys: list[str]) -> Callable[[], Iterator[list[Any]]]:
    def rows() -> Iterator[list[Any]]:
        span = PeriodFigures.objects.filter(workspace=workspace, interval=interval).aggregate(
            first=models.Min("starts_on"), last=models.Max("ends_on")
        )
        if span["first"] is None:
            return
        told = series(
            workspace=workspace,
            keys=[key for key in keys if key in METRICS],
            first=span["first"],
            last=span["last"],
            interval=interval,
        )
        sums = {row.starts_on: row for row in PeriodFigures.objects.filter(workspace=workspace, interval=interval)}
        for row in told:
            kept = sums.get(row["starts_on"])  # type: ignore[call-overload]  # a row says day by an object
            yield [row["period"], row["closed"], *(row.get(key, getattr(kept, key, None)) for key in keys)]

    return rows


def _members(workspace) -> Iterator[tuple]:
    people = Membership.objects.filter(workspace=workspace).order_by("pk")
    return people.values_list("pk", "user__email", "user__name", "role", "team_id", "is_active").iterator()


def _whole_table(workspace, model: type[models.Model], seen: models.Q) -> Table:
    fields = [
        field
        for field in model._meta.concrete_fields
        if field.column not in SECRET | {"workspace_id"} and not isinstance(field, models.BinaryField | LockedText)
    ]
    names = [field.attname for field in fields]

    def rows() -> Iterator[list[Any]]:
        found = model._default_manager.filter(seen, workspace=workspace).order_by("pk")
        for row in found.values_list(*names).iterator(chunk_size=exports.ROWS_AT_ONCE):
            yield [_plain(cell) for cell in row]

    return Table(f"tables/{model._meta.label_lower}", [str(field.column) for field in fields], rows)


def _plain(cell):
    """JSON and lists as JSON; instants with their offset."""
    if isinstance(cell, dict | list):
        return json.dumps(cell, ensure_ascii=False)
    return cell


def read_me(manifest: dict) -> str:
    said = {"workspace": manifest["workspace"], "at": manifest["exported_at"], "day": manifest["closed_through"] or "–"}
    lines = [
        _("%(workspace)s, exported from B2BOps on %(at)s") % said,
        "",
        _("lists/: the lists as their pages export them, standing rows only. An import reads them back as they are."),
        _("figures/: what the closings computed, by month, quarter and year, and every movement."),
        _("files/: the files attached to accounts, by their ids in tables/accounts.attachment.csv."),
        _("tables/: every row of every table, voided ones too, with the keys by which they name each other."),
        "",
        _(
            "All files are CSV in UTF-8. A text that a spreadsheet would run begins with an apostrophe; imports remove it."
        ),
        _("Passwords, keys and secrets are not in here. Figures are closed through %(day)s.") % said,
        "",
    ]
    lines += [f"{one['rows']:>10}  {one['name']}" for one in manifest["files"]]
    return "\r\n".join([*lines, ""])


def keep_file(workspace, content: IO[bytes], size: int) -> File:
    """The content as a file in pieces, which any machine can send; let go of by the hourly task when its time is over."""
    name = f"{slugify(workspace.slug) or 'workspace'}-{timezone.localdate(timezone=workspace.zone)}.zip"
    file = File.objects.create(workspace=workspace, name=name, content=b"", size=size, expires_at=Now() + KEPT)
    for position, piece in enumerate(iter(lambda: content.read(PART), b"")):
        FilePart.objects.create(workspace=workspace, file=file, position=position, content=piece)
    return file


def file_of(run: Run) -> File | None:
    """The file that an export made, None when it was let go of."""
    pk = (run.result or {}).get("file")
    return File.objects.defer("content").filter(workspace=run.workspace_id, pk=pk).first() if pk else None


def sent(request, file: File) -> StreamingHttpResponse:
    """The answer with the file; the activity says who took it, before the first byte leaves."""
    request.actor.require(roles.EXPORT)
    taken = Change("exported", "export", "", _("Whole workspace"), after={"file_format": "zip"})
    record_many(workspace=request.workspace, by=request.actor, changes=[taken])
    workspace = request.workspace

    def pieces() -> Iterator[bytes]:
        with workspace_scope(workspace):
            parts = FilePart.objects.filter(workspace=workspace, file=file.pk).order_by("position")
            for piece in parts.values_list("content", flat=True).iterator(chunk_size=4):
                yield bytes(piece)

    answer = StreamingHttpResponse(pieces(), content_type="application/zip")
    answer["Content-Length"] = str(file.size)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file.name)
    return answer
