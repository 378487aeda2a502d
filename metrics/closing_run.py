"""The closing as a run: what a worker does for `Run.kind` "closing"."""

import datetime as dt
from dataclasses import asdict

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext_noop

from jobs.models import Run
from jobs.runs import RunContext, RunFailed
from metrics.closing import Closed, close_through
from metrics.errors import DayNotOver, MissingRate
from metrics.models import Movement
from workspaces import roles
from workspaces.actions.notifications import members_who_may, notify
from workspaces.actor import system_actor
from workspaces.scope import workspace_scope


def run_closing(context: RunContext) -> dict:
    """Close days as `params` say: until, since (ISO dates; since may be missing). The last good figures stay when an
    exchange rate is missing; what was closed before the gap is kept.
    """
    until, since = dt.date.fromisoformat(context.params["until"]), context.params.get("since")
    try:
        context.actor.require(roles.CLOSE_DAYS)
        closed = close_through(
            workspace=context.workspace,
            until=until,
            since=dt.date.fromisoformat(since) if since else None,
            at=timezone.now(),
            progress=context.progress,
            guard=context.guard,
        )
    except PermissionDenied as error:
        raise RunFailed("forbidden", gettext_noop("Whoever asked for this may not do it any more.")) from error
    except MissingRate as missing:
        raise RunFailed(
            "missing_rate",
            gettext_noop("There is no exchange rate for %(currency)s on or before %(day)s."),
            currency=missing.currency,
            day=missing.day,
        ) from missing
    except DayNotOver as early:
        raise RunFailed("day_not_over", gettext_noop("%(day)s is not over yet."), day=early.day) from early
    with workspace_scope(context.workspace):
        return asdict(closed) | {"movements": _movements(context.workspace, closed)}


def tell_ended(run: Run, *, state: str, error: dict | None) -> None:
    """Days that could not be closed concern whoever may close them."""
    if state == Run.FAILED:
        notify(
            workspace=run.workspace,
            kind="closing_failed",
            members=members_who_may(run.workspace, roles.CLOSE_DAYS),
            by=system_actor("task"),
            subject_type="run",
            subject_id=run.pk,
            details={"error": error},
        )


def _movements(workspace, closed: Closed) -> dict[str, dict[str, object]]:
    """By kind, count and amount of the movements on the days that were closed or whose figures changed, as they are now."""
    if closed.closed_through is None:
        return {}
    first = closed.closed_through - dt.timedelta(days=closed.days_closed - 1)
    first = min(first, closed.restated_from or first)
    moved = Movement.objects.filter(workspace=workspace, day__range=(first, closed.closed_through))
    rows = moved.values_list("kind").annotate(rows=Count("account"), total=Sum("amount")).order_by("kind")
    return {kind: {"count": rows, "amount": format(total, "f")} for kind, rows, total in rows}
