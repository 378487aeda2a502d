"""How far a figure is from its goal. Pure, but for the one read of goals."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from django.utils.translation import gettext as _

from metrics.models import Goal
from metrics.overview import figure
from metrics.registry import METRICS
from workspaces import formats

type Standing = Literal["met", "missed", "open"]
type ByPeriod = dict[tuple[str, dt.date], Decimal]


@dataclass(frozen=True)
class Reached:
    """share: value ÷ goal, None where that says nothing. standing: ``open`` while the period runs and nothing is decided,
    and for metrics of which more is neither better nor worse.
    """

    share: Decimal | None
    standing: Standing


def reached(value: Decimal | int | None, goal: Decimal, *, is_good_up: bool | None, is_closed: bool) -> Reached | None:
    """None when there is no value. A period that still runs may have met what grows, but never yet kept what may not."""
    if value is None:
        return None
    share = Decimal(value) / goal if goal > 0 and value >= 0 else None
    if is_good_up is None:
        return Reached(share, "open")
    is_met = value >= goal if is_good_up else value <= goal
    if is_closed:
        return Reached(share, "met" if is_met else "missed")
    return Reached(share, "met" if is_met and is_good_up else "open")


def goals_of(workspace, *, interval: str, keys: Iterable[str], team=None) -> ByPeriod:
    """{(metric, first day of the period): goal} of the whole workspace, or of a team. One query."""
    rows = Goal.objects.filter(workspace=workspace, interval=interval, metric__in=list(keys), team=team)
    return {(metric, day): value for metric, day, value in rows.values_list("metric", "starts_on", "value")}


def in_words(key: str, found: Reached, goal: Decimal, *, is_closed: bool, currency: str, language: str) -> str:
    """82 % of ¥1.5M; 120 % of at most 3.0 %, for what should stay small; with "so far" while the period runs."""
    text = figure(key, goal, currency, language)[0]
    if METRICS[key].is_good_up is False:
        text = _("at most %(goal)s") % {"goal": text}
    if found.share is None:
        said = {"met": _("goal %(goal)s: met"), "missed": _("goal %(goal)s: missed"), "open": _("goal %(goal)s")}
        words = said[found.standing] % {"goal": text}
    else:
        words = _("%(share)s of %(goal)s") % {"share": formats.percent(found.share, places=0), "goal": text}
    return words if is_closed else _("%(words)s so far") % {"words": words}


def tile_goal(
    key: str, value: Any, goal: Decimal, *, is_closed: bool, currency: str, language: str
) -> dict[str, Any] | None:
    """For components/tile.html: text, tone and how full the bar under it is (0 to 100, None for no bar)."""
    found = reached(value, goal, is_good_up=METRICS[key].is_good_up, is_closed=is_closed)
    if found is None:
        return None
    full = figure(key, goal, currency, language)[1]
    return {
        "text": in_words(key, found, goal, is_closed=is_closed, currency=currency, language=language),
        "full": _("Goal: %(goal)s") % {"goal": full},
        "tone": {"met": "good", "missed": "risk", "open": ""}[found.standing],
        "bar": None if found.share is None else int(min(found.share, Decimal(1)) * 100),
    }


def add_goal_line(
    chart: dict,
    key: str,
    starts: Sequence[dt.date],
    goals: ByPeriod,
    *,
    currency: str,
    language: str,
    label: str = "",
) -> None:
    """Put the goals of `key` on a chart over time, as steps; nothing where there are none. starts: the first days of the
    chart's points; label: what the chart calls the metric, where it shows several.
    """
    values = [goals.get((key, day)) for day in starts]
    if all(value is None for value in values):
        return
    name = _("Goal, at most") if METRICS[key].is_good_up is False else _("Goal")
    if label:
        name = f"{label}: {name}"
    chart.setdefault("goals", []).append(
        {
            "name": name,
            "values": [None if value is None else float(value) for value in values],
            "texts": [figure(key, value, currency, language)[0] for value in values],
        }
    )
