"""What a change of settings would make of closed periods: computed for good, and undone."""

import datetime as dt
from collections.abc import Callable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_noop

from jobs.runs import RunContext, RunFailed
from metrics import figure_sets
from metrics.calendar import Period
from metrics.closing import absorb, step
from metrics.errors import MissingRate
from metrics.models import PeriodFigures
from metrics.queries import closed_through
from metrics.settings_change import SettingsChange, settings_as_of, undone
from workspaces import roles
from workspaces.actor import Actor


def run_preview(context: RunContext) -> dict:
    """The work of `Run.kind` "settings_preview": `params` say the change, the result which figures it would change."""
    try:
        context.actor.require(roles.MANAGE_WORKSPACE)
        return preview(
            workspace=context.workspace,
            change=SettingsChange.from_params(context.params),
            by=context.actor,
            at=timezone.now(),
            progress=context.progress,
            guard=context.guard,
        )
    except PermissionDenied as error:
        raise RunFailed("forbidden", gettext_noop("Whoever asked for this may not do it any more.")) from error
    except ValidationError as error:
        raise RunFailed(
            "refused", gettext_noop("The change cannot be made any more: %(why)s"), why=" ".join(error.messages)
        ) from error
    except MissingRate as missing:
        raise RunFailed(
            "missing_rate",
            gettext_noop("There is no exchange rate for %(currency)s on or before %(day)s."),
            currency=missing.currency,
            day=missing.day,
        ) from missing


def preview(
    *,
    workspace,
    change: SettingsChange,
    by: Actor,
    at: dt.datetime,
    progress: Callable[..., None],
    guard: Callable[[], None],
) -> dict:
    """Which closed periods would say something else after `change`, and what.

    Returns ``settings_as_of`` (of the settings that were looked at), ``closed_through``, and ``periods``: interval,
    starts_on, name, and before and after as in `metrics.models.Restatement`. Facts that wait to be worked in are worked
    in on both sides: they are not this change's doing. It is the first step of a closing, holds its lock as long, and
    is undone in the same transaction.
    """
    with step(workspace, guard):
        looked_at = settings_as_of(workspace)
        with undone():
            absorb(workspace, at=at, since=None, progress=_part(progress, 0.0, 0.4))
            was = _closed_figures(workspace)
            change.make(workspace=workspace, by=by)
            absorb(workspace, at=at, since=None, progress=_part(progress, 0.4, 1.0))
            now = _closed_figures(workspace)
        through = closed_through(workspace)
    return {
        "settings_as_of": looked_at.isoformat(),
        "closed_through": through,
        "periods": [
            {
                "interval": period.interval,
                "starts_on": period.starts_on,
                "name": Period(period.starts_on, period.interval, workspace.fiscal_year_start_month).name,
                "before": period.before and figure_sets.to_json(period.before),
                "after": period.after and figure_sets.to_json(period.after),
            }
            for period in figure_sets.changes(was, now)
        ],
    }


def _part(progress: Callable[..., None], start: float, end: float) -> Callable[..., None]:
    """`progress` for a part of the way, from one fraction to another."""
    return lambda fraction, message="", **params: progress(start + (end - start) * fraction, message, **params)


def _closed_figures(workspace) -> figure_sets.FigureSet:
    rows = PeriodFigures.objects.filter(workspace=workspace, through=F("ends_on"))
    return {
        (interval, starts_on): dict(zip(figure_sets.NAMES, values, strict=True))
        for interval, starts_on, *values in rows.values_list("interval", "starts_on", *figure_sets.NAMES)
    }
