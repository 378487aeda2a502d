"""Cohorts of a slice: those who began to pay for its lines in the same period, and what became of them."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from metrics import queries, ratios
from metrics.models import Interval, PeriodFigures
from metrics.slices.queries import DEFAULT_GROUPS, Grouped, ordered, places, require_rates
from metrics.slices.slice import WHOLE, Slice
from metrics.slices.statement import Statement, cohort_tables, now_tables, part, statement
from metrics.slices.sums import ZERO

EVER = dt.date(1, 1, 1), dt.date(9999, 1, 1)
COLUMNS = ("customers", "net_mrr", "gross_mrr")


class CohortTable:
    """Of one group, by number of the cohort's period: how many joined, and what stands at the end of each period."""

    def __init__(self, periods: int):
        self.periods = periods
        self.size: dict[int, int] = {}
        # By where it begins and ends; what stands in a period is the running sum.
        self.changes: dict[tuple[int, int], list[Decimal | int]] = {}

    def add(self, cohort: int, first: int | None, last: int | None, count: int, *amounts: Decimal | None) -> None:
        """A count of those who joined when there is no `first`, else what stands from it to before `last`."""
        if first is None or last is None:
            self.size[cohort] = self.size.get(cohort, 0) + count
            return
        values: list[Decimal | int] = [count, *(amount or ZERO for amount in amounts)]
        for place, sign in ((first, 1), (last, -1)):
            known = self.changes.setdefault((cohort, place), [0, ZERO, ZERO])
            self.changes[cohort, place] = [old + sign * new for old, new in zip(known, values, strict=True)]

    def include(self, other: "CohortTable") -> None:
        for cohort, count in other.size.items():
            self.size[cohort] = self.size.get(cohort, 0) + count
        for at, values in other.changes.items():
            known = self.changes.get(at, [0, ZERO, ZERO])
            self.changes[at] = [old + new for old, new in zip(known, values, strict=True)]

    def cells(self, cohort: int, measure: str) -> list[Decimal | int]:
        """What stands at the end of the cohort's own period and each later one."""
        column = COLUMNS.index(measure)
        standing: Decimal | int = 0
        found = []
        for place in range(cohort, self.periods + 1):
            standing += self.changes.get((cohort, place), [0, ZERO, ZERO])[column]
            found.append(standing)
        return found


def cohorts(
    *,
    workspace,
    by: str = Interval.MONTH,
    measure: str = "customers",
    chosen: Slice = WHOLE,
    limit_groups: int = DEFAULT_GROUPS,
) -> Grouped:
    """Who first paid for the lines of the slice in the same period, and belonged to it on that day, followed wherever they
    belong later; rows as those of `metrics.queries.cohorts`, with ``group`` where the slice has groups, the largest first.

    Raises UnknownMetric, and MissingRate when an amount has no rate on the slice's `rates_on`.
    """
    if measure not in COLUMNS:
        raise queries.UnknownMetric(measure)
    is_overlapping = bool(chosen.group and chosen.group.is_overlapping)
    periods = [row for row in queries.period_rows(workspace, *EVER, by) if row.is_closed]
    if not periods:
        return Grouped([], {}, is_overlapping)
    tables = cohort_tables_of(workspace, chosen, periods)
    sizes = {value: (sum(table.size.values()),) for value, table in tables.items()}
    rows = []
    for group, members in ordered(workspace, chosen, sizes, limit_groups):
        table = CohortTable(len(periods))
        for value in members:
            if value in tables:
                table.include(tables[value])
        # All rows as long as the oldest one's.
        longest = len(periods) + 1 - min(table.size, default=1)
        for cohort in sorted(table.size):
            cells = table.cells(cohort, measure)
            first = table.size[cohort] if measure == "customers" else table.cells(cohort, "net_mrr")[0]
            shares = [ratios.rate(ratios.over(cell, first)) for cell in cells]
            period = periods[cohort - 1]
            row = {
                "cohort": queries.said_of(workspace, period)["period"],
                "starts_on": period.starts_on,
                "size": table.size[cohort],
                "first": first,
                "cells": shares + [None] * (longest - len(shares)),
            }
            rows.append(row | ({"group": group} if group else {}))
    return Grouped(rows, {}, is_overlapping)


def cohort_tables_of(workspace, chosen: Slice, periods: Sequence[PeriodFigures]) -> dict[str | None, CohortTable]:
    """By group; those who joined after the last of `periods` are in none."""
    made = cohort_statement(workspace, chosen, periods)
    tables: dict[str | None, CohortTable] = {}
    for value, *row in made.fetch(made.text(part("cohort_rows"))):
        tables.setdefault(value, CohortTable(len(periods))).add(*row)
    return tables


def cohort_statement(workspace, chosen: Slice, periods: Sequence[PeriodFigures]) -> Statement:
    """Tables `joined` and `own` (sql/slices/cohorts.sql)."""
    if chosen.rates_on:
        require_rates(workspace, chosen.rates_on)
    made = statement(workspace, chosen, through=periods[-1].through, with_whole=True)
    made.params |= places(periods)
    made.tables += [part("ends"), now_tables(made), cohort_tables(made)]
    return made
