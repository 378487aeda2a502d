"""When a delivery is tried again: the retries of Standard Webhooks 1.0, three days and three hours in all."""

import datetime as dt
from email.utils import parsedate_to_datetime

# Waits before the first, second, third … attempt.
PAUSES = (
    dt.timedelta(0),
    dt.timedelta(seconds=5),
    dt.timedelta(minutes=5),
    dt.timedelta(minutes=30),
    dt.timedelta(hours=2),
    dt.timedelta(hours=5),
    dt.timedelta(hours=10),
    dt.timedelta(hours=14),
    dt.timedelta(hours=20),
    dt.timedelta(hours=24),
)
# Each wait is lengthened by up to this share, so that what failed together does not come back together.
JITTER = 0.1
# What a receiver may ask for; longer is no plan but a mistake.
LONGEST_WISH = dt.timedelta(hours=24)
# How long a receiver is left alone after the first of its attempts failed in a row, twice that after the second …
FIRST_REST, LONGEST_REST = dt.timedelta(seconds=5), dt.timedelta(minutes=1)


def pause_after(attempts: int, *, chance: float, wish: dt.timedelta | None = None) -> dt.timedelta | None:
    """How long to wait after so many failed attempts; None when that was the last. chance: from 0 to 1. wish: what the
    receiver asked for, which can only make it longer.
    """
    if attempts >= len(PAUSES):
        return None
    return max(PAUSES[attempts] * (1 + JITTER * chance), wish or dt.timedelta(0))


def rest_after(failures: int, *, wish: dt.timedelta | None = None) -> dt.timedelta:
    """How long a receiver is left alone after so many failed attempts in a row, over all that waits for it."""
    return max(min(FIRST_REST * 2 ** min(failures - 1, 10), LONGEST_REST), wish or dt.timedelta(0))


def wish_of(retry_after: str | None, *, at: dt.datetime) -> dt.timedelta | None:
    """The wait that a Retry-After header asks for, in seconds or as a date; None for none or one that makes no sense."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdecimal():
        # Longer than any number that means something; int() of a million digits takes its time.
        wish = dt.timedelta(seconds=int(text)) if len(text) <= 9 else LONGEST_WISH
    else:
        try:
            day = parsedate_to_datetime(text)
        except (ValueError, OverflowError):  # a year or an hour of twelve digits
            return None
        wish = (day if day.tzinfo else day.replace(tzinfo=dt.UTC)) - at
    return min(max(wish, dt.timedelta(0)), LONGEST_WISH)
