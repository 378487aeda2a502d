"""The closing as a run: what a worker does for `Run.kind` "closing"."""

import datetime as dt
from dataclasses import asdict

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext_noop

from jobs.runs import RunContext, RunFailed
from metrics.closing import close_through
from metrics.errors import DayNotOver, MissingRate
from workspaces import roles


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
    return asdict(closed)
