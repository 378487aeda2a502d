"""The sums of closed periods and of the ones that are running, in PeriodFigures: made, carried on, restated."""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from typing import Any

from django.db.models import Min, Sum

from leads.models import Spend
from metrics import contributions
from metrics.calendar import Period, add_months, month_end_before, period_of, periods_between
from metrics.contributions import STANDING, Extent
from metrics.models import AccountDay, Interval, PeriodFigures
from workspaces.models import MetricSettings

# What is told of a period. `rates` is no figure of its own: it says what its sums were converted at.
NAMES = [
    field.name
    for field in PeriodFigures._meta.concrete_fields
    if field.name not in ("workspace", "interval", "starts_on", "ends_on", "rates")
]
KEY = ("workspace", "interval", "starts_on")
ONE_DAY = dt.timedelta(days=1)
NOTHING = Decimal("0.00")
# All accounts are added up for this many months at a time: what each is worth at the end of each is held meanwhile.
MONTHS_AT_ONCE = 6

type Values = dict[str, Any]
type Choices = Sequence[MetricSettings]


@dataclass(frozen=True)
class ChangedPeriod:
    """A finished period whose figures are others than before: what changed, by name. before None: there were none;
    after None: there are none any more.
    """

    period: Period
    before: dict[str, str] | None
    after: dict[str, str] | None


def first_account_day(workspace) -> dt.date | None:
    """The day on which an account first had a balance; figures begin with its month."""
    return AccountDay.objects.filter(workspace=workspace).aggregate(first=Min("day"))["first"]


def restate(
    workspace,
    *,
    closed: dt.date,
    first: dt.date | None,
    spent_from: dt.date | None,
    is_everything: bool,
    computed: Callable[[float, dt.date], None],
) -> list[ChangedPeriod]:
    """Bring closed periods in line with changed facts: all sums of those that reach `first`, spend of those that reach
    `spent_from` (None: of none). Returns the finished ones that have other figures now.

    To be called with the accounts concerned counted as they were and as they are, or when `is_everything` all of them
    as they are. computed: called with the share that is done and the last day of it.
    """
    begin = first_account_day(workspace)
    vanished = _drop_before(workspace, begin)
    starts = [day for day in (first, spent_from) if day]
    if begin is None or not starts or max(min(starts), begin) > closed:
        return vanished
    rows = _rows(workspace)
    choices = _choices(workspace)
    extents = _extents(workspace, max(min(starts), begin), closed, choices)
    stale = [extent for extent in extents if (first and extent.through >= first) or not _is_filled(rows, extent)]
    # A period without figures has nothing that a difference could be added to.
    known = [] if is_everything else [extent for extent in stale if _is_filled(rows, extent)]
    unknown = [extent for extent in stale if extent not in known]
    earliest = min((extent.through for extent in stale), default=closed)
    sums: dict[Period, Values] = {}
    if known:
        differences = contributions.add_up(workspace, before=known, after=known, first=earliest)
        sums = {period: _plus(_values(rows[period]), more) for period, more in differences.items()}
        computed(0.5 if unknown else 1, closed)
    if unknown:
        if not is_everything:
            contributions.count_all(workspace, through=closed)
        for share, part in _by_months(unknown):
            sums |= contributions.add_up(workspace, after=part, first=earliest)
            computed(share, part[-1].through)
    return vanished + _write(workspace, rows, extents, sums, choices, is_restated=True)


def carry_on(workspace, *, closed: dt.date | None, through: dt.date, write: Callable[[], object]) -> None:
    """Make the figures of the month, quarter and year that `through` lies in, from those as of the last `closed` day.

    write: writes the account days and term ends of the days between; the accounts that these concern must be chosen.
    """
    start_month = workspace.fiscal_year_start_month
    choices = _choices(workspace)
    periods = [period_of(through, interval, start_month) for interval in Interval.values]
    extents = [_extent(period, through, choices) for period in periods]
    rows = _rows(workspace, since=min(extent.period.starts_on for extent in extents) - ONE_DAY)
    last = rows.get(period_of(closed, Interval.MONTH, start_month)) if closed else None
    if (
        closed is None
        or last is None
        or last.through != closed
        or not all(_is_carried(rows, extent.period, closed) for extent in extents)
        or _in_force(choices, closed).nrr_window_months != _in_force(choices, through).nrr_window_months
    ):
        # Nobody ever had a balance: these are the first figures, or still none. Or quarters are cut otherwise by now,
        # or retention looks back over another window from here on, to which nothing leads from the last one.
        write()
        begin = first_account_day(workspace)
        if begin is None or begin > through:
            return
        contributions.count_all(workspace, through=through)
        sums = contributions.add_up(workspace, after=extents, first=through)
    else:
        before = [_extent(period, closed, choices) for period in periods]
        since = min(extent.reaches_back_to for extent in before)
        contributions.choose_moved(workspace, closed=before[0], through=extents[0])
        contributions.count_moved(workspace, is_written=False, since=since, closed=closed, through=through)
        write()
        contributions.count_moved(workspace, is_written=True, since=since, closed=closed, through=through)
        sums = {
            # What stood at the end of the closed days, where the period begins after them.
            period: _plus(_values(rows[period]) if period in rows else _values(last, STANDING), more)
            for period, more in contributions.add_up(workspace, before=before, after=extents, first=through).items()
        }
    _write(workspace, rows, extents, sums, choices, is_restated=False)


def _is_carried(rows: dict[Period, PeriodFigures], period: Period, closed: dt.date) -> bool:
    """Whether what happened in the closed days of the period stands in its row; true where it begins after them."""
    return period.starts_on > closed or (period in rows and rows[period].through == closed)


def _rows(workspace, since: dt.date = dt.date.min) -> dict[Period, PeriodFigures]:
    rows = PeriodFigures.objects.filter(workspace=workspace, ends_on__gte=since)
    return {Period(row.starts_on, row.interval, workspace.fiscal_year_start_month): row for row in rows}


def _extents(workspace, first: dt.date, closed: dt.date, choices: Choices) -> list[Extent]:
    """The periods from those of `first` to those of the last closed day, by their last closed day, months first."""
    extents = [
        _extent(period, min(period.ends_on, closed), choices)
        for interval in Interval.values
        for period in periods_between(first, closed, interval, workspace.fiscal_year_start_month)
    ]
    return sorted(extents, key=lambda extent: extent.through)


def _extent(period: Period, through: dt.date, choices: Choices) -> Extent:
    return Extent(period, through, month_end_before(through, _in_force(choices, through).nrr_window_months))


def _choices(workspace) -> Choices:
    """The metric settings of the workspace, latest first."""
    rows = MetricSettings.objects.filter(workspace=workspace).order_by("-effective_from")
    return [*rows, MetricSettings(workspace=workspace)]


def _in_force(choices: Choices, day: dt.date) -> MetricSettings:
    return next(row for row in choices if row.effective_from <= day)


def _is_filled(rows: dict[Period, PeriodFigures], extent: Extent) -> bool:
    return extent.period in rows and rows[extent.period].through == extent.through


def _by_months(extents: Sequence[Extent]) -> Iterator[tuple[float, list[Extent]]]:
    """Parts of `extents` that few months suffice for, each with the share that is done after it."""
    ends = sorted({extent.through for extent in extents})
    for start in range(0, len(ends), MONTHS_AT_ONCE):
        part = ends[start : start + MONTHS_AT_ONCE]
        yield min(1.0, (start + len(part)) / len(ends)), [extent for extent in extents if extent.through in part]


def _values(row: PeriodFigures, names: Sequence[str] = NAMES) -> Values:
    return {name: getattr(row, name) for name in names}


def _plus(values: Values, more: Values) -> Values:
    """`values` with `more` added name by name; what does not add up (rates) is taken over."""
    return values | {name: value if name == "rates" else values.get(name, 0) + value for name, value in more.items()}


def _drop_before(workspace, day: dt.date | None) -> list[ChangedPeriod]:
    """Take away figures of periods in which there no longer is anything: before `day`, or all of them."""
    rows = PeriodFigures.objects.filter(workspace=workspace)
    rows = rows.filter(ends_on__lt=day) if day else rows
    vanished = [
        ChangedPeriod(
            Period(row.starts_on, row.interval, workspace.fiscal_year_start_month),
            before=_as_text(_values(row)),
            after=None,
        )
        for row in sorted(rows, key=lambda row: row.ends_on)
        if row.is_closed
    ]
    rows.delete()
    return vanished


def _write(
    workspace,
    rows: dict[Period, PeriodFigures],
    extents: Sequence[Extent],
    sums: dict[Period, Values],
    choices: Choices,
    *,
    is_restated: bool,
) -> list[ChangedPeriod]:
    """Write the figures of `extents` that differ from `rows`, with `sums` in place of what is there. Returns the
    finished periods that had been filled through the same day with other figures or, when `is_restated`, with none.
    """
    months = {row.ends_on: _values(row) for period, row in rows.items() if period.interval == Interval.MONTH}
    spent = _spending(workspace, min(extent.period.starts_on for extent in extents), choices)
    written, changed = [], []
    for extent in extents:
        period, row = extent.period, rows.get(extent.period)
        values = _values(row, [*NAMES, "rates"]) if row else {}
        if period in sums:
            start = months.get(period.starts_on - ONE_DAY, {})
            values |= sums[period] | {
                "mrr_start": start.get("mrr_end", NOTHING),
                "customers_start": start.get("customers_end", 0),
            }
        if period.interval == Interval.MONTH:
            months[period.ends_on] = values
        chosen = _in_force(choices, extent.through)
        values |= {
            "through": extent.through,
            "gross_margin_percent": chosen.gross_margin_percent,
            "ltv_churn_months": chosen.ltv_churn_months,
            "nrr_window_months": chosen.nrr_window_months,
            "spend": spent(period.starts_on, extent.through),
            "cac_spend": spent(*_lagged(extent, chosen.cac_lag_months)),
        }
        if row is None or any(getattr(row, name) != value for name, value in values.items()):
            written.append(
                PeriodFigures(
                    workspace=workspace,
                    interval=period.interval,
                    starts_on=period.starts_on,
                    ends_on=period.ends_on,
                    **values,
                )
            )
            if change := _change(extent, row, values, is_restated=is_restated):
                changed.append(change)
    PeriodFigures.objects.bulk_create(
        written,
        update_conflicts=True,
        unique_fields=KEY,
        update_fields=[*NAMES, "rates"],
    )
    return changed


def _change(extent: Extent, row: PeriodFigures | None, values: Values, *, is_restated) -> ChangedPeriod | None:
    if extent.through != extent.period.ends_on:
        return None
    if row is None:
        return ChangedPeriod(extent.period, before=None, after=_as_text(values)) if is_restated else None
    changed = [name for name in NAMES if getattr(row, name) != values[name]]
    if not changed or row.through != extent.through:
        return None
    return ChangedPeriod(
        extent.period,
        before=_as_text({name: getattr(row, name) for name in changed}),
        after=_as_text({name: values[name] for name in changed}),
    )


def _as_text(values: Values) -> dict[str, str]:
    return {name: str(value) for name, value in values.items() if name in NAMES}


def _lagged(extent: Extent, months: int) -> tuple[dt.date, dt.date]:
    """First and last day of the period `months` earlier, by whole calendar months; not past the last closed day."""
    starts_on, after = extent.period.starts_on, extent.period.next().starts_on
    return add_months(starts_on, -months), min(add_months(after, -months) - ONE_DAY, extent.through)


def _spending(workspace, first: dt.date, choices: Choices) -> Callable[[dt.date, dt.date], Decimal]:
    """What was spent from one day through another, for days from `first` on and those that a lag reaches back to."""
    since = add_months(first, -max(row.cac_lag_months for row in choices))
    rows = Spend.objects.standing().filter(workspace=workspace, date__gte=since)
    by_day = list(rows.values_list("date").annotate(total=Sum("amount")).order_by("date"))
    days = [day for day, _ in by_day]
    sums = list(accumulate((total for _, total in by_day), initial=NOTHING))
    return lambda first, last: sums[bisect_right(days, last)] - sums[bisect_left(days, first)]
