"""`import_file --workspace SLUG --kind KIND FILE [--map COLUMN=FIELD …] [--yes]`: says what it would do until told --yes.

Ends with 1 when nothing can be imported: the file is no table, a question about its columns is open, or every row is
refused. Refused rows beside good ones are reported and end with 0, because the good ones are in.
"""

import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from jobs.imports.actions import columns_of, kind_of, mapping_of, receive_file, save_mapping, start_import
from jobs.imports.checking import check_import
from jobs.imports.dates import ORDERS
from jobs.imports.kinds import DATE, ImportKind, import_kinds
from jobs.imports.mapping import MODES, Mapping, Profile, column_for
from jobs.imports.table import UnreadableFile
from jobs.models import ImportJob, Run
from jobs.runs import claim_one, execute
from workspaces.actor import system_actor
from workspaces.models import Workspace
from workspaces.scope import workspace_scope

# How often to look at a run that a worker has taken.
LOOK_SECONDS = 0.5
SHOWN_ISSUES = 50
Issues = list[tuple[int, str, str]]


class _Preview(Exception):
    """Leaves, and so takes back, the transaction in which a file was only looked at."""


class Command(BaseCommand):
    help = "Import a CSV or Excel file: accounts, contracts, contacts, products, spend or exchange rates."

    def add_arguments(self, parser):
        parser.add_argument("--workspace", required=True, metavar="SLUG")
        parser.add_argument("--kind", required=True, choices=list(import_kinds()))
        parser.add_argument("file", nargs="?", metavar="FILE")
        parser.add_argument(
            "--map",
            nargs="+",
            action="extend",
            default=[],
            metavar="COLUMN=FIELD",
            help="take a column for a field; COLUMN= leaves it out; the others are matched by their headers",
        )
        parser.add_argument(
            "--set", nargs="+", action="extend", default=[], metavar="FIELD=VALUE", help="one value for all rows"
        )
        parser.add_argument(
            "--skip", nargs="+", action="extend", default=[], metavar="COLUMN=TEXT", help="leave out rows that say so"
        )
        parser.add_argument("--date-order", choices=ORDERS, help="how to read dates such as 01-02-2025")
        parser.add_argument("--mode", choices=MODES, default="upsert")
        parser.add_argument("--yes", action="store_true", help="do it; without, only report what would be done")

    def handle(self, *, workspace, kind, file, yes, **options):
        company = Workspace.objects.filter(slug=workspace).first()
        if company is None:
            raise CommandError(f"No workspace has the address {workspace}.")
        lists = {name: options[name] for name in ("map", "set", "skip")}
        path = Path(file or _swallowed(lists))
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from None
        chosen = import_kinds()[kind]
        with translation.override(company.language):
            try:
                job, issues = self._take(company, chosen, path.name, content, lists, options, is_meant=yes)
            except UnreadableFile as refusal:
                raise CommandError(f"{path.name}: {refusal.message}") from None
            if job.state == ImportJob.WRITING:
                issues = self._finish(job)
            self._report(company, job, issues, "" if yes else "Nothing was imported; say --yes to do it.")
        if not any(job.counts[key] for key in ("created", "updated", "unchanged", "skipped")):
            raise CommandError("No row of the file can be imported.")

    def _take(self, company, kind, name, content, lists, options, *, is_meant: bool) -> tuple[ImportJob, Issues]:
        """The job, checked, and its issues. Confirmed when it is meant and there is something to write, else nothing of
        it is kept.
        """
        by = system_actor("command")
        found: list[tuple[ImportJob, Issues]] = []
        try:
            with workspace_scope(company):
                job = self._receive(company, kind, name, content, lists, options)
                check_import(job, by=by.through("import"))
                if is_meant and (job.counts["created"] or job.counts["updated"]):
                    return start_import(job=job, by=by), []
                found.append((job, _issues(job)))
                raise _Preview
        except _Preview:
            return found[0]

    def _receive(self, company, kind, name, content, lists, options) -> ImportJob:
        by = system_actor("command")
        job = receive_file(
            workspace=company,
            kind=kind,
            name=name,
            content=content,
            language=company.language,
            by=by,
            at=timezone.now(),
        )
        columns = columns_of(job)
        mapping = _mapped(kind_of(job), columns, mapping_of(job), lists, options)
        if questions := save_mapping(job=job, mapping=mapping, by=by):
            said = [f"{columns[index].header}: {text}" if index is not None else text for index, text in questions]
            raise CommandError("\n".join(said))
        job.refresh_from_db()
        return job

    def _finish(self, job: ImportJob) -> Issues:
        self._follow(job.run)
        with workspace_scope(job.workspace):
            job.refresh_from_db(fields=["state", "counts"])
            return _issues(job)

    def _follow(self, run: Run | None) -> None:
        """Work on the run here unless a worker has it; its lease decides, also when that worker dies."""
        while run is not None and run.is_open:
            if claim_one(run):
                execute(run.pk, run.workspace_id)
            else:
                time.sleep(LOOK_SECONDS)
            with workspace_scope(run.workspace_id):
                run.refresh_from_db()
        if run is not None and run.state == Run.FAILED:
            raise CommandError(run.error_text)

    def _report(self, company, job, issues: Issues, last: str) -> None:
        is_done = job.state == ImportJob.DONE
        counts = job.counts
        self.stdout.write(
            f"{company.name}: {'created' if is_done else 'creates'} {counts['created']}, "
            f"{'updated' if is_done else 'updates'} {counts['updated']}, unchanged {counts['unchanged']}, "
            f"left out {counts['skipped']}, rows with errors {counts['errors']} of {counts['rows']}."
        )
        for note in job.notes:
            self.stdout.write(f"  {note}")
        for row, column, message in issues[:SHOWN_ISSUES]:
            self.stdout.write(f"  row {row}{f', {column}' if column else ''}: {message}")
        if len(issues) > SHOWN_ISSUES:
            self.stdout.write(f"  … and {len(issues) - SHOWN_ISSUES} more")
        if last:
            self.stdout.write(last)


def _issues(job) -> Issues:
    return list(job.issues.order_by("row", "id").values_list("row", "column", "message"))


def _swallowed(lists: dict[str, list[str]]) -> str:
    """The file's name where it followed an option that takes several values."""
    for values in lists.values():
        for value in values:
            if "=" not in value:
                values.remove(value)
                return value
    raise CommandError("Which file?")


def _pairs(values: list[str]) -> list[tuple[str, str]]:
    pairs = [value.rpartition("=") for value in values]
    if wrong := next((value for value, (name, _sign, _text) in zip(values, pairs, strict=True) if not name), None):
        raise CommandError(f"{wrong}: write NAME=VALUE.")
    return [(name, text) for name, _sign, text in pairs]


def _mapped(kind: ImportKind, columns: list[Profile], mapping: Mapping, lists, options) -> Mapping:
    """The matched mapping with what the command line says laid over it."""
    positions = {column.header: index for index, column in enumerate(columns)}

    def position(header: str) -> int:
        if header not in positions:
            raise CommandError(f"The file has no column {header}. It has: {', '.join(positions)}.")
        return positions[header]

    def field(key: str):
        if key not in kind.by_key:
            raise CommandError(f"There is no field {key}. There are: {', '.join(kind.by_key)}.")
        return kind.by_key[key]

    for header, key in _pairs(lists["map"]):
        index = position(header)
        mapping.columns.pop(index, None)
        if key:
            if (other := mapping.column_of(key)) is not None:
                del mapping.columns[other]
            mapping.constants.pop(key, None)
            mapping.columns[index] = column_for(field(key), columns[index])
    for key, text in _pairs(lists["set"]):
        if (other := mapping.column_of(field(key).key)) is not None:
            del mapping.columns[other]
        mapping.constants[key] = text
    mapping.skip = [(position(header), text) for header, text in _pairs(lists["skip"])]
    mapping.mode = options["mode"]
    if order := options["date_order"]:
        for index, column in mapping.columns.items():
            if kind.by_key[column.field].type == DATE and order in columns[index].orders:
                column.order = order
    return mapping
