"""What a closing refuses with."""

import datetime as dt
from dataclasses import dataclass


class ClosingRefused(Exception):
    """A closing cannot be done as things stand; nothing of the refused step was written."""


@dataclass
class MissingRate(ClosingRefused):
    """An amount in `currency` has to be converted on `day`, and no exchange rate is in force on it."""

    currency: str
    day: dt.date

    def __str__(self):
        return f"no exchange rate for {self.currency} on {self.day.isoformat()}"


@dataclass
class DayNotOver(ClosingRefused):
    """`day` has not ended in the workspace's time zone; `last` is the latest day that can be closed."""

    day: dt.date
    last: dt.date

    def __str__(self):
        return f"{self.day.isoformat()} is not over; the last day that can be closed is {self.last.isoformat()}"
