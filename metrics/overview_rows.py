"""The months that the overview shows, of the whole book or of a slice of it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from metrics import queries
from metrics.calendar import add_months
from metrics.models import Interval
from metrics.slices import queries as slices
from metrics.slices.slice import Slice


@dataclass(frozen=True)
class OverviewRows:
    """rows: by month, oldest first, metrics and bridge in one. unavailable: metrics that cannot be told of it, and why."""

    rows: list[dict[str, Any]]
    unavailable: dict[str, str] = field(default_factory=dict)


def months(workspace, chosen: Slice, *, keys: Sequence[str], closed: dt.date) -> list[dict[str, Any]]:
    """Every month of the book up to the last closed day, oldest first; of the whole book with its figures already."""
    if chosen.is_whole:
        return queries.months_of_book(workspace, keys=keys, closed=closed)
    return queries.months(workspace, closed=closed)


def overview_rows(
    workspace, chosen: Slice, *, keys: Sequence[str], months: Sequence[dict[str, Any]], first: dt.date, last: dt.date
) -> OverviewRows:
    """The months from `first` to `last`, and a year before them to compare with, out of `months`.

    Raises MissingRate when an amount has no rate on the slice's `rates_on`.
    """
    if chosen.is_whole:
        return OverviewRows([row for row in months if row["starts_on"] <= last])
    window = {
        "workspace": workspace,
        "first": add_months(first.replace(day=1), -12),
        "last": last,
        "interval": Interval.MONTH,
        "chosen": Slice(chosen.conditions, None, chosen.rates_on),
    }
    told = slices.series(keys=keys, **window)
    bridges = slices.bridge(**window).rows
    rows = [bridge | row for bridge, row in zip(bridges, told.rows, strict=True)]
    return OverviewRows(rows, told.unavailable)
