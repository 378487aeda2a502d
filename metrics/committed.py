"""Committed MRR: what MRR comes to once all that is signed has begun and all that is known to end has ended."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from metrics import queries
from metrics.models import PeriodFigures

COMMITTED = ("mrr", "committed_new", "committed_lost", "committed_mrr")


def committed(workspace, *, first: dt.date, last: dt.date, interval: str) -> list[dict[str, Any]]:
    """One row for each period from the one of `first` to the one of `last` that has figures, oldest first: ``period``,
    ``starts_on``, ``through``, ``closed`` and the keys of COMMITTED. Two queries.
    """
    rows = queries.bridge(workspace=workspace, first=first, last=last, interval=interval)
    told = committed_beside(workspace, rows, interval)
    names = ("period", "starts_on", "through", "closed")
    return [{name: row[name] for name in names} | told[row["period"]] for row in rows]


def committed_beside(workspace, rows: Sequence[Mapping[str, Any]], interval: str) -> dict[Any, dict[str, Any]]:
    """By period of these rows of `queries.bridge`, as of its last closed day: ``mrr``, ``committed_new`` (signed, not
    started), ``committed_lost`` (alive and known to end) and ``committed_mrr``, which is mrr + new − lost. One query.
    """
    sums = {
        starts_on: (new, lost)
        for starts_on, new, lost in PeriodFigures.objects.filter(
            workspace=workspace, interval=interval, starts_on__in=[row["starts_on"] for row in rows]
        ).values_list("starts_on", "committed_new", "committed_lost")
    }
    told = {}
    for row in rows:
        new, lost = sums[row["starts_on"]]
        values = (row["mrr_end"], new, lost, row["mrr_end"] + new - lost)
        told[row["period"]] = dict(zip(COMMITTED, values, strict=True))
    return told
