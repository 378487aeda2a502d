"""The sums of a period, worked out from the figures of its accounts and written where they differ."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Min, Sum

from leads.models import Spend
from metrics import statements
from metrics.calendar import Period, add_months, period_of, year_before
from metrics.models import AccountDay, Interval, PeriodFigures
from workspaces.models import MetricSettings

NAMES = [
    field.name
    for field in PeriodFigures._meta.concrete_fields
    if field.name not in ("workspace", "interval", "starts_on", "ends_on")
]


@dataclass(frozen=True)
class ChangedPeriod:
    """A period that had been filled through the same day before, with other figures: what changed, by name."""

    period: Period
    before: dict[str, str]
    after: dict[str, str]


def settings_on(workspace, day: dt.date) -> MetricSettings:
    """The metric settings in force on `day`."""
    rows = MetricSettings.objects.filter(workspace=workspace, effective_from__lte=day)
    return rows.order_by("-effective_from").first() or MetricSettings(workspace=workspace)


def first_account_day(workspace) -> dt.date | None:
    """The day on which an account first had a balance; figures begin with its month."""
    return AccountDay.objects.filter(workspace=workspace).aggregate(first=Min("day"))["first"]


def drop_periods_before(workspace, day: dt.date | None) -> None:
    """Take away figures of periods in which there no longer is anything: before `day`, or all of them."""
    rows = PeriodFigures.objects.filter(workspace=workspace)
    (rows.filter(ends_on__lt=day) if day else rows).delete()


def fill_periods(workspace, *, through: dt.date, closed_through: dt.date, spend_only=False) -> list[ChangedPeriod]:
    """Write the figures of the month, quarter and year whose last closed day is `through`.

    A quarter in the middle of which `through` lies is left to its own last closed day. The month before must be
    filled already; rates must be there (`closing_rate` and sql/lacking_rates.sql). `spend_only`: nothing but spend
    can have changed. Returns the finished periods whose figures were others before.
    """
    periods = [period_of(through, interval) for interval in Interval.values]
    periods = [period for period in periods if through == min(period.ends_on, closed_through)]
    settings = settings_on(workspace, through)
    balances = (
        {}
        if spend_only
        else statements.fetch_one("balances", workspace=workspace.pk, through=through, then=year_before(through))
    )
    changed = []
    for period in periods:
        values = {
            "through": through,
            "gross_margin_percent": settings.gross_margin_percent,
            "ltv_churn_months": settings.ltv_churn_months,
            "spend": _spend(workspace, period.starts_on, through),
            "cac_spend": _spend(workspace, *_lagged(period, settings.cac_lag_months), not_after=through),
        }
        if not spend_only:
            values |= balances | statements.fetch_one(
                "period", workspace=workspace.pk, starts_on=period.starts_on, through=through
            )
        if change := _write(workspace, period, values):
            changed.append(change)
    return changed


def _lagged(period: Period, months: int) -> tuple[dt.date, dt.date]:
    """First and last day of the period `months` earlier, by whole calendar months."""
    after = period.next().starts_on
    return add_months(period.starts_on, -months), add_months(after, -months) - dt.timedelta(days=1)


def _spend(workspace, first: dt.date, last: dt.date, *, not_after: dt.date | None = None) -> Decimal:
    rows = Spend.objects.standing().filter(workspace=workspace, date__range=(first, min(last, not_after or last)))
    return rows.aggregate(total=Sum("amount"))["total"] or Decimal("0.00")


def _write(workspace, period: Period, values: dict) -> ChangedPeriod | None:
    rows = PeriodFigures.objects.filter(workspace=workspace, interval=period.interval, starts_on=period.starts_on)
    row = rows.first()
    if row is None:
        PeriodFigures.objects.create(
            workspace=workspace,
            interval=period.interval,
            starts_on=period.starts_on,
            ends_on=period.ends_on,
            **values,
        )
        return None
    changed = [name for name in NAMES if name in values and getattr(row, name) != values[name]]
    if not changed:
        return None
    rows.update(**{name: values[name] for name in changed})
    if row.through != values["through"] or not row.is_closed:
        return None
    return ChangedPeriod(
        period,
        before={name: str(getattr(row, name)) for name in changed},
        after={name: str(values[name]) for name in changed},
    )
