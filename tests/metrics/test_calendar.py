"""Fiscal calendars: a year is called by the calendar year in which it ends."""

import datetime as dt
from itertools import pairwise

import pytest

from b2bops.api.periods import span_of
from metrics.calendar import Period, fiscal_period, period_of, periods_between

DAYS = [dt.date(2023, 12, 31) + dt.timedelta(days=number) for number in range(800)]


@pytest.mark.parametrize(
    ("day", "start_month", "quarter", "year"),
    [
        ("2025-03-31", 1, "2025-Q1", "2025"),
        ("2025-12-31", 1, "2025-Q4", "2025"),
        ("2025-03-31", 4, "2025-Q4", "2025"),
        ("2025-04-01", 4, "2026-Q1", "2026"),
        ("2024-02-29", 12, "2024-Q1", "2024"),
        ("2024-12-01", 12, "2025-Q1", "2025"),
        ("2025-01-31", 2, "2025-Q4", "2025"),
    ],
)
def test_periods_are_called_by_the_year_in_which_it_ends(day, start_month, quarter, year):
    day = dt.date.fromisoformat(day)
    assert period_of(day, "quarter", start_month).name == quarter
    assert period_of(day, "year", start_month).name == year
    assert period_of(day, "month", start_month).name == f"{day:%Y-%m}"


@pytest.mark.parametrize("start_month", range(1, 13))
def test_periods_join_and_are_found_by_their_names(start_month):
    for interval in ("month", "quarter", "year"):
        periods = periods_between(DAYS[0], DAYS[-1], interval, start_month)
        for before, after in pairwise(periods):
            assert before.next() == after
            assert before.ends_on + dt.timedelta(days=1) == after.starts_on
        for period in periods:
            assert span_of(period.name, start_month) == (period.starts_on, period.ends_on)
        assert {period_of(day, interval, start_month) for day in DAYS} == set(periods)
    years = periods_between(DAYS[0], DAYS[-1], "year", start_month)
    quarters = periods_between(years[0].starts_on, years[-1].ends_on, "quarter", start_month)
    assert [quarter.name for quarter in quarters] == [f"{year.name}-Q{n}" for year in years for n in (1, 2, 3, 4)]


def test_the_calendar_year_is_the_fiscal_year_that_begins_with_january():
    assert fiscal_period(2025, 2, 1) == Period(dt.date(2025, 4, 1), "quarter", 1)
    assert fiscal_period(2025, None, 4) == Period(dt.date(2024, 4, 1), "year", 4)
