"""When a digest is due. Pure: instants are compared in UTC, so that days of 23 and 25 hours need no care."""

import datetime as dt
from zoneinfo import ZoneInfo

# After an outage a digest still comes so long after its hour; later than that the next one says more.
LATEST = dt.timedelta(days=3)
# How long it waits for the day before to be closed, until it says that there are no figures.
PATIENCE = dt.timedelta(hours=6)
WEEK = dt.timedelta(days=7)


def instant(day: dt.date, hour: int, zone: ZoneInfo) -> dt.datetime:
    """The local hour of a day, in UTC."""
    return dt.datetime.combine(day, dt.time(hour), zone).astimezone(dt.UTC)


def last_slot(weekday: int, hour: int, zone: ZoneInfo, at: dt.datetime) -> dt.date:
    """The local day of the latest `weekday` (Monday is 0) whose `hour` has come at the instant `at`."""
    today = at.astimezone(zone).date()
    day = today - dt.timedelta(days=(today.weekday() - weekday) % 7)
    return day if instant(day, hour, zone) <= at else day - WEEK


def next_slot(weekday: int, hour: int, zone: ZoneInfo, at: dt.datetime) -> dt.date:
    return last_slot(weekday, hour, zone, at) + WEEK


def due_day(
    *, weekday: int, hour: int, zone: ZoneInfo, since: dt.datetime, sent_for: dt.date | None, at: dt.datetime
) -> dt.date | None:
    """The local day for which a digest is due at `at`; None when there is none. One a week (Monday to Sunday) at most,
    also for somebody who moves theirs to a later day of the week.
    """
    day = last_slot(weekday, hour, zone, at)
    came = instant(day, hour, zone)
    if came <= since or at - came > LATEST:
        return None
    if sent_for is not None and (day <= sent_for or day.isocalendar()[:2] == sent_for.isocalendar()[:2]):
        return None
    return day
