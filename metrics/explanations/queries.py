"""What explains a figure: the numbers that go into it, and the settings and filters under which it came about."""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from leads.models import Spend
from metrics import queries, ratios
from metrics.explanations.rows import Cell, Row, churn_of_months, committed_counts, rows_of, spend_span
from metrics.explanations.workings import Input, inputs_of, is_explained, plain, subject, worked_out
from metrics.models import Interval, PeriodFigures
from metrics.registry import Metric
from metrics.slices import queries as slices
from metrics.slices.dimensions import dimension
from metrics.slices.slice import WHOLE, Slice
from metrics.slices.spend import channels_of
from metrics.slices.statement import part, retention_day
from metrics.slices.sums import SliceSums
from workspaces.models import MetricSettings

ROWS_AT_ONCE = 2_000


class NothingToExplain(LookupError):
    """There are no figures for the period."""


@dataclass(frozen=True)
class ShownInput:
    """An input with its value; rows_count: how many rows add up to it (None for a setting)."""

    input: Input
    value: Decimal | int | None
    rows_count: int | None


@dataclass(frozen=True)
class Explanation:
    """value: the figure, as `metrics.queries.series` has it. working: the formula with the numbers in it. settings: those in
    force at the end of the period. unavailable: why there is no value for this slice, or "".
    """

    metric: Metric
    cell: Cell
    value: Decimal | int | None
    working: str
    inputs: list[ShownInput]
    settings: MetricSettings
    unavailable: str

    @property
    def is_worked_out(self) -> bool:
        """Whether the working says more than the value: that of a plain sum does not."""
        left, _sign, right = self.working.rpartition(" = ")
        return left != right

    @property
    def settings_shown(self) -> dict[str, Any]:
        """Every choice by name, and ``effective_from``; None: from the beginning."""
        since = self.settings.effective_from
        choices = {
            field.name: getattr(self.settings, field.name)
            for field in self.settings._meta.concrete_fields
            if field.name not in ("id", "workspace", "effective_from", "changed_at")
        }
        return {"effective_from": None if since == MetricSettings.START else since} | choices

    def part(self, name: str | None) -> ShownInput | None:
        """The input `name`, without a name the first that has rows."""
        if name:
            return next((one for one in self.inputs if one.input.name == name), None)
        return next((one for one in self.inputs if one.input.rows), None)


@dataclass(frozen=True)
class _Known:
    """customers_then: at the end of the month that retention looks back to. movements: kind → how many."""

    closed_through: dt.date | None
    customers_then: int
    movements: dict[str, int]
    settings: MetricSettings


def explanation(
    workspace, key: str, *, day: dt.date, interval: str = Interval.MONTH, chosen: Slice = WHOLE
) -> Explanation:
    """Of the metric or bridge column `key` in the period that `day` lies in, for the slice `chosen`, which has no groups.

    Raises UnknownMetric, NothingToExplain, and MissingRate as `metrics.slices.queries.series` does.
    """
    if not is_explained(key):
        raise queries.UnknownMetric(key)
    period = queries.period_rows(workspace, day, day, interval).first()
    if period is None:
        raise NothingToExplain(key)
    known = _known(workspace, key, period, chosen)
    if known.closed_through is None:
        raise NothingToExplain(key)
    cell = Cell(workspace, period, chosen, known.closed_through)
    reasons = slices.unavailable(chosen, [key])
    found = _sums(cell, key, known)
    values = {one.name: _value(found, one.name) for one in inputs_of(key)}
    if reasons:
        values = dict.fromkeys(values)
    metric = subject(key)
    value = None if reasons else _value(found, key) if key in slices.BRIDGE else metric.compute(found.sums)
    texts = {one.name: plain(one.unit, values[one.name]) for one in inputs_of(key)}
    return Explanation(
        metric=metric,
        cell=cell,
        value=value,
        working=worked_out(key, texts, plain(metric.unit, value)),
        inputs=[
            ShownInput(one, values[one.name], None if reasons else _rows_count(cell, one, found))
            for one in inputs_of(key)
        ],
        settings=known.settings,
        unavailable=reasons.get(key, ""),
    )


def filters_of(chosen: Slice) -> dict[str, list[str]]:
    """Conditions of a slice by parameter; of two on one dimension both must hold, so they come as what both allow."""
    found: dict[str, list[str]] = {}
    for key, values in chosen.conditions:
        name = dimension(key).parameter
        found[name] = [value for value in values if name not in found or value in found[name]]
    return found


def all_rows(cell: Cell, one: Input) -> Iterator[Row]:
    """Every row of an input, read in pages, for files."""
    after = None
    while True:
        page = rows_of(cell, one, after=after, limit=ROWS_AT_ONCE)
        yield from page
        if len(page) < ROWS_AT_ONCE:
            return
        after = page[-1]["place"]


def _sums(cell: Cell, key: str, known: _Known) -> SliceSums:
    """The sums of the period: those that are kept for the whole book, worked out for a slice."""
    period = cell.period
    if not cell.chosen.is_whole:
        keys = {key, "churned_customers"} if key in slices.BRIDGE else {key}
        ((_group, by_period),) = slices.period_sums(
            cell.workspace, cell.chosen, keys, period.starts_on, period.starts_on, period.interval, 1
        )
        return by_period[0][1]
    churn = churn_of_months(cell) if key in slices.LIFETIME else {}
    open_terms = queries.open_terms(cell.workspace, period.interval) if key == "contracts_open" else {}
    kept = [getattr(period, name) for name in queries.SUMS]
    sums = ratios.Sums(*kept, open_terms.get(period.starts_on, 0), list(churn.values()))  # type: ignore[call-arg]
    committed = committed_counts(cell) if any(one.rows == "committed" for one in inputs_of(key)) else {}
    counts = {"new": period.new_customers} | known.movements
    return SliceSums(sums, Decimal("0.00"), Decimal("0.00"), counts, known.customers_then, committed)


def _value(found: SliceSums, name: str) -> Decimal | int | None:
    if name in ("entering", "leaving", "fx"):
        return getattr(found, name)
    if name == "monthly_churn":
        return ratios.rate(ratios.mean_monthly_churn(found.sums))
    return getattr(found.sums, name)


def _rows_count(cell: Cell, one: Input, found: SliceSums) -> int | None:
    match one.rows:
        case "balances":
            return found.sums.customers_start if one.name.endswith("_start") else found.sums.customers_end
        case "movements":
            return found.movements.get(one.kinds[0], 0)
        case "lost":
            return found.sums.churned_customers
        case "retained":
            return found.customers_then
        case "committed":
            return found.committed[one.name]
        case "terms":
            counts = {"contracts_renewed": "contracts_renewed", "contracts_open": "contracts_open"}
            return getattr(found.sums, counts.get(one.name, "contracts_due"))
        case "spend":
            rows = Spend.objects.filter(workspace=cell.workspace, date__range=spend_span(cell, one.name)).standing()
            return channels_of(rows, cell.chosen).count()
        case "months":
            return len([start for _, start in found.sums.monthly_churn if start])
        case "fx":
            return sum(1 for _ in all_rows(cell, one))
    return None


def _known(workspace, key: str, period: PeriodFigures, chosen: Slice) -> _Known:
    """One query, which every explanation makes; movements are counted where the whole book has to be."""
    kinds = {kind for one in inputs_of(key) if one.rows == "movements" for kind in one.kinds} - {"new"}
    names = [field.attname for field in MetricSettings._meta.concrete_fields]
    text = part("in_force", "explanations", columns=", ".join(f"s.{name}" for name in names))
    values = {
        "workspace": workspace.pk,
        "first": period.starts_on,
        "last": period.through,
        "month_then": retention_day(period).replace(day=1),
        "kinds": sorted(kinds) if chosen.is_whole else [],
    }
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        closed, customers_then, movements, *choices = cursor.fetchone()
    settings = dict(zip(names, choices, strict=True))
    return _Known(
        closed,
        customers_then or 0,
        json.loads(movements) if movements else {},
        MetricSettings(**settings) if settings["id"] is not None else MetricSettings(workspace=workspace),
    )
