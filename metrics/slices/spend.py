"""What was spent for a slice: of channels, by name. For anything else nobody wrote down for whom it was."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncMonth

from leads.models import Spend
from metrics.calendar import add_months
from metrics.models import PeriodFigures
from metrics.slices.slice import Slice
from metrics.slices.sums import ZERO
from workspaces.models import MetricSettings


def spend_of(
    workspace, chosen: Slice, periods: Sequence[PeriodFigures]
) -> dict[str | None, list[tuple[Decimal, Decimal]]]:
    """By group, for each period what was spent in it and what counts for customers won in it (the lag earlier).

    Nothing when the slice is not one of channels. Spend after the last period's end does not count.
    """
    if not chosen.has_spend:
        return {}
    if not chosen.group and not chosen.conditions:
        return {None: [(period.spend, period.cac_spend) for period in periods]}
    by_month = _by_channel_and_month(workspace, chosen, periods[-1].through)
    lags = _lags(workspace, periods)
    found: dict[str | None, list[tuple[Decimal, Decimal]]] = {}
    for value, months in by_month.items():
        found[value] = [
            (
                _between(months, period.starts_on, period.ends_on),
                _between(
                    months,
                    add_months(period.starts_on, -lag),
                    add_months(period.ends_on + dt.timedelta(days=1), -lag) - dt.timedelta(days=1),
                ),
            )
            for period, lag in zip(periods, lags, strict=True)
        ]
    return found


def _by_channel_and_month(workspace, chosen: Slice, through: dt.date) -> dict[str | None, dict[dt.date, Decimal]]:
    rows = Spend.objects.filter(workspace=workspace, date__lte=through).standing()
    rows = channels_of(rows, chosen)
    months = rows.order_by().annotate(month=TruncMonth("date")).values_list("channel__name", "month")
    found: dict[str | None, dict[dt.date, Decimal]] = {}
    for name, month, amount in months.annotate(amount=Sum("amount")):
        sums = found.setdefault(name if chosen.group else None, {})
        sums[month] = sums.get(month, ZERO) + amount
    return found


def channels_of(rows: QuerySet, chosen: Slice) -> QuerySet:
    """The spend of the channels that the slice is of."""
    for _dimension, values in chosen.account_conditions():
        rows = rows.filter(channel__name__in=values)
    return rows


def lag_on(workspace, day: dt.date) -> int:
    """By how many months spend comes before the customers it counts for, as set on `day`."""
    settings = MetricSettings.objects.filter(workspace=workspace, effective_from__lte=day)
    return settings.order_by("-effective_from").values_list("cac_lag_months", flat=True).first() or 0


def _lags(workspace, periods: Sequence[PeriodFigures]) -> list[int]:
    """The lag at the end of each period."""
    settings = list(MetricSettings.objects.filter(workspace=workspace).order_by("-effective_from"))
    return [
        next((one.cac_lag_months for one in settings if one.effective_from <= period.through), 0) for period in periods
    ]


def _between(months: dict[dt.date, Decimal], first: dt.date, last: dt.date) -> Decimal:
    return sum((amount for month, amount in months.items() if first <= month <= last), ZERO)
