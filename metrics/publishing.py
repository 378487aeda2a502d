"""Keeps what closed periods are said to be: the only writer of PublishedFigures."""

import datetime as dt

from django.db.models import F

from metrics import figure_sets, published
from metrics.calendar import Period
from metrics.figure_sets import FigureSet
from metrics.models import Interval, PeriodFigures, PublishedFigures
from metrics.queries import open_terms


def publish(workspace, *, at: dt.datetime) -> tuple[FigureSet, FigureSet]:
    """Keep the closed periods that are not what was published last, as of the instant `at`; in a closing's transaction.

    Returns two sets of figures: as published before, and as they are. The same once more keeps nothing.
    """
    before = published.standing(workspace)
    was = published.figures_of(before)
    names = {(row.interval, row.starts_on): row.name for row in before if row.figures is not None}
    closed = PeriodFigures.objects.filter(workspace=workspace, through=F("ends_on"))
    now = {}
    calls, ends = {}, {(row.interval, row.starts_on): row.ends_on for row in before}
    for interval, starts_on, ends_on, *values in closed.values_list(
        "interval", "starts_on", "ends_on", *figure_sets.NAMES
    ):
        key = (interval, starts_on)
        now[key] = dict(zip(figure_sets.NAMES, values, strict=True))
        calls[key] = Period(starts_on, interval, workspace.fiscal_year_start_month).name
        ends[key] = ends_on
    for figures in was.values():
        # How many were undecided is of the day of publishing, and no restatement when it passes.
        figures.pop("contracts_open")
    for key in was.keys() & now.keys():
        # What was not kept yet when a period was published did not become another.
        was[key] |= {name: now[key][name] for name in figure_sets.LATER if was[key][name] is None}
    other = [key for key in now if now[key] != was.get(key) or calls[key] != names.get(key)]
    gone = [key for key in was if key not in now]
    if not other and not gone:
        return was, now
    waiting = {interval: open_terms(workspace, interval) for interval in Interval.values}
    PublishedFigures.objects.bulk_create(
        PublishedFigures(
            workspace=workspace,
            interval=key[0],
            starts_on=key[1],
            ends_on=ends[key],
            name=calls.get(key) or names[key],
            published_at=at,
            figures=figure_sets.to_json(now[key] | {"contracts_open": waiting[key[0]].get(key[1], 0)})
            if key in now
            else None,
        )
        for key in sorted([*other, *gone])
    )
    return was, now
