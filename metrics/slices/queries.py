"""Reads of slices: the same figures as `metrics.queries`, of a part of the book or by groups.

Nothing here looks at contracts: slices are made from what the closing wrote (account days, line spans, term ends, and the
periods with their settings) and from the dated traits of accounts.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import FxRate
from metrics import queries
from metrics.calendar import MONTHS, add_months, period_of
from metrics.errors import MissingRate
from metrics.models import Interval, LineSpan, PeriodFigures
from metrics.registry import METRICS
from metrics.slices.labels import labels
from metrics.slices.slice import WHOLE, Slice
from metrics.slices.spend import spend_of
from metrics.slices.statement import (
    committed_lines,
    foreign_rows,
    now_tables,
    part,
    retained_rows,
    retained_tables,
    retention_day,
    statement,
    term_rows,
)
from metrics.slices.sums import ZERO, Answer, SliceSums, Tally, merged, tallies

# What a metric needs beyond balances and movements, which cost nothing extra.
RETAINED = {"nrr", "grr"}
LOST = {"churned_customers", "customer_churn_rate", "ltv", "ltv_cac"}
TERMS = {"contracts_due", "contracts_renewed", "contracts_open", "renewal_rate", "renewal_rate_value"}
SPENT = {"spend", "cac", "ltv_cac", "cac_payback_months"}
LIFETIME = {"ltv", "ltv_cac"}
COMMITTED = {"committed_mrr", "committed_new", "committed_lost"}
BRIDGE = (*queries.BRIDGE[:6], "entering", "leaving", *queries.BRIDGE[6:])
DEFAULT_GROUPS, MOST_GROUPS = 20, 100
COMPARISONS = ("previous", "year")


@dataclass(frozen=True)
class Group:
    """kind: ``value``, ``none`` (accounts that have no value) or ``other`` (all groups past the largest together)."""

    value: str | None
    label: str
    kind: str = "value"

    def as_dict(self) -> dict[str, str | None]:
        return {"value": self.value, "label": self.label, "kind": self.kind}


@dataclass(frozen=True)
class Grouped:
    """rows: as those of `metrics.queries.series`, group after group, the largest by MRR at the end of the last period
    first; with ``group`` (a `Group`) where the slice has groups, and ``compared`` where that was asked for.
    unavailable: metric → why it cannot be told for this slice; its values are None. is_overlapping: groups share
    accounts and do not add up to the whole.
    """

    rows: list[dict[str, Any]]
    unavailable: dict[str, str]
    is_overlapping: bool = False


NO_SPEND = gettext_lazy("What was spent is known by channel, not for this slice.")
NO_VALUE_AT_RATES = gettext_lazy("What was renewed is kept at the rates of its day.")


def unavailable(chosen: Slice, keys: Sequence[str]) -> dict[str, str]:
    """By metric that cannot be told for the slice, why."""
    reasons = {}
    for key in keys:
        if key in SPENT and not chosen.has_spend:
            reasons[key] = str(NO_SPEND)
        elif key == "renewal_rate_value" and chosen.rates_on:
            reasons[key] = str(NO_VALUE_AT_RATES)
    return reasons


def series(
    *,
    workspace,
    keys: Sequence[str],
    first: dt.date,
    last: dt.date,
    interval: str = Interval.MONTH,
    chosen: Slice = WHOLE,
    compare: str | None = None,
    limit_groups: int = DEFAULT_GROUPS,
) -> Grouped:
    """Metrics of a slice over time, and of each of its groups; periods are those of the whole book.

    Groups past the `limit_groups` largest come together as one. compare: ``previous`` or ``year`` adds ``compared``: period
    and asked keys of the period before or a year before, None where there are no figures. Raises UnknownMetric, and
    MissingRate when an amount has no rate on the slice's `rates_on`.
    """
    if missing := [key for key in keys if key not in METRICS]:
        raise queries.UnknownMetric(", ".join(missing))
    reasons = unavailable(chosen, keys)
    computes = {key: METRICS[key].compute for key in keys if key not in reasons}

    def values(found: SliceSums) -> dict[str, object]:
        return {key: computes[key](found.sums) if key in computes else None for key in keys}

    return _rows(workspace, chosen, values, set(computes), first, last, interval, compare, limit_groups, reasons)


def bridge(
    *,
    workspace,
    first: dt.date,
    last: dt.date,
    interval: str = Interval.MONTH,
    chosen: Slice = WHOLE,
    compare: str | None = None,
    limit_groups: int = DEFAULT_GROUPS,
) -> Grouped:
    """From MRR at the start to MRR at the end, with the keys of BRIDGE; arguments and rows as in `series`."""

    keys = {"churned_customers"}
    return _rows(workspace, chosen, bridge_of, keys, first, last, interval, compare, limit_groups, {})


def bridge_of(found: SliceSums) -> dict[str, object]:
    """The keys of BRIDGE; customers that were lost are zero where they were not asked for."""
    own = {"entering": found.entering, "leaving": found.leaving, "fx": found.fx}
    return {key: own[key] if key in own else getattr(found.sums, key) for key in BRIDGE}


def _rows(workspace, chosen, values, keys, first, last, interval, compare, limit_groups, reasons) -> Grouped:
    shift = {"previous": MONTHS[interval], "year": 12}.get(compare or "", 0)
    found = period_sums(workspace, chosen, keys, add_months(first.replace(day=1), -shift), last, interval, limit_groups)
    rows: list[dict[str, Any]] = []
    for group, by_period in found:
        named = {
            period.starts_on: queries.said_of(workspace, period) | ({"group": group} if group else {}) | values(sums)
            for period, sums in by_period
        }
        for starts_on, row in named.items():
            if starts_on < period_of(first, interval, workspace.fiscal_year_start_month).starts_on:
                continue
            if compare:
                before = named.get(add_months(starts_on, -shift))
                skipped = ("starts_on", "through", "closed", "group")
                row = row | {"compared": before and {k: v for k, v in before.items() if k not in skipped}}
            rows.append(row)
    return Grouped(rows, reasons, bool(chosen.group and chosen.group.is_overlapping))


def period_sums(
    workspace, chosen: Slice, keys: set[str], first: dt.date, last: dt.date, interval: str, limit_groups: int
) -> list[tuple[Group | None, list[tuple[PeriodFigures, SliceSums]]]]:
    """Each group's sums by period, largest group first; what the metrics `keys` do not need is left zero."""
    periods = list(queries.period_rows(workspace, first, last, interval))
    return sums_by_group(workspace, chosen, keys, periods, limit_groups) if periods else []


def sums_by_group(
    workspace, chosen: Slice, keys: set[str], periods: Sequence[PeriodFigures], limit_groups: int
) -> list[tuple[Group | None, list[tuple[PeriodFigures, SliceSums]]]]:
    """`period_sums` of given periods, which must be consecutive."""
    if chosen.rates_on:
        require_rates(workspace, chosen.rates_on)
    counted = counted_by_group(workspace, chosen, keys, periods)
    churn: dict[str | None, dict[dt.date, tuple[int, int]]] = {}
    if LIFETIME & keys:
        churn = _monthly_churn(workspace, chosen, periods)
    spends = spend_of(workspace, chosen, periods) if SPENT & keys else {}
    for value in spends:
        counted.setdefault(value, Tally(len(periods)))
    if not chosen.group:
        counted = {None: counted.get(None) or Tally(len(periods))}
    sizes = {value: (tally.mrr[-1], max(tally.mrr)) for value, tally in counted.items()}
    groups = ordered(workspace, chosen, sizes, limit_groups)
    found = []
    for group, members in groups:
        tally = merged([counted[value] for value in members]) if len(members) > 1 else counted[members[0]]
        by_period = []
        for place, period in enumerate(periods, 1):
            amounts = [spends[value][place - 1] for value in members if value in spends]
            sums = tally.sums(
                place,
                spend=sum((spend for spend, _ in amounts), ZERO),
                cac_spend=sum((spend for _, spend in amounts), ZERO),
                gross_margin_percent=period.gross_margin_percent,
                monthly_churn=_window([churn.get(value, {}) for value in members], period),
            )
            by_period.append((period, sums))
        found.append((group, by_period))
    return found


def counted_by_group(workspace, chosen: Slice, keys: set[str], periods: Sequence[PeriodFigures]):
    """By group, its `Tally` over `periods`, which must be consecutive."""
    stretches = _ascending(periods) if RETAINED & keys else [(0, periods)]
    if len(stretches) == 1:
        return tallies(_answers(workspace, chosen, keys, periods), len(periods))
    answers = _answers(workspace, chosen, keys - RETAINED, periods)
    for offset, stretch in stretches:
        for answer in _answers(workspace, chosen, RETAINED & keys, stretch, with_balances=False):
            last = answer.last and answer.last + offset
            answers.append(answer._replace(place=answer.place + offset, last=last))
    return tallies(answers, len(periods))


def _answers(
    workspace, chosen: Slice, keys: set[str], periods: Sequence[PeriodFigures], *, with_balances: bool = True
) -> list[Answer]:
    made = statement(
        workspace, chosen, through=periods[-1].through, with_whole=bool(RETAINED & keys),
        is_read_once=not (RETAINED | LOST) & keys,
    )  # fmt: skip
    made.params |= places(periods)
    made.tables.append(part("ends"))
    parts = []
    if with_balances:
        parts.append(part("moved"))
        if not chosen.rates_on:
            made.tables.append(part("several"))
            parts.append(foreign_rows(made))
    if LOST & keys:
        parts.append(part("lost"))
    if RETAINED & keys:
        made.tables += [retained_tables(made), now_tables(made)]
        parts.append(retained_rows(made))
    if COMMITTED & keys:
        made.tables.append(committed_lines(made))
        parts.append(part("committed"))
    if TERMS & keys:
        parts.append(part("terms", terms=term_rows(made)))
        made.params |= {
            "first": periods[0].starts_on,
            "last": periods[-1].through,
            "closed": queries.closed_through(workspace),
        }
    return made.answers(*parts)


def _ascending(periods: Sequence[PeriodFigures]) -> list[tuple[int, Sequence[PeriodFigures]]]:
    """Consecutive periods in stretches, each with how many come before it, in which the days that retention looks back to
    come one after the other, as numbering periods by them needs: where its window grows, they step back.
    """
    cuts = [0]
    for place in range(1, len(periods)):
        if retention_day(periods[place]) <= retention_day(periods[place - 1]):
            cuts.append(place)
    return [(cut, periods[cut:end]) for cut, end in zip(cuts, [*cuts[1:], len(periods)], strict=True)]


def places(periods: Sequence[PeriodFigures]) -> dict[str, list[dt.date]]:
    """The days by which statements number periods: their starts, their ends (0 before the first), a year before those."""
    throughs = [period.through for period in periods]
    return {
        "starts": [period.starts_on for period in periods],
        "throughs": throughs,
        "ends": [periods[0].starts_on - dt.timedelta(days=1), *throughs],
        "thens": [retention_day(period) for period in periods],
    }


def _monthly_churn(workspace, chosen: Slice, periods: Sequence[PeriodFigures]):
    """By group and first day of the month: customers of its start that were lost by its end, and customers at its start."""
    back = max(period.ltv_churn_months for period in periods)
    first = add_months(periods[0].through.replace(day=1), 1 - back)
    months = list(queries.period_rows(workspace, first, periods[-1].through, Interval.MONTH))
    counted = counted_by_group(workspace, chosen, {"customer_churn_rate"}, months)
    return {
        value: {
            month.starts_on: (tally.lost[place], tally.customers[place - 1]) for place, month in enumerate(months, 1)
        }
        for value, tally in counted.items()
    }


def churn_of_months(workspace, chosen: Slice, period: PeriodFigures) -> dict[dt.date, tuple[int, int]]:
    """The months that lifetime value looks at in `period`: customers lost and customers at the start, by first day."""
    months = _monthly_churn(workspace, chosen, [period]).get(None, {})
    return {month: counts for month, counts in months.items() if counts[1]}


def _window(churns: Sequence[Mapping[dt.date, tuple[int, int]]], period: PeriodFigures) -> list[tuple[int, int]]:
    """Of the months that lifetime value looks at in `period`: customers lost and customers at the start."""
    month = period.through.replace(day=1)
    found = []
    for back in range(period.ltv_churn_months):
        months = [churn[at] for churn in churns if (at := add_months(month, -back)) in churn]
        if months:
            found.append((sum(lost for lost, _ in months), sum(start for _, start in months)))
    return found


def ordered(
    workspace, chosen: Slice, sizes: Mapping[str | None, Sequence], limit: int
) -> list[tuple[Group | None, list[str | None]]]:
    """(group, its values) from the largest to the smallest by `sizes`, those past `limit` together as one."""
    if not chosen.group:
        return [(None, [None])]
    named = labels(workspace, chosen.group, sizes)
    order = sorted(sizes, key=lambda value: ([-size for size in sizes[value]], value is None, named[value]))
    groups: list[tuple[Group | None, list[str | None]]] = [
        (Group(value, named[value], "value" if value else "none"), [value]) for value in order[:limit]
    ]
    if len(order) > limit:
        groups.append((Group(None, _("Other"), "other"), order[limit:]))
    return groups


def require_rates(workspace, day: dt.date) -> None:
    """Raise MissingRate for a currency of the book that has no rate on `day`."""
    used = LineSpan.objects.filter(workspace=workspace).exclude(currency=workspace.base_currency)
    known = FxRate.objects.filter(workspace=workspace, date__lte=day).standing().values_list("currency", flat=True)
    lacking = set(used.values_list("currency", flat=True).distinct()) - set(known.distinct())
    if lacking:
        raise MissingRate(min(lacking), day)


def movements(
    *,
    workspace,
    first: dt.date,
    last: dt.date,
    chosen: Slice,
    kind: str | None = None,
    after: tuple[dt.date, str, str] | None = None,
    limit: int | None = None,
) -> list[dict[str, object]]:
    """Movements of the slice by day, account and group: rows as in `metrics.queries.movements`, with ``group`` (its value)
    and the kinds ``entering`` and ``leaving``. after: day, account id and group of the last row of the page before.
    """
    closed = queries.closed_through(workspace)
    if closed is None:
        return []
    if chosen.rates_on:
        require_rates(workspace, chosen.rates_on)
    made = statement(workspace, chosen, through=min(last, closed))
    text = made.text(part("movements"))
    rows = made.fetch(
        text,
        first=first,
        kind=kind,
        limit=limit,
        after_day=after[0] if after else None,
        after_account=after[1] if after else None,
        after_group=after[2] if after else None,
    )
    names = ("account_id", "account", "account_name", "date", "kind", "amount", "group")
    return [dict(zip(names, row, strict=True)) for row in rows]
