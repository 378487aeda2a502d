"""Months, quarters and years: whole calendar periods and their names. Pure."""

import datetime as dt
from calendar import monthrange
from dataclasses import dataclass

from accounts.terms import add_months

MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, order=True)
class Period:
    """A calendar month, quarter or year by its first day. interval: ``month``, ``quarter`` or ``year``."""

    starts_on: dt.date
    interval: str

    @property
    def ends_on(self) -> dt.date:
        return month_end(add_months(self.starts_on, MONTHS[self.interval] - 1))

    @property
    def name(self) -> str:
        """``2025-03``, ``2025-Q1`` or ``2025``, as the API writes periods."""
        year, month = self.starts_on.year, self.starts_on.month
        return {"month": f"{year:04}-{month:02}", "quarter": f"{year:04}-Q{(month + 2) // 3}", "year": f"{year:04}"}[
            self.interval
        ]

    def next(self) -> "Period":
        return Period(add_months(self.starts_on, MONTHS[self.interval]), self.interval)


def month_end(day: dt.date) -> dt.date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def period_of(day: dt.date, interval: str) -> Period:
    """The period that `day` lies in."""
    length = MONTHS[interval]
    return Period(dt.date(day.year, (day.month - 1) // length * length + 1, 1), interval)


def periods_between(first: dt.date, last: dt.date, interval: str) -> list[Period]:
    """The periods from the one of `first` to the one of `last`, oldest first."""
    periods = []
    period = period_of(first, interval)
    while period.starts_on <= last:
        periods.append(period)
        period = period.next()
    return periods


def month_ends(first: dt.date, last: dt.date) -> list[dt.date]:
    """The last days of the months from `first` on, cut off at `last`, which always is the last of them."""
    return [min(month.ends_on, last) for month in periods_between(first, last, "month")]


def year_before(day: dt.date) -> dt.date:
    """The last day of the same calendar month a year earlier."""
    return month_end(add_months(day.replace(day=1), -12))
