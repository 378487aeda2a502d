"""When a contract's terms run, roll over and end. Pure; words and rules are those of docs/metrics.md, "What counts"."""

import calendar
import datetime as dt
from dataclasses import dataclass

ONE_DAY = dt.timedelta(days=1)


def add_months(day: dt.date, months: int) -> dt.date:
    """`day` that many months later, on the month's last day where the month is too short (31 January → 28 February)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def whole_months(first: dt.date, until: dt.date) -> int:
    """The largest m with first + m months ≤ until."""
    months = (until.year - first.year) * 12 + until.month - first.month
    while add_months(first, months) > until:
        months -= 1
    return months


@dataclass(frozen=True)
class Terms:
    """What decides how long a contract runs. Days are inclusive.

    renewed_on: the first day of the earliest contract that renews it, None without one. grace_days: the workspace's,
    for a written end that nobody renewed or gave up. is_counted_to_notice: whether MRR stops with the day of notice,
    though service goes on.
    """

    starts_on: dt.date
    ends_on: dt.date | None
    auto_renew: bool = False
    cancelled_on: dt.date | None = None
    renewed_on: dt.date | None = None
    grace_days: int = 0
    is_counted_to_notice: bool = False

    @property
    def after(self) -> dt.date:
        """The day after the written end. Raises ValueError for an open-ended contract."""
        if self.ends_on is None:
            raise ValueError("an open-ended contract has no terms")
        return self.ends_on + ONE_DAY

    @property
    def months(self) -> int:
        """Length of a term in months, at least 1."""
        return max(1, whole_months(self.starts_on, self.after))

    def term_end(self, day: dt.date) -> dt.date | None:
        """The end of the term running on `day`: the written end or, renewing itself, the first rolled end not before
        it. None for an open-ended contract.
        """
        if self.ends_on is None or not self.auto_renew or day <= self.ends_on:
            return self.ends_on
        rolls = max(1, whole_months(self.after, day + ONE_DAY) // self.months)
        while self.rolled_end(rolls) < day:
            rolls += 1
        return self.rolled_end(rolls)

    def rolled_end(self, rolls: int) -> dt.date:
        """The last day of the `rolls`-th rolled term."""
        return add_months(self.after, rolls * self.months) - ONE_DAY

    def last_day(self) -> dt.date | None:
        """The effective last day; None: never ends."""
        last = self._last_day_alone()
        if self.renewed_on is None:
            return last
        handed_over = self.renewed_on - ONE_DAY
        return handed_over if last is None else min(last, handed_over)

    def last_counted_day(self) -> dt.date | None:
        """The last day that counts in MRR; None: never ends."""
        last = self.last_day()
        if not self.is_counted_to_notice or self.cancelled_on is None:
            return last
        return self.cancelled_on if last is None else min(last, self.cancelled_on)

    def _last_day_alone(self) -> dt.date | None:
        if self.ends_on is None:
            return None
        if self.auto_renew:
            return None if self.cancelled_on is None else self.term_end(self.cancelled_on)
        after_grace = self.ends_on + dt.timedelta(days=self.grace_days)
        if self.cancelled_on is None:
            return after_grace
        return self.ends_on if self.cancelled_on <= self.ends_on else min(self.cancelled_on, after_grace)


# What a person wants to know about a contract today, in the order of the questions asked.
LATER = "later"
RENEWED = "renewed"
ENDED = "ended"
AWAITING = "awaiting"
LEAVING = "leaving"
ENDING = "ending"
ROLLING = "rolling"
OPEN_ENDED = "open_ended"
RUNNING = "running"

ENDS_SOON_DAYS = 90


def state(terms: Terms, day: dt.date) -> str:
    """Where a contract stands on `day`: one of the names above.

    ENDED: over, nothing followed. RENEWED: over or about to be, another contract follows. AWAITING: past its written
    end, in grace. LEAVING: notice was given. ENDING: ends within 90 days and nothing renews it yet.
    """
    last = terms.last_day()
    if day < terms.starts_on:
        return LATER
    if terms.renewed_on is not None:
        return RENEWED
    if last is not None and last < day:
        return ENDED
    if terms.cancelled_on is not None and terms.cancelled_on <= day:
        return LEAVING
    if terms.ends_on is None:
        return OPEN_ENDED
    if terms.auto_renew:
        return ROLLING
    if terms.ends_on < day:
        return AWAITING
    return ENDING if (terms.ends_on - day).days <= ENDS_SOON_DAYS else RUNNING
