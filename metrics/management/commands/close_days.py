"""`close_days --workspace SLUG [--since D] [--until D] [--yes]`: says what it would do until told --yes."""

import datetime as dt
import time
from itertools import chain

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from jobs.models import Run
from jobs.runs import claim_one, execute
from metrics.actions import check_days, request_closing
from metrics.queries import closed_through
from workspaces.actor import system_actor
from workspaces.batch import InvalidRow
from workspaces.models import Workspace
from workspaces.scope import workspace_scope

# How often to look at a run that a worker has taken.
LOOK_SECONDS = 0.5


def _day(text: str) -> dt.date:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = None
    # Python also reads 20251231 and 2025-W01-1, where a slip of the finger is another day.
    if day is None or day.isoformat() != text:
        raise CommandError(f"Not a date: {text} (write 2025-12-31).")
    return day


class Command(BaseCommand):
    help = "Close the days of a workspace: movements, balances and figures up to a day."

    def add_arguments(self, parser):
        parser.add_argument("--workspace", required=True, metavar="SLUG")
        parser.add_argument("--since", metavar="DATE", help="close again from this day on, also what is closed")
        parser.add_argument("--until", metavar="DATE", help="the last day to close; yesterday when left out")
        parser.add_argument("--yes", action="store_true", help="do it; without, only report what would be done")

    def handle(self, *, workspace, since, until, yes, **options):
        company = Workspace.objects.filter(slug=workspace).first()
        if company is None:
            raise CommandError(f"No workspace has the address {workspace}.")
        now = timezone.now()
        first = _day(since) if since else None
        last = _day(until) if until else company.local_day(now) - dt.timedelta(days=1)
        with workspace_scope(company):
            closed = closed_through(company)
        try:
            check_days(workspace=company, until=last, since=first, at=now)
        except InvalidRow as refused:
            raise CommandError(" ".join(chain.from_iterable(refused.errors.values()))) from None
        if not yes:
            again = f", and again what is closed from {first} on" if first else ""
            self.stdout.write(
                f"{company.name} is closed through {closed or 'no day yet'}. Would close what is open or stale up to "
                f"{last}{again}. Nothing was done; say --yes to do it."
            )
            return
        with workspace_scope(company):
            run = request_closing(workspace=company, until=last, since=first, by=system_actor("command"), at=now)
        self._follow(run)
        if run.state == Run.FAILED:
            with translation.override("en"):
                raise CommandError(run.error_text)
        with workspace_scope(company):
            self.stdout.write(f"Closed through {closed_through(company)}.")

    def _follow(self, run: Run) -> None:
        """Work on the run here unless a worker has it; its lease decides, also when that worker dies."""
        while run.is_open:
            if claim_one(run):
                execute(run.pk, run.workspace_id)
            else:
                time.sleep(LOOK_SECONDS)
            with workspace_scope(run.workspace_id):
                run.refresh_from_db()
