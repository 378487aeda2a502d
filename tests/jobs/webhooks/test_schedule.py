import datetime as dt

import pytest

from jobs.webhooks import schedule
from jobs.webhooks.schedule import pause_after, rest_after, wish_of
from tests.cast import AT

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)


def test_pauses_are_those_of_standard_webhooks():
    waits = [pause_after(attempts, chance=0) for attempts in range(10)]
    assert waits == [
        dt.timedelta(0),
        dt.timedelta(seconds=5),
        5 * MINUTE,
        30 * MINUTE,
        2 * HOUR,
        5 * HOUR,
        10 * HOUR,
        14 * HOUR,
        20 * HOUR,
        24 * HOUR,
    ]
    assert pause_after(10, chance=0) is None


def test_jitter_only_lengthens():
    assert pause_after(4, chance=1) == 2 * HOUR * (1 + schedule.JITTER)


def test_wish_only_lengthens():
    assert pause_after(1, chance=0, wish=HOUR) == HOUR
    assert pause_after(4, chance=0, wish=HOUR) == 2 * HOUR
    assert rest_after(1, wish=HOUR) == HOUR


def test_rest_grows_to_a_minute():
    assert [rest_after(failures).total_seconds() for failures in (1, 2, 3, 4, 5, 99)] == [5, 10, 20, 40, 60, 60]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        (" 7 ", 7),
        ("999999", 86400),
        ("9" * 5000, 86400),
        ("Tue, 31 Mar 2026 10:01:00 GMT", 60),
        ("Tue, 31 Mar 2026 09:00:00 GMT", 0),
        ("Tue, 31 Mar 2099 09:00:00 GMT", 86400),
    ],
)
def test_retry_after(header, seconds):
    assert wish_of(header, at=AT) == dt.timedelta(seconds=seconds)


# Refused by C's numbers rather than by the calendar.
YEAR_OF_12 = "Tue, 31 Mar 202600000000 10:01:00 GMT"


@pytest.mark.parametrize("header", [None, "", "soon", "-5", "1.5", "٣", "Tue, 99 Mar 2026", YEAR_OF_12])
def test_retry_after_that_says_nothing(header):
    assert wish_of(header, at=AT) is None
