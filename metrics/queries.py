"""Reads of figures, for pages and API. Nothing here looks at facts: what is shown was closed before."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, Subquery

from jobs.models import Run
from metrics import figure_sets, published, ratios, statements
from metrics.calendar import Period, add_months, first_months, period_of
from metrics.models import (
    AccountDay,
    Closing,
    ClosingFailure,
    Interval,
    Movement,
    Outcome,
    PeriodFigures,
    TermEnd,
)
from metrics.registry import METRICS
from workspaces.models import MetricSettings

BRIDGE = (
    "mrr_start",
    "new",
    "expansion",
    "contraction",
    "churn",
    "reactivation",
    "fx",
    "mrr_end",
    "customers_start",
    "customers_end",
    "new_customers",
    "churned_customers",
)
NAMES = ("starts_on", "through")
SUMS = figure_sets.SUMS
COHORT_MEASURES = ("customers", "net_mrr", "gross_mrr")


class UnknownMetric(ValueError):
    """A key that is not in the registry."""


def closed_through(workspace) -> dt.date | None:
    """The last closed day, None when no day is closed yet."""
    return Closing.objects.filter(workspace=workspace).order_by("-day").values_list("day", flat=True).first()


@dataclass(frozen=True)
class ClosedState:
    """through, at: the last closed day and when it was closed, None when no day is. stale_from: the first closed day whose
    figures wait for changed facts or settings to be worked in, None when all is current. failure: why the last closing
    stopped, while that is not mended. is_closing: a closing waits or runs.
    """

    through: dt.date | None
    at: dt.datetime | None
    stale_from: dt.date | None
    failure: ClosingFailure | None
    is_closing: bool


def closed_state(workspace) -> ClosedState:
    """One query."""
    row = statements.fetch_one("closed_state", workspace=workspace.pk, open=list(Run.OPEN))
    changed = row["changed_from"]
    if row["has_state"]:
        has_other_settings = row["settings_changed_at"] not in (None, row["settings_as_of"])
        if has_other_settings or row["fiscal_year_start_month"] != workspace.fiscal_year_start_month:
            changed = MetricSettings.START
    through = row["last_day"]
    is_current = through is None or changed is None or changed > through
    failure = {name: row[name] for name in ("failed_at", "code", "currency", "day")}
    return ClosedState(
        through,
        row["closed_at"],
        None if is_current else max(changed, row["first_day"]),
        ClosingFailure(workspace=workspace, **failure) if row["code"] else None,
        row["is_closing"],
    )


def stale_from(workspace) -> dt.date | None:
    """As in `ClosedState`."""
    return closed_state(workspace).stale_from


def failure(workspace) -> ClosingFailure | None:
    """Why the last closing stopped; None when it did not."""
    return ClosingFailure.objects.filter(workspace=workspace).first()


def series(
    *,
    workspace,
    keys: Sequence[str],
    first: dt.date,
    last: dt.date,
    interval: str = Interval.MONTH,
    as_published: dt.date | None = None,
) -> list[dict[str, object]]:
    """Metrics over time: one row for each period from the one of `first` to the one of `last` that has figures.

    A row has ``period`` (2025-03, 2025-Q1, 2025), ``starts_on``, ``through`` (its last closed day), ``closed`` and each
    asked key: Decimal, int, or None for no value. Tables start with the period of the first movement. Raises
    UnknownMetric. At most three queries, whatever the number of rows.

    as_published: figures as they stood at the end of that local day, of the periods that were closed by then.
    """
    if unknown := [key for key in keys if key not in METRICS]:
        raise UnknownMetric(", ".join(unknown))
    if as_published is not None:
        return published.rows_as_published(
            workspace, keys=keys, first=first, last=last, interval=interval, day=as_published
        )
    figures = period_rows(workspace, first, last, interval).values_list(*NAMES, "ltv_churn_months", *SUMS)
    churn = _monthly_churn(workspace) if figure_sets.LTV_KEYS & set(keys) else {}
    waiting = open_terms(workspace, interval) if "contracts_open" in keys else {}
    return _told(workspace, figures, keys, interval, churn, waiting)


def _told(workspace, figures: Iterable[Sequence[Any]], keys, interval: str, churn, waiting) -> list[dict[str, object]]:
    """Rows of `series` from (first day, last closed day, months of churn, each of SUMS)."""
    start_month = workspace.fiscal_year_start_month
    computes = [(key, METRICS[key].compute) for key in keys]
    rows = []
    for starts_on, through, months, *values in figures:
        # For a quarter or a year, too, lifetime value looks at the months up to its last one.
        month = through.replace(day=1)
        window = [add_months(month, -back) for back in range(months)] if churn else []
        churned = [churn[month] for month in window if month in churn]
        sums = ratios.Sums(*values, waiting.get(starts_on, 0), churned)  # type: ignore[call-arg]  # one value for each of SUMS
        row = named(Period(starts_on, interval, start_month), through)
        for key, compute in computes:
            row[key] = compute(sums)
        rows.append(row)
    return rows


def bridge(
    *,
    workspace,
    first: dt.date,
    last: dt.date,
    interval: str = Interval.MONTH,
    as_published: dt.date | None = None,
) -> list[dict[str, object]]:
    """From MRR at the start to MRR at the end, by kind of movement; rows as in `series` with the keys of BRIDGE."""
    if as_published is not None:
        return published.rows_as_published(
            workspace, keys=BRIDGE, first=first, last=last, interval=interval, day=as_published
        )
    return [
        said_of(workspace, row) | {key: getattr(row, key) for key in BRIDGE}
        for row in period_rows(workspace, first, last, interval)
    ]


def months(workspace, *, closed: dt.date) -> list[dict[str, Any]]:
    """Every month from the first movement to the last closed day: what rows over periods say of theirs. One query."""
    found = period_rows(workspace, dt.date.min, closed, Interval.MONTH).values_list("starts_on", "through")
    return [named(Period(starts_on, Interval.MONTH, 1), through) for starts_on, through in found]


def months_of_book(workspace, *, keys: Sequence[str], closed: dt.date) -> list[dict[str, Any]]:
    """Every month from the first movement to the last closed day: metrics and bridge in one row each. Two queries."""
    months = list(period_rows(workspace, dt.date.min, closed, Interval.MONTH))
    figures = [
        (month.starts_on, month.through, month.ltv_churn_months, *(getattr(month, name) for name in SUMS))
        for month in months
    ]
    churn = {month.starts_on: (month.churned_customers, month.customers_start) for month in months}
    waiting = open_terms(workspace, Interval.MONTH, closed=closed) if "contracts_open" in keys else {}
    told = _told(workspace, figures, keys, Interval.MONTH, churn, waiting)
    return [{key: getattr(month, key) for key in BRIDGE} | row for month, row in zip(months, told, strict=True)]


def period_rows(workspace, first: dt.date, last: dt.date, interval: str):
    """The periods' rows as a QuerySet, oldest first, from the period of the first movement on.

    Quarters and years of another fiscal calendar than the workspace's are left out: the next closing makes them anew.
    """
    start_month = workspace.fiscal_year_start_month
    first_moved = Movement.objects.filter(workspace=workspace).order_by("day").values("day")[:1]
    rows = PeriodFigures.objects.filter(
        # By their own days: whoever asks from the first day of all asks for a fiscal year that begins in no year.
        Q(ends_on__gte=first, starts_on__lte=last),
        Q(ends_on__gte=Subquery(first_moved)),
        workspace=workspace,
        interval=interval,
    )
    if interval != Interval.MONTH:
        rows = rows.filter(starts_on__month__in=first_months(interval, start_month))
    return rows.order_by("starts_on")


def said_of(workspace, row: PeriodFigures) -> dict[str, object]:
    """What every row over periods says of the period that `row` is of."""
    return named(Period(row.starts_on, row.interval, workspace.fiscal_year_start_month), row.through)


def named(period: Period, through: dt.date) -> dict[str, object]:
    """What every row over periods says of its period."""
    return {
        "period": period.name,
        "starts_on": period.starts_on,
        "through": through,
        "closed": through == period.ends_on,
    }


def _monthly_churn(workspace) -> dict[dt.date, tuple[int, int]]:
    """By first day of the month: customers of its start that were none at its end, and customers at its start."""
    rows = PeriodFigures.objects.filter(workspace=workspace, interval=Interval.MONTH)
    values = rows.values_list("starts_on", "churned_customers", "customers_start")
    return {starts_on: (churned, start) for starts_on, churned, start in values}


def open_terms(workspace, interval: str, *, closed: dt.date | None = None) -> dict[dt.date, int]:
    """By first day of the period: term ends that wait for a renewal or a notice. closed: the last closed day."""
    closed = closed or closed_through(workspace)
    if closed is None:
        return {}
    days = TermEnd.objects.filter(
        workspace=workspace, outcome=Outcome.UNDECIDED, day__lte=closed, grace_ends_on__gte=closed
    ).values_list("day", flat=True)
    counts: dict[dt.date, int] = {}
    for day in days:
        start = period_of(day, interval, workspace.fiscal_year_start_month).starts_on
        counts[start] = counts.get(start, 0) + 1
    return counts


def movements(*, workspace, first: dt.date, last: dt.date, account=None) -> list[dict[str, object]]:
    """Every movement from `first` through `last` (of one account, if given), by day and account.

    Rows: ``id``, ``account`` (external id), ``account_id``, ``account_name``, ``date``, ``kind``, ``amount``.
    """
    rows = Movement.objects.filter(workspace=workspace, day__range=(first, last))
    if account is not None:
        rows = rows.filter(account=account)
    values = rows.order_by("day", "account__external_id", "account_id").values_list(
        "account_id", "account__external_id", "account__name", "day", "kind", "amount"
    )
    return [
        {
            "id": Movement.public_id_of(account_id, day),
            "account": external_id,
            "account_id": account_id,
            "account_name": name,
            "date": day,
            "kind": kind,
            "amount": amount,
        }
        for account_id, external_id, name, day, kind, amount in values
    ]


def account_ledger(account) -> list[dict[str, object]]:
    """What happened to an account's balance, oldest first: ``day``, ``until`` (exclusive, None: to this day),
    ``balance`` in base currency, ``other_balances`` {currency: Decimal}, and the day's movement as ``kind`` and
    ``amount`` (None where rounding left nothing to book).
    """
    moved = {
        day: (kind, amount)
        for day, kind, amount in Movement.objects.filter(workspace=account.workspace_id, account=account).values_list(
            "day", "kind", "amount"
        )
    }
    rows: list[dict[str, object]] = []
    for row in AccountDay.objects.filter(workspace=account.workspace_id, account=account).order_by("day"):
        kind, amount = moved.get(row.day, (None, None))
        others = {currency: Decimal(value) for currency, value in (row.other_balances or {}).items()}
        rows.append(
            {
                "day": row.day,
                "until": row.until,
                "balance": row.balance,
                "other_balances": others,
                "kind": kind,
                "amount": amount,
            }
        )
    return rows


def cohorts(*, workspace, by: str = Interval.MONTH, measure: str = "customers") -> list[dict[str, object]]:
    """What became of the accounts that first paid in the same month, quarter or year.

    measure: ``customers``, ``net_mrr`` or ``gross_mrr``. Rows: ``cohort`` (period name), ``starts_on``, ``size`` (accounts
    that joined), ``first`` (what a share is of: customers or MRR at the end of the first period) and ``cells``, the
    share at the end of the first and each later period; None where the period is not over yet.
    """
    if measure not in COHORT_MEASURES:
        raise UnknownMetric(measure)
    rows: dict[dt.date, dict] = {}
    start_month = workspace.fiscal_year_start_month
    # A fiscal year is a calendar year moved by the months before it begins; months move nowhere.
    shift = 0 if by == Interval.MONTH else start_month - 1
    answers = statements.fetch_all("cohorts", workspace=workspace.pk, by=by, shift=shift)
    for answer in answers:
        row = rows.setdefault(
            answer["cohort"],
            {
                "cohort": Period(answer["cohort"], by, start_month).name,
                "starts_on": answer["cohort"],
                "size": answer["size"],
                "first": answer["size"] if measure == "customers" else answer["net_mrr"],
                "cells": [],
            },
        )
        row["cells"].append(ratios.rate(ratios.over(answer[measure], row["first"])))
    if rows:
        # All rows as long as the oldest one's.
        longest = max(len(row["cells"]) for row in rows.values())
        for row in rows.values():
            row["cells"] += [None] * (longest - len(row["cells"]))
    return list(rows.values())
