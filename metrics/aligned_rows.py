"""The figures of days that are no month: what months around Spring Festival are compared with."""

import copy
from typing import Any

from metrics import queries
from metrics.models import Interval
from metrics.registry import METRICS
from metrics.slices.queries import bridge_of, sums_by_group
from metrics.slices.slice import Slice
from metrics.spring_festival import AlignedDays

# What stands on a day, whatever period ends with it.
KEYS = ("mrr", "arr", "customers", "arpa")


def aligned_row(workspace, chosen: Slice, days: AlignedDays) -> dict[str, Any] | None:
    """KEYS at the end of the last of `days` and the bridge over all of them; None where the book begins later.

    Raises MissingRate when an amount has no rate on the slice's `rates_on`.
    """
    month = queries.period_rows(workspace, days.last.replace(day=1), days.last, Interval.MONTH).first()
    if month is None:
        return None
    # Never saved: a period only as statements of slices take one, with the settings of the month that it ends in.
    window = copy.copy(month)
    window.starts_on, window.ends_on, window.through = days.first, days.last, days.last
    chosen = Slice(chosen.conditions, None, chosen.rates_on)
    ((_group, ((_period, found),)),) = sums_by_group(workspace, chosen, set(KEYS), [window], 0)
    return bridge_of(found) | {key: METRICS[key].compute(found.sums) for key in KEYS}
