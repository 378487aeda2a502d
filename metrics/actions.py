"""Writes that people ask for: closing days by hand."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from jobs.actions import queue_run
from jobs.models import Run
from workspaces import roles
from workspaces.actor import Actor
from workspaces.batch import InvalidRow


@transaction.atomic
def request_closing(*, workspace, until: dt.date, since: dt.date | None = None, by: Actor, at: dt.datetime) -> Run:
    """Ask for the days up to and including `until` to be closed: every day that is open or stale, and with `since` all
    days from then on again, closed or not.

    Returns the run, an open one when the same was asked before. Raises PermissionDenied, or InvalidRow keyed by field: at
    the instant `at` the day `until` must be over in the workspace's time zone.
    """
    by.require(roles.CLOSE_DAYS)
    check_days(workspace=workspace, until=until, since=since, at=at)
    return queue_run(
        workspace=workspace,
        kind="closing",
        key=f"{since.isoformat() if since else ''}..{until.isoformat()}",
        params={"until": until, "since": since},
        by=by,
    )


def check_days(*, workspace, until: dt.date, since: dt.date | None, at: dt.datetime) -> None:
    """Raises InvalidRow keyed by field for days that cannot be asked to be closed at the instant `at`."""
    if until >= workspace.local_day(at):
        raise InvalidRow({"until": [_("This day is not over yet. The last day that can be closed is yesterday.")]})
    if since is not None and since > until:
        raise InvalidRow({"since": [_("The first day is after the last day.")]})
