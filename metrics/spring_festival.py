"""Days that lie as far from Spring Festival as others did a year before. Pure.

The festival moves by up to a month between years and takes a fortnight of business with it: of the months that it can fall
into, neither the month before nor the same one a year earlier says how this one went.
"""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

# The first day of the first lunar month of each year from 2010 on, by month and day, as official calendars have it. Worked
# out by rule, those whose new moon is close to midnight in Beijing (2027, 2030) come out a day off.
_FROM_2010 = (
    (2, 14), (2, 3), (1, 23), (2, 10), (1, 31), (2, 19), (2, 8), (1, 28), (2, 16), (2, 5),
    (1, 25), (2, 12), (2, 1), (1, 22), (2, 10), (1, 29), (2, 17), (2, 6), (1, 26), (2, 13),
    (2, 3), (1, 23), (2, 11), (1, 31), (2, 19), (2, 8), (1, 28), (2, 15), (2, 4), (1, 24), (2, 12),
)  # fmt: skip
FESTIVALS = {year: dt.date(year, *day) for year, day in enumerate(_FROM_2010, 2010)}
# Where offices close for it.
KEPT_IN = {
    f"Asia/{place}"
    for place in ("Shanghai", "Chongqing", "Urumqi", "Hong_Kong", "Macau", "Taipei", "Singapore", "Kuala_Lumpur")
}
WORDS = _(
    "Days are counted from Spring Festival, the first day of the lunar year, not from the first of the month: each day is"
    " compared with the one as many days before or after the festival a year earlier. Compared is what stands on a day (MRR,"
    " customers) and what moved MRR in those days. Figures that are defined for whole months alone, as rates of churn and"
    " renewal are, have nothing to be compared with."
)


@dataclass(frozen=True)
class AlignedDays:
    """first to last: the days of a year before, with its festival `festival_then`; festival: the one they are aligned by."""

    first: dt.date
    last: dt.date
    festival: dt.date
    festival_then: dt.date


def aligned_days(starts_on: dt.date, through: dt.date, *, zone: str) -> AlignedDays | None:
    """What the days of a month up to `through` are compared with. None where the zone does not keep the festival, and for
    months that hold it neither in their own year nor in the one before.
    """
    now, then = FESTIVALS.get(starts_on.year), FESTIVALS.get(starts_on.year - 1)
    if zone not in KEPT_IN or now is None or then is None or starts_on.month not in (now.month, then.month):
        return None
    return AlignedDays(then + (starts_on - now), then + (through - now), now, then)
