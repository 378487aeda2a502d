"""Months, quarters and years: whole periods of a fiscal calendar and their names. Pure.

`start_month` is the month (1 to 12) with which a workspace's fiscal year begins. A fiscal year is called by the calendar
year in which it ends, so that one that begins with January is the calendar year. Months are the same in every calendar.
"""

import datetime as dt
import re
from calendar import monthrange
from dataclasses import dataclass

from accounts.terms import add_months

# Years with four digits, the first of them left out: the day before a period is a day too.
_FISCAL = re.compile(r"(?!000)(\d{4})(?:-Q([1-4]))?", re.ASCII)
_MONTH = re.compile(r"(?!000)(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, order=True)
class Period:
    """A month, quarter or year by its first day. interval: ``month``, ``quarter`` or ``year``."""

    starts_on: dt.date
    interval: str
    start_month: int

    @property
    def ends_on(self) -> dt.date:
        return month_end(add_months(self.starts_on, MONTHS[self.interval] - 1))

    @property
    def name(self) -> str:
        """``2025-03``, ``2025-Q1`` or ``2025``, as the API writes periods."""
        if self.interval == "month":
            return f"{self.starts_on:%Y-%m}"
        begins = year_start(self.starts_on, self.start_month)
        year = f"{month_end(add_months(begins, 11)).year:04}"
        if self.interval == "year":
            return year
        return f"{year}-Q{months_between(begins, self.starts_on) // 3 + 1}"

    def next(self) -> "Period":
        return Period(add_months(self.starts_on, MONTHS[self.interval]), self.interval, self.start_month)


def month_end(day: dt.date) -> dt.date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def months_between(first: dt.date, last: dt.date) -> int:
    """How many months the month of `last` comes after that of `first`."""
    return (last.year - first.year) * 12 + last.month - first.month


def year_start(day: dt.date, start_month: int) -> dt.date:
    """The first day of the fiscal year that `day` lies in."""
    return dt.date(day.year - (day.month < start_month), start_month, 1)


def fiscal_period(year: int, quarter: int | None, start_month: int) -> Period:
    """The fiscal year called `year`, or its `quarter` (1 to 4)."""
    begins = dt.date(year - (start_month > 1), start_month, 1)
    if quarter is None:
        return Period(begins, "year", start_month)
    return Period(add_months(begins, (quarter - 1) * 3), "quarter", start_month)


def period_called(name: str, start_month: int) -> Period | None:
    """The period that ``2025-03``, ``2025-Q1`` or ``2025`` names, None when `name` is no such name."""
    if found := _FISCAL.fullmatch(name):
        return fiscal_period(int(found[1]), int(found[2]) if found[2] else None, start_month)
    if found := _MONTH.fullmatch(name):
        return Period(dt.date(int(found[1]), int(found[2]), 1), "month", start_month)
    return None


def first_months(interval: str, start_month: int) -> list[int]:
    """The months (1 to 12) with which a quarter or a year begins."""
    return [(start_month - 1 + passed) % 12 + 1 for passed in range(0, 12, MONTHS[interval])]


def period_of(day: dt.date, interval: str, start_month: int) -> Period:
    """The period that `day` lies in."""
    length = MONTHS[interval]
    begins = year_start(day, start_month)
    return Period(add_months(begins, months_between(begins, day) // length * length), interval, start_month)


def periods_between(first: dt.date, last: dt.date, interval: str, start_month: int) -> list[Period]:
    """The periods from the one of `first` to the one of `last`, oldest first."""
    periods = []
    period = period_of(first, interval, start_month)
    while period.starts_on <= last:
        periods.append(period)
        period = period.next()
    return periods


def month_ends(first: dt.date, last: dt.date) -> list[dt.date]:
    """The last days of the months from `first` on, cut off at `last`, which always is the last of them."""
    return [min(month.ends_on, last) for month in periods_between(first, last, "month", 1)]


def month_end_before(day: dt.date, months: int) -> dt.date:
    """The last day of the calendar month that lies `months` before that of `day`."""
    return month_end(add_months(day.replace(day=1), -months))
