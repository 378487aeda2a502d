"""Writing goals: of one metric, all at once for the periods of a year."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from metrics.models import Goal, Interval
from metrics.registry import METRICS
from workspaces import roles
from workspaces.activity import Change, difference, record_many
from workspaces.actor import Actor
from workspaces.batch import InvalidRow

PLACES = {"money": 2, "count": 0, "ratio": 6, "months": 6}
MOST = Decimal(10) ** 15


@transaction.atomic
def set_goals(
    *, workspace, metric: str, interval: str, team=None, values: Mapping[dt.date, Decimal | None], by: Actor
) -> int:
    """Set the goals of the periods that begin on the days of `values`, and take away those given None; how many changed.

    Exact in the metric's unit; shares as 0.03. Raises InvalidRow by the ISO date of the period, or by ``metric``,
    ``interval``, ``team``: then nothing is written.
    """
    by.require(roles.EDIT_MONEY)
    errors: dict[str, list[str]] = {}
    if metric not in METRICS:
        errors["metric"] = [_("Unknown.")]
    if interval not in Interval.values:
        errors["interval"] = [_("Unknown.")]
    if team is not None and team.workspace_id != workspace.pk:
        errors["team"] = [_("Unknown.")]
    if errors:
        raise InvalidRow(errors)
    places = PLACES[METRICS[metric].unit]
    for day, value in values.items():
        if value is None:
            continue
        if abs(value) >= MOST:
            errors[day.isoformat()] = [_("This number is too large.")]
        elif value != round(value, places):
            shown = places - 2 if METRICS[metric].unit == "ratio" else places
            text = ngettext("At most %(places)s decimal.", "At most %(places)s decimals.", shown)
            errors[day.isoformat()] = [text % {"places": shown}]
    if errors:
        raise InvalidRow(errors)
    of = {"workspace": workspace, "metric": metric, "interval": interval, "team": team}
    standing = {goal.starts_on: goal for goal in Goal.objects.select_for_update().filter(**of, starts_on__in=values)}
    before = {day.isoformat(): goal.value.normalize() for day, goal in standing.items()}
    after = {day.isoformat(): value if value is None else value.normalize() for day, value in values.items()}
    was, now = difference(before, after)
    if not now:
        return 0
    for day, value in values.items():
        if day.isoformat() not in now:
            continue
        if value is None:
            Goal.objects.filter(**of, starts_on=day).delete()
        else:
            Goal.objects.update_or_create(**of, starts_on=day, defaults={"value": value})
    label = f"{METRICS[metric].name}{f', {team.name}' if team else ''}"
    change = Change("updated", "goal", f"{metric}:{interval}"[:40], label, was, now)
    record_many(workspace=workspace, by=by, changes=[change])
    return len(now)
