import datetime as dt

import pytest

from accounts import terms
from accounts.terms import Terms, add_months, whole_months


def day(text):
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    "first, months, expected",
    [
        ("2025-01-31", 1, "2025-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-12-31", 2, "2025-02-28"),
        ("2025-03-15", 0, "2025-03-15"),
    ],
)
def test_add_months(first, months, expected):
    assert add_months(day(first), months) == day(expected)


@pytest.mark.parametrize(
    "first, until, expected",
    [("2025-01-31", "2025-02-28", 1), ("2025-01-31", "2025-02-27", 0), ("2025-01-01", "2026-01-01", 12)],
)
def test_whole_months(first, until, expected):
    assert whole_months(day(first), day(until)) == expected


def yearly(**changes):
    return Terms(**({"starts_on": day("2024-07-01"), "ends_on": day("2025-06-30"), "grace_days": 30} | changes))


@pytest.mark.parametrize(
    "changes, expected",
    [
        ({}, "2025-07-30"),
        ({"ends_on": None}, None),
        ({"auto_renew": True}, None),
        ({"auto_renew": True, "cancelled_on": day("2025-06-30")}, "2025-06-30"),
        ({"auto_renew": True, "cancelled_on": day("2025-07-01")}, "2026-06-30"),
        ({"auto_renew": True, "cancelled_on": day("2027-06-30")}, "2027-06-30"),
        ({"cancelled_on": day("2025-01-01")}, "2025-06-30"),
        ({"cancelled_on": day("2025-07-10")}, "2025-07-10"),
        ({"cancelled_on": day("2025-09-10")}, "2025-07-30"),
        ({"renewed_on": day("2025-04-01")}, "2025-03-31"),
        ({"renewed_on": day("2025-09-01")}, "2025-07-30"),
        ({"ends_on": None, "renewed_on": day("2025-09-01")}, "2025-08-31"),
    ],
)
def test_last_day(changes, expected):
    assert yearly(**changes).last_day() == (day(expected) if expected else None)


def test_rolled_terms_step_from_the_written_end():
    monthly = Terms(day("2023-12-31"), day("2024-01-30"), auto_renew=True)
    assert [monthly.rolled_end(k) for k in (1, 2, 3)] == [day("2024-02-28"), day("2024-03-30"), day("2024-04-29")]


@pytest.mark.parametrize(
    "changes, on, expected",
    [
        ({}, "2024-06-30", terms.LATER),
        ({}, "2025-01-01", terms.RUNNING),
        ({}, "2025-04-01", terms.ENDING),
        ({}, "2025-07-15", terms.AWAITING),
        ({}, "2025-07-31", terms.ENDED),
        ({"cancelled_on": day("2025-02-01")}, "2025-03-01", terms.LEAVING),
        ({"auto_renew": True}, "2029-03-01", terms.ROLLING),
        ({"ends_on": None}, "2029-03-01", terms.OPEN_ENDED),
        ({"renewed_on": day("2025-07-01")}, "2025-03-01", terms.RENEWED),
    ],
)
def test_state(changes, on, expected):
    assert terms.state(yearly(**changes), day(on)) == expected
