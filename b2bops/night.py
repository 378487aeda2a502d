"""When the days are closed: at each workspace's own local midnight, plus the time that late data may take."""

import datetime as dt

import structlog
from celery import shared_task
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from accounts.models import ChangedFact, Contract
from jobs.actions import queue_run
from jobs.models import Run
from leads.models import Spend
from metrics.queries import closed_through
from workspaces.actor import system_actor
from workspaces.models import Workspace
from workspaces.scope import workspace_scope

log = structlog.get_logger(__name__)


def last_ended_day(workspace, at: dt.datetime) -> dt.date:
    """The latest local day of the workspace that may be closed at the instant `at`.

    Instants are compared, never wall clocks, so days of 23 and 25 hours need no care.
    """
    return workspace.local_day(at - dt.timedelta(minutes=settings.NIGHT_DELAY_MINUTES)) - dt.timedelta(days=1)


def queue_closings_due(*, at: dt.datetime) -> list[Run]:
    """Queue the night's closing of every workspace where one is due; asked every few seconds.

    One run per workspace and local date, ever: the run row's unique local date decides, so it does not matter how many
    beats ask, or in which order their clocks stand. A night whose run failed (an exchange rate was missing) is not
    tried again by itself: the next night closes the missing days too, and a person may at any time.
    """
    queued = []
    for workspace in Workspace.objects.order_by("pk"):
        try:
            with workspace_scope(workspace):
                if run := _queue_closing(workspace, last_ended_day(workspace, at)):
                    queued.append(run)
        except DatabaseError:
            # One workspace's trouble must not keep the others' days open.
            log.exception("night_not_queued", workspace=str(workspace.pk))
    return queued


def _queue_closing(workspace, day: dt.date) -> Run | None:
    if Run.objects.filter(workspace=workspace, kind="closing", local_date=day).exists() or not _needs_closing(
        workspace, day
    ):
        return None
    return queue_run(
        workspace=workspace,
        kind="closing",
        key=f"night {day.isoformat()}",
        local_date=day,
        params={"until": day},
        by=system_actor("task"),
    )


def _needs_closing(workspace, day: dt.date) -> bool:
    """Whether `day` is open, or a closed day's facts changed; never for a workspace that has nothing to close."""
    closed = closed_through(workspace)
    if closed is None:
        contracts = Contract.objects.filter(workspace=workspace)
        return contracts.exists() or Spend.objects.filter(workspace=workspace).exists()
    return closed < day or ChangedFact.objects.filter(workspace=workspace, from_day__lte=closed).exists()


@shared_task(name="b2bops.night.queue_closings", acks_late=False)
def queue_closings() -> None:
    queue_closings_due(at=timezone.now())
